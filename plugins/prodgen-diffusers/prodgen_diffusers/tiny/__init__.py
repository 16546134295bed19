"""Tiny checkpoints of the true architectures with random weights: every path can be run, and measured, without a download.

Each builder writes a folder as `save_pretrained` does and returns it. Their pictures mean nothing.
"""
