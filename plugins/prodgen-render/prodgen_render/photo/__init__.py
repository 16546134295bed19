"""From one or two photos of a product to a textured model that can be seen from any side."""
