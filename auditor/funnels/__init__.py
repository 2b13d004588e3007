"""The signup funnel: who took which step, who was lost, and whether that was people or tracking (docs/funnel.md)."""
