"""Checkpoints of hub models: where they come from, which may be loaded, and what is said of those that may not.

`sources` has the models for a plugin's configuration, `finding` turns one into checked files on this machine, `loading` loads a
class of diffusers or transformers from them, `placing` puts a pipeline on its device, `pulling` is what `prodgen models pull`
runs, `measuring` tells what a call spends inside a pipeline. None of them needs diffusers or transformers until something is
loaded.
"""
