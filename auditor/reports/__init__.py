"""Reports: one function per format, from a report to text. They print, open, filter and decide nothing."""
