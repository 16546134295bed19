"""A catalogue with its files into the store: several at once, in the order of its lines."""

from pathlib import Path

import numpy as np
import pytest

from prodgen_sdk import InputError, Product, Studio, images
from prodgen_sdk.testing.fakes import fake_host


def test_files_are_stored_beside_each_other_and_told_in_order(tmp_path):
    for n in range(30):
        images.save(np.full((40, 40, 3), n, np.uint8), tmp_path / f"{n}.png")
    products = [
        {"sku": f"mug-{n}", "title": "Mug", "category": "home/mug", "media": [{"role": "front", "uri": f"{n}.png"}]}
        for n in range(450)  # photos of the first thirty alone
    ]
    told = []
    with Studio.create(tmp_path / "shop", host=fake_host()) as studio:
        summary = studio.add_products(products, root=tmp_path, progress=lambda *done: told.append(done))
        assert (summary.added, len(summary.rejected)) == (30, 420)
        assert [rejection.line for rejection in summary.rejected] == list(range(31, 451))
        assert f"There is no file 30.png. Paths are relative to {tmp_path}." in summary.rejected[0].reason
        for product in studio.products():
            assert len(studio.store.assets.get(product.media[0].uri.removeprefix("asset:"))) > 0
    assert told == [(200, 0, "lines"), (400, 0, "lines"), (450, 0, "lines")]


MUG = {"sku": "mug", "title": "Mug", "category": "home/mug"}


def test_what_is_no_product_is_rejected_and_the_rest_is_kept(tmp_path):
    with Studio.create(tmp_path, host=fake_host()) as studio:
        summary = studio.add_products([None, MUG, "jug", ["jug"]])
        assert summary.added == 1
        assert [rejection.reason for rejection in summary.rejected] == [
            f"Line {line}: is a {kind}; each must be a product or its fields."
            for line, kind in ((1, "NoneType"), (3, "str"), (4, "list"))
        ]


@pytest.mark.parametrize("source", [MUG, Product(**MUG), b"mug", None, 3])
def test_products_come_as_a_list(tmp_path, source):
    with (
        Studio.create(tmp_path, host=fake_host()) as studio,
        pytest.raises(InputError, match=rf"^Products come as a file or a list, not as a {type(source).__name__}\.$"),
    ):
        studio.add_products(source)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.obj", f"mtllib {'x' * 5000}\nv 0 0 0\n".encode(), None),  # materials that are not there
        ("a.obj", b"mtllib a\0b\n", "lies outside its folder"),
        ("a.obj", b"mtllib ../secret.mtl\n", "lies outside its folder"),
        ("a.glb", b"PK\3\4 an archive", "a.glb is no GLB file"),
        ("a.stl", b"solid", "a.stl is no mesh that can be read"),
    ],
)
def test_a_mesh_that_is_none_rejects_its_product_alone(tmp_path, name, content, reason):
    (tmp_path / name).write_bytes(content)
    with Studio.create(tmp_path / "shop", host=fake_host()) as studio:
        meshed = {**MUG, "sku": "meshed", "media": [{"role": "mesh", "uri": name}]}
        summary = studio.add_products([meshed, MUG], root=tmp_path)
        assert [rejection.field for rejection in summary.rejected] == ["media[0].uri"] * (reason is not None)
        assert all(reason in rejection.reason for rejection in summary.rejected)
        assert summary.added == 2 - len(summary.rejected)


def test_a_file_that_cannot_be_read_rejects_its_product_alone(tmp_path, monkeypatch):
    def locked(path):
        raise PermissionError(13, "Permission denied", str(path))

    (tmp_path / "a.glb").write_bytes(b"glTF")
    monkeypatch.setattr(Path, "read_bytes", locked)
    with Studio.create(tmp_path / "shop", host=fake_host()) as studio:
        meshed = {**MUG, "sku": "meshed", "media": [{"role": "mesh", "uri": "a.glb"}]}
        summary = studio.add_products([meshed, MUG], root=tmp_path)
        assert "Permission denied" in summary.rejected[0].reason
        assert summary.added == 1
