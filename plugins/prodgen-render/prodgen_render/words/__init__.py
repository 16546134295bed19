"""What a product's words say: family, colours, materials, patterns and parts."""
