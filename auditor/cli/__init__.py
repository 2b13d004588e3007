"""Words, wiring and exit codes: one command per file. Decides nothing."""
