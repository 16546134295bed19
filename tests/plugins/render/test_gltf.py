"""GLB files as tools write them: each is built here byte by byte, or packed by what packs it in the wild."""

import base64
import io
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import trimesh
from PIL import Image
from prodgen_render.config import Config
from prodgen_render.mesh import load_model
from prodgen_render.model import Model3D
from prodgen_render.rendering.views import render, silhouettes

from prodgen_sdk.errors import InputError
from prodgen_sdk.types import Scene, View

CORNERS = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], np.float32)
"""A square that faces +Z, the front of glTF."""
UV = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)
FACES = np.array([0, 1, 2, 0, 2, 3], np.uint16)
COMPONENTS = {"int8": 5120, "uint8": 5121, "int16": 5122, "uint16": 5123, "uint32": 5125, "float32": 5126}
COLUMNS = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4"}


class Builder:
    """A GLB with one square, to be changed before it is saved."""

    def __init__(self, *, corners: np.ndarray = CORNERS, uv: np.ndarray | None = UV, **material: Any) -> None:
        self.binary, self.views, self.accessors = b"", [], []  # type: bytes, list[dict[str, Any]], list[dict[str, Any]]
        attributes = {"POSITION": self.array(corners)}
        if uv is not None:
            attributes["TEXCOORD_0"] = self.array(uv)
        self.primitive: dict[str, Any] = {"attributes": attributes, "indices": self.array(FACES), "material": 0}
        self.tree: dict[str, Any] = {
            "asset": {"version": "2.0"}, "meshes": [{"primitives": [self.primitive]}], "nodes": [{"mesh": 0}],
            "scenes": [{"nodes": [0]}], "scene": 0, "materials": [material], "images": [], "textures": [],
        }  # fmt: skip

    def view(self, data: bytes, **more: Any) -> int:
        self.binary += b"\0" * (-len(self.binary) % 4)
        self.views.append({"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(data), **more})
        self.binary += data
        return len(self.views) - 1

    def array(self, values: np.ndarray, **more: Any) -> int:
        width = 1 if values.ndim == 1 else values.shape[1]
        self.accessors.append(
            {
                "bufferView": self.view(values.tobytes()),
                "componentType": COMPONENTS[values.dtype.name],
                "count": len(values),
                "type": COLUMNS[width],
                **more,
            }
        )
        return len(self.accessors) - 1

    def texture(self, pixels: np.ndarray, kind: str = "PNG", **more: Any) -> dict[str, Any]:
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, kind)
        self.tree["images"].append({"bufferView": self.view(file.getvalue()), "mimeType": f"image/{kind.lower()}"})
        self.tree["textures"].append({"source": len(self.tree["images"]) - 1})
        return {"index": len(self.tree["textures"]) - 1, **more}

    @property
    def material(self) -> dict[str, Any]:
        return self.tree["materials"][0]  # type: ignore[no-any-return]

    def save(self, folder: Path) -> Path:
        tree = self.tree | {"bufferViews": self.views, "accessors": self.accessors}
        tree["buffers"] = [{"byteLength": len(self.binary)}]
        text, data = json.dumps(tree).encode(), self.binary + b"\0" * (-len(self.binary) % 4)
        text += b" " * (-len(text) % 4)
        path = folder / "thing.glb"
        path.write_bytes(
            struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(data)) + struct.pack("<I4s", len(text), b"JSON") + text
            + struct.pack("<I4s", len(data), b"BIN\0") + data
        )  # fmt: skip
        return path

    def model(self, folder: Path, config: Config | None = None) -> Model3D:
        return load_model(self.save(folder), config)


def halves(left: Any, right: Any, size: int = 8) -> np.ndarray:
    pixels = np.empty((size, size, len(left)), np.uint8)
    pixels[:, : size // 2], pixels[:, size // 2 :] = left, right
    return pixels


def front(model: Model3D, size: int = 64, **scene: Any) -> np.ndarray:
    return render(model, [View()], Scene(**scene), size=size)[0].image


RED, BLUE = (200, 20, 20), (20, 20, 200)


def test_quantised_corners_and_coordinates_are_what_they_stand_for(tmp_path: Path) -> None:
    corners = np.concatenate([(CORNERS * 127).astype(np.int8), np.zeros((4, 1), np.int8)], 1)
    made = Builder(uv=None)
    made.primitive["attributes"] = {
        "POSITION": len(made.accessors),
        "TEXCOORD_0": made.array((UV * 255).astype(np.uint8), normalized=True) + 1,
    }
    made.accessors.insert(
        -1,
        {"bufferView": made.view(corners.tobytes(), byteStride=4), "componentType": 5120, "count": 4, "type": "VEC3", "normalized": True},
    )  # fmt: skip
    made.material["pbrMetallicRoughness"] = {"baseColorTexture": made.texture(halves(RED, BLUE))}
    made.tree["nodes"][0] = {"mesh": 0, "scale": [3, 3, 3]}
    made.tree["extensionsRequired"] = ["KHR_mesh_quantization"]
    model = made.model(tmp_path)
    assert np.ptp(model.parts[0].vertices, axis=0) == pytest.approx([6, 0, 6])
    picture = front(model).astype(int)
    assert picture[32, 24, 0] > picture[32, 24, 2] + 80
    assert picture[32, 40, 2] > picture[32, 40, 0] + 80


@pytest.mark.parametrize(
    ("transform", "where_red"),
    [
        ({"offset": [0.5, 0]}, (32, 40)),
        ({"scale": [-1, 1]}, (32, 40)),
        # The coordinates turn counter-clockwise, the picture clockwise: its left side comes up.
        ({"rotation": np.pi / 2}, (24, 32)),
        ({"rotation": -np.pi / 2}, (40, 32)),
    ],
)
def test_texture_transforms(tmp_path: Path, transform: dict[str, Any], where_red: tuple[int, int]) -> None:
    made = Builder()
    texture = made.texture(halves(RED, BLUE), extensions={"KHR_texture_transform": transform})
    made.material["pbrMetallicRoughness"] = {"baseColorTexture": texture}
    picture = front(made.model(tmp_path)).astype(int)
    row, column = where_red
    red, blue = picture[row, column], picture[63 - row, 63 - column]
    assert red[0] > red[2] + 80
    assert blue[2] > blue[0] + 80


def test_the_second_set_of_coordinates(tmp_path: Path) -> None:
    made = Builder()
    made.primitive["attributes"]["TEXCOORD_1"] = made.array(1 - UV)
    made.material["pbrMetallicRoughness"] = {"baseColorTexture": made.texture(halves(RED, BLUE), texCoord=1)}
    assert front(made.model(tmp_path))[32, 40, 0] > 100


def test_webp_and_data_uris(tmp_path: Path) -> None:
    made = Builder()
    texture = made.texture(halves(RED, RED, 32), "WEBP")
    image = made.tree["images"][0]
    start = made.views[image["bufferView"]]
    data = made.binary[start["byteOffset"] : start["byteOffset"] + start["byteLength"]]
    made.tree["images"] = [{}, {"uri": "data:image/webp;base64," + base64.b64encode(data).decode()}]
    made.tree["textures"] = [{"extensions": {"EXT_texture_webp": {"source": 1}}}]
    made.material["pbrMetallicRoughness"] = {"baseColorTexture": texture}
    picture = front(made.model(tmp_path))
    assert picture[32, 32, 0] > picture[32, 32, 1] + 80


def test_strips_and_fans_are_triangles(tmp_path: Path) -> None:
    lit = {}
    for mode, order in ((4, [0, 1, 2, 0, 2, 3]), (5, [0, 1, 3, 2]), (6, [0, 1, 2, 3])):
        made = Builder()
        made.primitive |= {"mode": mode, "indices": made.array(np.array(order, np.uint8))}
        model = made.model(tmp_path)
        # All of them face the front: winding is kept.
        assert model.parts[0].normals[:, 1] == pytest.approx(-1)
        lit[mode] = front(model)
    assert (lit[4] == lit[5]).all()
    assert (lit[4] == lit[6]).all()


def test_sparse_values_replace_some(tmp_path: Path) -> None:
    made = Builder()
    rows, new = np.array([2], np.uint8), np.array([[5, 5, 0]], np.float32)
    made.accessors[0]["sparse"] = {
        "count": 1, "indices": {"bufferView": made.view(rows.tobytes()), "componentType": 5121},
        "values": {"bufferView": made.view(new.tobytes())},
    }  # fmt: skip
    assert made.model(tmp_path).bounds[1] == pytest.approx([5, 0, 5])


def test_nodes_turn_scale_and_mirror(tmp_path: Path) -> None:
    made = Builder()
    half = float(np.sqrt(0.5))
    made.tree["nodes"] = [
        {"children": [1, 2, 3], "translation": [0, 10, 0]},
        {"mesh": 0, "rotation": [0, half, 0, half], "scale": [2, 1, 1]},  # about Y, so that it looks to the right
        {"mesh": 0, "scale": [-1, 1, 1]},
        {"mesh": 0, "scale": [0, 0, 0]},  # hidden
    ]
    turned, mirrored = made.model(tmp_path).parts
    assert turned.vertices.min(0) == pytest.approx([0, -2, 9], abs=1e-5)
    assert turned.vertices.max(0) == pytest.approx([0, 2, 11], abs=1e-5)
    assert turned.normals[:, 0] == pytest.approx(1)
    assert mirrored.normals[:, 1] == pytest.approx(-1)


def test_only_the_scene_is_drawn(tmp_path: Path) -> None:
    made = Builder()
    made.tree["nodes"].append({"mesh": 0, "translation": [50, 0, 0]})
    assert len(made.model(tmp_path).parts) == 1
    del made.tree["scenes"], made.tree["scene"]
    assert len(made.model(tmp_path).parts) == 2


def test_holes_are_seen_through_and_let_light_pass(tmp_path: Path) -> None:
    made = Builder(alphaMode="MASK")
    made.material["pbrMetallicRoughness"] = {
        "baseColorTexture": made.texture(halves((*RED, 0), (*RED, 255))), "metallicFactor": 0,
    }  # fmt: skip
    model = made.model(tmp_path)
    made = render(model, [View()], Scene(background="transparent", shadow=False), size=64)[0]
    assert not made.image[32, 16:31, 3].any()
    assert (made.image[32, 34:48, 3] == 255).all()
    assert not made.mask[:, :31].any()
    assert made.mask[32, 40]
    assert not silhouettes(model, [View()])[0][:, :31].any()


def test_what_stands_behind_a_hole_is_drawn(tmp_path: Path) -> None:
    made = Builder(alphaMode="MASK")
    holes = np.zeros((8, 8, 4), np.uint8)
    holes[0, :, 3] = 255  # all but the uppermost row is open
    made.material["pbrMetallicRoughness"] = {"baseColorTexture": made.texture(holes)}
    made.tree["materials"].append({"pbrMetallicRoughness": {"baseColorFactor": [0, 0.5, 0, 1], "metallicFactor": 0}})
    made.tree["meshes"].append({"primitives": [made.primitive | {"material": 1}]})
    made.tree["nodes"].append({"mesh": 1, "translation": [0, 0, -0.5]})
    made.tree["scenes"][0]["nodes"].append(1)
    shown = front(made.model(tmp_path)).astype(int)[34:44, 32]
    assert (shown[:, 1] > shown[:, 0] + 60).all()


@pytest.mark.parametrize("by", ["factor", "texture", "transmission"])
def test_glass(tmp_path: Path, by: str) -> None:
    made = Builder()
    pbr: dict[str, Any] = {"metallicFactor": 0, "roughnessFactor": 0.2}
    if by == "factor":
        made.material.update(
            {
                "alphaMode": "BLEND",
                "pbrMetallicRoughness": pbr | {"baseColorFactor": [0.9, 0.9, 0.9, 0.25]},
            }
        )
    elif by == "texture":
        clear = made.texture(halves((230, 230, 230, 64), (230, 230, 230, 64)))
        made.material.update({"alphaMode": "BLEND", "pbrMetallicRoughness": pbr | {"baseColorTexture": clear}})
    else:
        extension = {"KHR_materials_transmission": {"transmissionFactor": 0.75}}
        made.material.update({"extensions": extension, "pbrMetallicRoughness": pbr})
    picture = render(made.model(tmp_path), [View()], Scene(background="transparent", shadow=False), size=48)[0]
    alpha = picture.image[24, 24, 3] / 255
    assert 0.2 < alpha < 0.6
    assert picture.mask[24, 24]


def test_a_map_of_finish_makes_one_half_metal(tmp_path: Path) -> None:
    made = Builder()
    finish = made.texture(halves((0, 250, 0), (0, 40, 255)))
    made.material["pbrMetallicRoughness"] = {
        "baseColorFactor": [0.8, 0.1, 0.1, 1], "metallicRoughnessTexture": finish,
    }  # fmt: skip
    picture = front(made.model(tmp_path)).astype(int)
    assert np.abs(picture[32, 20] - picture[32, 44]).max() > 30


def test_a_map_of_normals_tilts_the_light(tmp_path: Path) -> None:
    flat, tilted = Builder(), Builder()
    for made, normal in ((flat, (128, 128, 255)), (tilted, (230, 128, 200))):
        made.material.update(
            {
                "normalTexture": made.texture(halves(normal, normal)),
                "pbrMetallicRoughness": {"metallicFactor": 0, "baseColorFactor": [0.5, 0.5, 0.5, 1]},
            }
        )
    plain = Builder(pbrMetallicRoughness={"metallicFactor": 0, "baseColorFactor": [0.5, 0.5, 0.5, 1]})
    seen = [front(made.model(tmp_path)).astype(int)[32, 32] for made in (plain, flat, tilted)]
    assert np.abs(seen[0] - seen[1]).max() <= 2
    assert np.abs(seen[0] - seen[2]).max() > 8
    # A map that tilts to the right is lit as a square that is turned to the right.
    turned = Builder(pbrMetallicRoughness={"metallicFactor": 0, "baseColorFactor": [0.5, 0.5, 0.5, 1]})
    angle = np.arctan2(230 - 127.5, 200 - 127.5) / 2
    turned.tree["nodes"][0] |= {"rotation": [0, float(np.sin(angle)), 0, float(np.cos(angle))]}
    lit = front(turned.model(tmp_path)).astype(int)[32, 32]
    assert np.abs(lit - seen[2]).max() < np.abs(lit - seen[0]).max() / 2


def test_glow_and_what_is_unlit(tmp_path: Path) -> None:
    made = Builder(emissiveFactor=[1, 1, 1], pbrMetallicRoughness={"baseColorFactor": [0, 0, 0, 1]})
    made.material["emissiveTexture"] = made.texture(halves((0, 0, 0), (0, 180, 0)))
    picture = front(made.model(tmp_path))
    assert picture[32, 20].max() < 90
    assert picture[32, 44, 1] > 150
    made = Builder(extensions={"KHR_materials_unlit": {}})
    made.material["pbrMetallicRoughness"] = {"baseColorTexture": made.texture(halves(RED, BLUE))}
    assert np.abs(front(made.model(tmp_path)).astype(int)[32, 20] - RED).max() <= 2


def test_specular_and_glossiness_of_older_files(tmp_path: Path) -> None:
    def of(**old: Any) -> Any:
        made = Builder(extensions={"KHR_materials_pbrSpecularGlossiness": old})
        return made.model(tmp_path).parts[0].material

    plastic = of(diffuseFactor=[0.2, 0.4, 0.6, 1], specularFactor=[0.04, 0.04, 0.04], glossinessFactor=0.7)
    assert plastic.metallic == 0
    assert plastic.roughness == pytest.approx(0.3)
    assert plastic.colour == pytest.approx((0.2, 0.4, 0.6))
    assert of(diffuseFactor=[0, 0, 0, 1], specularFactor=[0.9, 0.8, 0.5]).metallic == pytest.approx(1, abs=0.05)


def test_draco(tmp_path: Path) -> None:
    pytest.importorskip("DracoPy")
    ball = trimesh.creation.icosphere(subdivisions=3)
    for name, packed in (("plain", False), ("packed", True)):
        data = trimesh.exchange.gltf.export_glb(trimesh.Scene([ball]), extension_draco=packed)
        (tmp_path / f"{name}.glb").write_bytes(data)
    assert b"KHR_draco_mesh_compression" in (tmp_path / "packed.glb").read_bytes()
    plain, packed_model = (load_model(tmp_path / f"{name}.glb") for name in ("plain", "packed"))
    assert packed_model.facts["triangles"] == plain.facts["triangles"] == len(ball.faces)
    assert packed_model.bounds[0] == pytest.approx(plain.bounds[0], abs=1e-3)
    with pytest.raises(InputError, match="triangles"):
        load_model(tmp_path / "packed.glb", Config(max_triangles=100))
    damaged = (tmp_path / "packed.glb").read_bytes().replace(b"DRACO", b"DRABO")
    (tmp_path / "packed.glb").write_bytes(damaged)
    with pytest.raises(InputError, match="Draco data are damaged"):
        load_model(tmp_path / "packed.glb")


def test_draco_without_what_unpacks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "DracoPy", None)
    made = Builder()
    made.primitive["extensions"] = {"KHR_draco_mesh_compression": {"bufferView": 0, "attributes": {"POSITION": 0}}}
    made.tree["extensionsRequired"] = ["KHR_draco_mesh_compression"]
    with pytest.raises(InputError, match=r"pip install 'prodgen-render\[draco\]'"):
        made.model(tmp_path)


@pytest.mark.parametrize(
    ("name", "advice"),
    [
        ("EXT_meshopt_compression", "without meshopt"),
        ("KHR_texture_basisu", "PNG, JPEG or WebP"),
        ("X_other", "plain glTF"),
    ],
)
def test_what_a_file_requires_and_is_not_supported_is_said(tmp_path: Path, name: str, advice: str) -> None:
    made = Builder()
    made.tree["extensionsRequired"] = [name]
    with pytest.raises(InputError, match=f"needs {name}.*{advice}"):
        made.model(tmp_path)


def test_a_texture_of_another_format_is_said(tmp_path: Path) -> None:
    made = Builder()
    made.material["pbrMetallicRoughness"] = {"baseColorTexture": made.texture(halves(RED, BLUE))}
    made.tree["textures"] = [{"extensions": {"KHR_texture_basisu": {"source": 0}}}]
    with pytest.raises(InputError, match="format that is not read"):
        made.model(tmp_path)


def _deep(made: Builder) -> None:
    made.tree["nodes"] = [{"children": [number + 1, number + 1]} for number in range(40)] + [{"mesh": 0}]


def _cycle(made: Builder) -> None:
    made.tree["nodes"] = [{"children": [1], "mesh": 0}, {"children": [0]}]


def _announces(made: Builder) -> None:
    made.accessors[0]["count"] = 2**31


def _fills(made: Builder) -> None:
    made.accessors.append({"componentType": 5126, "count": 2**30, "type": "VEC4"})
    made.primitive["attributes"]["COLOR_0"] = len(made.accessors) - 1


def _short(made: Builder) -> None:
    made.views[0]["byteLength"] = 12


def _beyond(made: Builder) -> None:
    made.views[0]["byteOffset"] = 10**9


def _no_vertex(made: Builder) -> None:
    made.primitive["indices"] = made.array(np.array([0, 1, 9], np.uint8))


def _negative(made: Builder) -> None:
    made.primitive["indices"] = made.array(np.array([0, 1, -3], np.int8))


def _wraps(made: Builder) -> None:
    made.primitive["indices"] = made.array(np.array([0, 1, 2**32 - 1], np.uint32))


def _no_number(made: Builder) -> None:
    made.primitive["attributes"]["POSITION"] = made.array(np.full((4, 3), np.nan, np.float32))


def _lengths(made: Builder) -> None:
    made.primitive["attributes"]["TEXCOORD_0"] = made.array(UV[:3])


def _huge(made: Builder) -> None:
    made.tree["nodes"][0]["scale"] = [1e200, 1e200, 1e200]


def _sparse(made: Builder) -> None:
    made.accessors[0]["sparse"] = {
        "count": 1, "indices": {"bufferView": made.view(b"\xff\0\0\0"), "componentType": 5121},
        "values": {"bufferView": made.view(bytes(12))},
    }  # fmt: skip


def _no_texture(made: Builder) -> None:
    made.material["pbrMetallicRoughness"] = {"baseColorTexture": {"index": 7}}


def _text(made: Builder) -> None:
    made.tree["nodes"][0]["scale"] = "wide"


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (_deep, "in the scene twice"), (_cycle, "in the scene twice"), (_announces, "rows"), (_fills, "rows"),
        (_short, "ends beyond"), (_beyond, "ends beyond"), (_no_vertex, "a vertex that is not there"),
        (_negative, "a vertex that is not there"), (_wraps, "a vertex that is not there"),
        (_no_number, "no number"), (_lengths, "not one length"), (_huge, "beyond"), (_sparse, "a row that it has not"),
        (_no_texture, "texture 7"), (_text, "nodes.0.scale must be a list"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused_in_words(tmp_path: Path, damage: Any, says: str) -> None:
    made = Builder()
    damage(made)
    with pytest.raises(InputError, match=says):
        made.model(tmp_path)


def test_textures_are_measured_before_they_are_decoded(tmp_path: Path) -> None:
    made = Builder()
    made.material["pbrMetallicRoughness"] = {"baseColorTexture": made.texture(halves(RED, BLUE, 64))}
    with pytest.raises(InputError, match="64 x 64 pixels"):
        made.model(tmp_path, Config(max_texture_pixels=4000))


def test_instances_count(tmp_path: Path) -> None:
    made = Builder()
    made.tree["nodes"] = [{"mesh": 0} for _ in range(100)]
    made.tree["scenes"][0]["nodes"] = list(range(100))
    with pytest.raises(InputError, match="200 triangles"):
        made.model(tmp_path, Config(max_triangles=150))
