"""Compiled rules x timelines -> findings."""
