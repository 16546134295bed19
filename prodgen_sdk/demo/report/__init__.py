"""The demo's report: what was found -> one HTML file that needs nothing else."""
