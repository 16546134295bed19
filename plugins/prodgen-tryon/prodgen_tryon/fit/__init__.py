"""Where a garment goes on a body. Pure geometry: points in, points out."""
