"""An example plugin for prodgen-sdk."""
