"""What serving recommendations needs around the pipeline: caches that stay right, budgets, fall-backs and traces."""
