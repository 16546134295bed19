"""Figures of quality, safety checks and finishing of product pictures."""
