"""Events to timelines: lanes, page loads, devices, persons, and what order two events have (design.md 4, 5)."""
