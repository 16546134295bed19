"""Meshes from numbers: surfaces of revolution, tubes, lofts, boxes and soft shapes."""
