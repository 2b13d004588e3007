"""The dialects: whose shape of an event a record may have. Stands alone, so that `--help` need load nothing."""

DIALECTS = ("segment", "rudderstack", "posthog", "mixpanel", "amplitude", "warehouse", "har")
"""What `--dialect` and the configuration may name. A file of `auditor/logs/` reads each (`logs.dialects`); `har` says
what the file is, and leaves it to its calls whose they are."""
