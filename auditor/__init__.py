"""Auditor: the linter for analytics tracking."""

__version__ = "0.1.0"
