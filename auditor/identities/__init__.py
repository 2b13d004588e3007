"""A log replayed through the identity merge rules of a destination: one file per destination, and what a fix is
worth."""
