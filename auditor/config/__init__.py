"""What a site sets: `auditor.yml` or `[tool.auditor]`, read with places, so that every mistake names its line."""
