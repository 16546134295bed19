"""The training toolkit: data, loop, checkpoints, records, sweeps."""
