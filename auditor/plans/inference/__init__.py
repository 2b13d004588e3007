"""A plan from recorded events: what was seen of each, and what a plan may say of it."""
