"""Labelled views of made-up products, for training."""
