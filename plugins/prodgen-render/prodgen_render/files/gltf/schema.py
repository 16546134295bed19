"""What is read of a glTF 2.0 document (Khronos 2021): its names are those of the specification, in snake case."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat
from pydantic.alias_generators import to_camel

Index = Annotated[int, Field(ge=0)]
Vector3 = tuple[FiniteFloat, FiniteFloat, FiniteFloat]
Vector4 = tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=to_camel)


class Buffer(_Read):
    uri: str | None = None


class BufferView(_Read):
    buffer: Index
    byte_offset: Index = 0
    byte_length: Annotated[int, Field(ge=1)]
    byte_stride: Annotated[int, Field(ge=4, le=252)] | None = None


class SparseIndices(_Read):
    buffer_view: Index
    byte_offset: Index = 0
    component_type: Literal[5121, 5123, 5125]


class SparseValues(_Read):
    buffer_view: Index
    byte_offset: Index = 0


class Sparse(_Read):
    count: Annotated[int, Field(ge=1)]
    indices: SparseIndices
    values: SparseValues


class Accessor(_Read):
    buffer_view: Index | None = None
    byte_offset: Index = 0
    component_type: Literal[5120, 5121, 5122, 5123, 5125, 5126]
    normalized: bool = False
    count: Annotated[int, Field(ge=1)]
    type: Literal["SCALAR", "VEC2", "VEC3", "VEC4", "MAT2", "MAT3", "MAT4"]
    sparse: Sparse | None = None


class Draco(_Read):
    buffer_view: Index
    attributes: dict[str, Index]


class PrimitiveExtensions(_Read):
    draco: Draco | None = Field(None, alias="KHR_draco_mesh_compression")


class Primitive(_Read):
    attributes: dict[str, Index]
    indices: Index | None = None
    material: Index | None = None
    mode: Annotated[int, Field(ge=0, le=6)] = 4
    extensions: PrimitiveExtensions = PrimitiveExtensions()


class Mesh(_Read):
    primitives: tuple[Primitive, ...]


class Node(_Read):
    children: tuple[Index, ...] = ()
    mesh: Index | None = None
    matrix: Annotated[tuple[FiniteFloat, ...], Field(min_length=16, max_length=16)] | None = None
    translation: Vector3 = (0.0, 0.0, 0.0)
    rotation: Vector4 = (0.0, 0.0, 0.0, 1.0)
    scale: Vector3 = (1.0, 1.0, 1.0)


class Scene(_Read):
    nodes: tuple[Index, ...] = ()


class TextureTransform(_Read):
    offset: tuple[FiniteFloat, FiniteFloat] = (0.0, 0.0)
    rotation: FiniteFloat = 0.0
    scale: tuple[FiniteFloat, FiniteFloat] = (1.0, 1.0)
    tex_coord: Index | None = None


class TextureInfoExtensions(_Read):
    transform: TextureTransform = Field(TextureTransform(), alias="KHR_texture_transform")


class TextureInfo(_Read):
    index: Index
    tex_coord: Index = 0
    scale: FiniteFloat = 1.0
    extensions: TextureInfoExtensions = TextureInfoExtensions()

    @property
    def mapping(self) -> tuple[int, TextureTransform]:
        """Which set of texture coordinates is used, and what is done to them."""
        transform = self.extensions.transform
        return self.tex_coord if transform.tex_coord is None else transform.tex_coord, transform


class MetallicRoughness(_Read):
    base_color_factor: Vector4 = (1.0, 1.0, 1.0, 1.0)
    base_color_texture: TextureInfo | None = None
    metallic_factor: FiniteFloat | None = None
    roughness_factor: FiniteFloat | None = None
    metallic_roughness_texture: TextureInfo | None = None


class SpecularGlossiness(_Read):
    diffuse_factor: Vector4 = (1.0, 1.0, 1.0, 1.0)
    diffuse_texture: TextureInfo | None = None
    specular_factor: Vector3 = (1.0, 1.0, 1.0)
    glossiness_factor: FiniteFloat = 1.0
    specular_glossiness_texture: TextureInfo | None = None


class Clearcoat(_Read):
    clearcoat_factor: FiniteFloat = 0.0


class Sheen(_Read):
    sheen_color_factor: Vector3 = (0.0, 0.0, 0.0)


class Transmission(_Read):
    transmission_factor: FiniteFloat = 0.0


class EmissiveStrength(_Read):
    emissive_strength: FiniteFloat = 1.0


class MaterialExtensions(_Read):
    clearcoat: Clearcoat = Field(Clearcoat(), alias="KHR_materials_clearcoat")
    emissive_strength: EmissiveStrength = Field(EmissiveStrength(), alias="KHR_materials_emissive_strength")
    sheen: Sheen = Field(Sheen(), alias="KHR_materials_sheen")
    specular_glossiness: SpecularGlossiness | None = Field(None, alias="KHR_materials_pbrSpecularGlossiness")
    transmission: Transmission = Field(Transmission(), alias="KHR_materials_transmission")
    unlit: dict[str, Any] | None = Field(None, alias="KHR_materials_unlit")


class Material(_Read):
    alpha_cutoff: FiniteFloat = 0.5
    alpha_mode: Literal["OPAQUE", "MASK", "BLEND"] = "OPAQUE"
    emissive_factor: Vector3 = (0.0, 0.0, 0.0)
    emissive_texture: TextureInfo | None = None
    extensions: MaterialExtensions = MaterialExtensions()
    normal_texture: TextureInfo | None = None
    pbr_metallic_roughness: MetallicRoughness = MetallicRoughness()


class Image(_Read):
    buffer_view: Index | None = None
    uri: str | None = None


class Webp(_Read):
    source: Index


class TextureExtensions(_Read):
    webp: Webp | None = Field(None, alias="EXT_texture_webp")


class Texture(_Read):
    source: Index | None = None
    extensions: TextureExtensions = TextureExtensions()


class Document(_Read):
    """The JSON of a file, with what a picture needs of it."""

    accessors: tuple[Accessor, ...] = ()
    buffer_views: tuple[BufferView, ...] = ()
    buffers: tuple[Buffer, ...] = ()
    extensions_required: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    materials: tuple[Material, ...] = ()
    meshes: tuple[Mesh, ...] = ()
    nodes: tuple[Node, ...] = ()
    scene: Index = 0
    scenes: tuple[Scene, ...] = ()
    textures: tuple[Texture, ...] = ()
