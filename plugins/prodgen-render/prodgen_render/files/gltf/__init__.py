"""GLB files (glTF 2.0 binary): what shops' 3D assets come in.

Geometry: triangles, strips and fans, quantised, sparse or compressed with Draco; scenes and instances. Materials:
metallic-roughness with maps of colour, finish, normals and glow, holes and glass, coats, cloth, and what is unlit. Not used:
animation, skins and morphs (things are drawn as they are stored), maps of occlusion (the renderer makes its own), cameras and
lights.
"""

from prodgen_render.files.gltf.reading import read_glb

__all__ = ["read_glb"]
