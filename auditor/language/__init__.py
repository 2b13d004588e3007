"""The rule language: YAML in, compiled rules out (docs/adding-a-rule.md)."""
