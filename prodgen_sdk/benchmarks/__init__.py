"""Benchmarks of the core with whatever plugins are installed."""
