import struct
from pathlib import Path

import numpy as np
import pytest
import trimesh
from PIL import Image
from prodgen_render.config import Config
from prodgen_render.files.obj import axes
from prodgen_render.mesh import MeshGenerator, load_model
from prodgen_render.rendering.views import render

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, OutsideWorkspace
from prodgen_sdk.types import GenerationRequest, Product, View

QUAD = "v -1 {y} -1\nv 1 {y} -1\nv 1 {y} 1\nv -1 {y} 1\nvt 0 0\nvt 1 0\nvt 1 1\nvt 0 1\n"


@pytest.fixture
def textured_obj(tmp_path: Path) -> Path:
    """A slab whose front (-Y) shows red on the left and blue on the right."""
    pixels = np.zeros((8, 8, 3), np.uint8)
    pixels[:, :4, 0] = pixels[:, 4:, 2] = 220
    Image.fromarray(pixels).save(tmp_path / "skin.png")
    (tmp_path / "slab.mtl").write_text("newmtl skin\nKd 1 1 1\nmap_Kd skin.png\n")
    path = tmp_path / "slab.obj"
    path.write_text(
        "mtllib slab.mtl\n"
        + QUAD.format(y=-0.1)
        + QUAD.format(y=0.1)
        + "usemtl skin\nf 1/1 2/2 3/3 4/4\nf 8/4 7/3 6/2 5/1\n"
    )
    return path


def test_obj_with_texture(textured_obj: Path) -> None:
    model = load_model(textured_obj)
    assert model.facts["textured"]
    picture = render(model, [View()], size=64)[0].image.astype(int)
    assert picture[32, 20, 0] > picture[32, 20, 2] + 80
    assert picture[32, 44, 2] > picture[32, 44, 0] + 80


def test_obj_axes(textured_obj: Path) -> None:
    turned = load_model(textured_obj, Config(up="+z", front="+y"))
    picture = render(turned, [View(azimuth=180)], size=64)[0].image.astype(int)
    assert picture[32, 20, 0] > picture[32, 20, 2] + 80
    low, high = load_model(textured_obj, Config(up="+y", front="+z")).bounds
    assert (high - low)[2] == pytest.approx(0.2, abs=1e-5)


def test_a_bad_file_of_the_workspace_is_named_by_its_product(tmp_path: Path) -> None:
    kept, given = tmp_path / f"{'0f' * 32}.glb", tmp_path / "chair.glb"
    for path in (kept, given):
        path.write_bytes(b"glTF and no more")
    product = Product(sku="chair-1", title="Chair", category="home/chair")
    for path, name in ((kept, "chair-1's mesh"), (given, "chair.glb")):
        request = GenerationRequest(product=product, views=(View(),), size=32, mesh=path)
        with pytest.raises(InputError, match=name) as caught:
            MeshGenerator().generate([request], Context())
        assert "0f0f" not in str(caught.value)


@pytest.mark.parametrize(("up", "front"), [("+z", "-y"), ("+y", "+z"), ("-x", "+y"), ("+z", "+x")])
def test_axes_are_rotations(up: str, front: str) -> None:
    turn = axes(up, front)  # type: ignore[arg-type]
    vector = {"x": 0, "y": 1, "z": 2}
    assert np.linalg.det(turn) == pytest.approx(1)
    for text, wanted in ((up, [0, 0, 1]), (front, [0, -1, 0])):
        axis = np.zeros(3)
        axis[vector[text[1]]] = 1 if text[0] == "+" else -1
        assert turn @ axis == pytest.approx(wanted)


def test_up_and_front_on_one_axis_are_refused() -> None:
    with pytest.raises(InputError, match="one axis"):
        axes("+z", "-z")


def test_glb_is_turned_to_z_up(tmp_path: Path) -> None:
    # glTF: Y up, front +Z. A tall box with a knob in front.
    body = trimesh.creation.box((0.2, 1.0, 0.2))
    knob = trimesh.creation.icosphere(subdivisions=2, radius=0.08)
    knob.apply_translation((0, 0.3, 0.2))
    body.visual = trimesh.visual.TextureVisuals(
        material=trimesh.visual.material.PBRMaterial(
            baseColorFactor=(20, 60, 200, 255), metallicFactor=0.0, roughnessFactor=0.7
        )
    )
    path = tmp_path / "thing.glb"
    trimesh.Scene([body, knob]).export(path)
    model = load_model(path)
    low, high = model.bounds
    assert (high - low)[2] == pytest.approx(1.0, abs=1e-4)
    knob_part = min(model.parts, key=lambda part: np.ptp(part.vertices[:, 2]))
    assert knob_part.vertices.mean(0) == pytest.approx([0, -0.2, 0.3], abs=1e-3)
    picture = render(model, [View(azimuth=90)], size=64)[0]
    r, _, b = np.median(picture.image[picture.mask], axis=0)
    assert b > r + 50


def test_glb_vertex_colours_and_metal(tmp_path: Path) -> None:
    ball = trimesh.creation.icosphere(subdivisions=3)
    ball.visual.vertex_colors = np.tile(np.array([[30, 200, 40, 255]], np.uint8), (len(ball.vertices), 1))
    path = tmp_path / "ball.glb"
    ball.export(path)
    picture = render(load_model(path), [View()], size=48)[0]
    r, g, b = np.median(picture.image[picture.mask], axis=0)
    assert g > r + 40
    assert g > b + 40


def test_generator_uses_the_requests_mesh(textured_obj: Path) -> None:
    product = Product(sku="a", title="Slab", category="home/slab")
    request = GenerationRequest(product=product, views=(View(),), mesh=textured_obj, size=48)
    ((picture,),) = MeshGenerator(None, Context()).generate([request], Context())
    assert picture.facts["family"] == "mesh"
    with pytest.raises(InputError, match="no mesh file"):
        MeshGenerator(None, Context()).generate([request.model_copy(update={"mesh": None})], Context())


@pytest.mark.parametrize("name", ["../secret.mtl", "/etc/passwd", "..\\..\\secret.mtl"])
def test_material_file_outside_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "secret.mtl").write_text("newmtl x\n")
    (folder / "a.obj").write_text(f"mtllib {name}\nv 0 0 0\nv 1 0 0\nv 0 0 1\nf 1 2 3\n")
    with pytest.raises(OutsideWorkspace):
        load_model(folder / "a.obj")


def test_texture_outside_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    Image.new("RGB", (4, 4)).save(tmp_path / "secret.png")
    (folder / "a.mtl").write_text("newmtl x\nmap_Kd -s 1 1 1 ../secret.png\n")
    (folder / "a.obj").write_text("mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 0 1\nusemtl x\nf 1 2 3\n")
    with pytest.raises(OutsideWorkspace):
        load_model(folder / "a.obj")


def test_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "secret.mtl").write_text("newmtl x\n")
    (folder / "a.mtl").symlink_to(tmp_path / "secret.mtl")
    (folder / "a.obj").write_text("mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 0 1\nf 1 2 3\n")
    with pytest.raises(OutsideWorkspace):
        load_model(folder / "a.obj")


def test_limits(textured_obj: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="triangles; the limit is 1"):
        load_model(textured_obj, Config(max_triangles=1))
    with pytest.raises(InputError, match="8 x 8 pixels"):
        load_model(textured_obj, Config(max_texture_pixels=63))
    trimesh.creation.icosphere(subdivisions=3).export(tmp_path / "ball.glb")
    with pytest.raises(InputError, match="1,280 triangles"):
        load_model(tmp_path / "ball.glb", Config(max_triangles=1000))


def glb(text: bytes) -> bytes:
    text += b" " * (-len(text) % 4)
    return struct.pack("<4sIIII", b"glTF", 2, 20 + len(text), len(text), 0x4E4F534A) + text


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.glb", b"", "empty"),
        ("a.glb", b"glTF", "not a valid GLB"),
        ("a.glb", b"\x89PNG" + bytes(40), "not a valid GLB"),
        ("a.glb", glb(b'{"asset":{"version":"2.0"}}'), "no triangles"),
        ("a.glb", glb(b'{"images":[{"uri":"../../etc/passwd"}]}'), "refers to other files"),
        (
            "a.glb",
            glb(b'{"nodes":[{"mesh":0}],"meshes":[{"primitives":[{"attributes":{"POSITION":7}}]}]}'),
            "not a valid GLB",
        ),
        ("a.glb", glb(b"[1, 2]"), "not a valid GLB"),
        ("a.obj", b"", "empty"),
        ("a.obj", b"hello\n", "no triangles|cannot be read"),
        ("a.obj", b"v 0 0 0\nv 1 0 0\nf 1 2 9\n", "cannot be read|no triangles|without vertices"),
        ("a.obj", bytes(range(256)) * 20, "no triangles|cannot be read"),
        ("a.stl", b"solid\n", "GLB, or to OBJ"),
    ],
)
def test_damaged_files_have_clear_errors(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_model(tmp_path / name)
    import re

    assert re.search(message, str(caught.value)), caught.value


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no mesh file"):
        load_model(tmp_path / "none.glb")
