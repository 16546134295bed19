"""Checkpoints of published sizes with random weights: what a call costs on a GPU can be measured without a download.

The numbers of layers and channels are those of the configurations on the hub. The pictures mean nothing; time and memory do not
depend on weights.
"""
