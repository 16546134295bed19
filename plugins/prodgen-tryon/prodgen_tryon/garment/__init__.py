"""A garment's photo understood: cut out, told what it is, and its points found."""
