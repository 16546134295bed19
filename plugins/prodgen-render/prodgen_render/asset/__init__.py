"""`render/asset`: products as numbers, colours and artwork, and their pictures."""
