"""One target per file: `render` makes text from a plan, and says what the target cannot hold."""
