"""Throughput against a named peer, memory and start-up. Ratios within one run, never timed tests."""
