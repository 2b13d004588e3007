"""The nouns: events, logs, findings, results. No I/O, and nothing of the house is imported here."""
