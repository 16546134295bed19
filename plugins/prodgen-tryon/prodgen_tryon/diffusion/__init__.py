"""Try-on by diffusion weights: what `tryon/catvton`, `tryon/flux-fill`, `tryon/hf-inpaint`, `tryon/fashn` and `tryon/hybrid` are made of."""
