"""Models from files and to files: OBJ, GLB, and how large they may be."""
