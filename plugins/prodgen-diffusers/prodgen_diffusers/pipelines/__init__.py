"""Pipelines of diffusers: found, loaded, tuned and called."""
