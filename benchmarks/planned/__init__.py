"""Holding calls against a tracking plan: `auditor check --select plan-violation` against validators in a plain loop."""
