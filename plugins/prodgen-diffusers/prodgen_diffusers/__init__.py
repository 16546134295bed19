"""Hub diffusion models as plugins of prodgen-sdk."""
