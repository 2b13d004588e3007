"""Bytes to events. One dialect per file; nothing that was read is lost (design.md 4)."""
