"""Training of `image/mini` and its evaluation, on a data set that is drawn here."""

from __future__ import annotations

import json

import numpy as np
import pytest
from prodgen_rank import plugin
from prodgen_rank.encoders.neighbours import same_family_share, same_product_first
from prodgen_rank.encoders.training import MiniTrainer, contrast
from prodgen_rank.encoders.views import place, read_views

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError
from prodgen_sdk.testing.contracts import BenchmarkContract, TrainerContract

pytest.importorskip("torch")
OPTIONS = {"steps": 20, "copies": 1, "batch": 8, "checkpoint_every": 4, "held_out": ["disc"]}


def write_data_set(folder, products: int = 15, size: int = 48):
    """Boxes, discs and crosses in many colours, two views each, as a renderer would write them."""
    rng = np.random.default_rng(0)
    y, x = np.mgrid[0:size, 0:size] / size - 0.5
    shapes = {
        "box": (abs(x) < 0.3) & (abs(y) < 0.2),
        "disc": np.hypot(x, y) < 0.3,
        "cross": (abs(x) < 0.1) | (abs(y) < 0.1),
    }
    (folder / "shards").mkdir(parents=True)
    images, lines = [], []
    for number in range(products):
        family = list(shapes)[number % 3]
        colour = rng.integers(0, 256, 3)
        for view in range(2):
            mask = np.roll(shapes[family], view * 3, axis=1) & (np.hypot(x, y) < 0.45)
            images.append(np.dstack([np.where(mask[..., None], colour, 0), mask * 255]).astype(np.uint8))
            split = "train" if number < products - 4 else "val" if number < products - 2 else "test"
            row = {"sku": f"p{number}", "family": family, "domain": "home", "split": split, "row": len(images) - 1}
            seen = {"azimuth": 90.0 * view, "elevation": 15.0, "distance": 1.0}
            looks = {"colour": "red", "material": "wood", "pattern": "plain"}
            lines.append(json.dumps({**row, **seen, **looks, "file": "shards/00000.npz"}))
    pictures = np.stack(images)
    np.savez_compressed(folder / "shards" / "00000.npz", images=pictures, masks=pictures[..., 3] > 127)
    (folder / "manifest.jsonl").write_text("\n".join(lines) + "\n")
    (folder / "dataset.json").write_text(json.dumps({"format": "npz"}))
    return folder


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    return write_data_set(tmp_path_factory.mktemp("data") / "set")


class TestTrainer(TrainerContract):
    plugin = plugin
    id = "rank/train-image-encoder"

    @pytest.fixture
    def data(self, drawn):
        return drawn

    @pytest.fixture
    def options(self):
        return OPTIONS


class TestEvaluation(BenchmarkContract):
    plugin = plugin
    id = "image/neighbours"

    @pytest.fixture
    def options(self, drawn):
        return {"data": str(drawn), "n": 6}


def train(data, out, **options):
    return MiniTrainer(None, Context()).train({**OPTIONS, **options}, data, out, Context())


def test_a_run_that_was_stopped_ends_as_one_that_was_not(drawn, tmp_path) -> None:
    from dataclasses import replace

    from prodgen_sdk.errors import Cancelled

    whole = train(drawn, tmp_path / "whole")
    done = []
    stopping = replace(
        Context(), progress=lambda at, total, what: done.append(at), cancelled=lambda: bool(done) and done[-1] >= 10
    )
    with pytest.raises(Cancelled):
        MiniTrainer(None, Context()).train(OPTIONS, drawn, tmp_path / "parts", stopping)
    rest = train(drawn, tmp_path / "parts")
    assert rest.checkpoint.read_bytes() == whole.checkpoint.read_bytes()


def test_training_brings_views_of_a_product_together(drawn, tmp_path) -> None:
    short, long = train(drawn, tmp_path / "short", steps=1), train(drawn, tmp_path / "long", steps=150)
    assert long.figures["loss"] < short.figures["loss"] * 0.7
    from prodgen_rank.config import Config
    from prodgen_rank.encoders.mini import MiniEncoder

    encoder = MiniEncoder(Config.model_validate({"mini": {"weights": str(long.checkpoint)}}), Context())
    views = read_views(drawn)
    shown = [place(image, np.random.default_rng(1), "white", move=False) for image in views.images]
    assert same_product_first(encoder.encode(shown, Context()), views.products).mean() > 0.8


def test_a_run_with_other_options_or_data_is_not_continued(drawn, tmp_path) -> None:
    train(drawn, tmp_path / "run", steps=2)
    with pytest.raises(ConfigError, match="other options"):
        train(drawn, tmp_path / "run", steps=3)
    other = write_data_set(tmp_path / "other", products=24)
    with pytest.raises(ConfigError, match="other data"):
        train(other, tmp_path / "run", steps=2)
    (tmp_path / "run" / "checkpoint.safetensors").write_bytes(b"broken")
    with pytest.raises(ConfigError, match="cannot be read"):
        train(drawn, tmp_path / "run", steps=2)


def test_without_anything_to_validate_on_there_are_no_figures_of_it(drawn, tmp_path) -> None:
    write_data_set(tmp_path / "all", products=5)
    manifest = tmp_path / "all" / "manifest.jsonl"
    manifest.write_text(manifest.read_text().replace('"val"', '"train"').replace('"test"', '"train"'))
    assert set(train(tmp_path / "all", tmp_path / "out", held_out=[], steps=2).figures) == {"loss"}
    held_out = train(drawn, tmp_path / "few", held_out=["nothing"], steps=2).figures
    assert set(held_out) == {"loss", "val_same_product"}


def test_wrong_data_are_named(drawn, tmp_path) -> None:
    with pytest.raises(InputError, match="no rendered data set"):
        read_views(tmp_path)
    with pytest.raises(InputError, match="fewer than 4"):
        train(write_data_set(tmp_path / "few", products=3), tmp_path / "out")
    with pytest.raises(ConfigError, match="stepz"):
        train(drawn, tmp_path / "out", stepz=1)
    for name, message in (("manifest.jsonl", "not finished"), ("shards/00000.npz", "cannot be read")):
        folder = write_data_set(tmp_path / name.replace("/", "-"))
        (folder / name).unlink()
        with pytest.raises(InputError, match=message):
            read_views(folder)
    shard = write_data_set(tmp_path / "damaged") / "shards" / "00000.npz"
    whole = shard.read_bytes()
    for damaged in (b"", b"nonsense", whole[: len(whole) // 2], whole[:200] + bytes(200) + whole[400:]):
        shard.write_bytes(damaged)
        with pytest.raises(InputError, match="cannot be read"):
            read_views(tmp_path / "damaged")


def test_several_data_sets_keep_their_products_apart(tmp_path) -> None:
    write_data_set(tmp_path / "one", products=4)
    write_data_set(tmp_path / "two", products=4)
    views = read_views(tmp_path)
    assert len(views) == 16
    assert len(set(views.products)) == 8


def test_the_loss_is_the_mean_over_positives_of_the_log_softmax() -> None:
    import torch

    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(7, 5))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = np.asarray([0, 0, 1, 1, 1, 2, 0])
    losses = []
    for i in range(7):
        others = [j for j in range(7) if j != i]
        total = sum(np.exp(vectors[i] @ vectors[j] / 0.2) for j in others)
        alike = [j for j in others if labels[j] == labels[i]]
        if alike:
            losses.append(-np.mean([vectors[i] @ vectors[j] / 0.2 - np.log(total) for j in alike]))
    found = contrast(torch.from_numpy(vectors), torch.from_numpy(labels), 0.2)
    assert float(found) == pytest.approx(np.mean(losses), rel=1e-9)


def test_neighbours_against_loops() -> None:
    rng = np.random.default_rng(2)
    vectors = rng.normal(size=(40, 6)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    products = np.asarray([f"p{i // 2}" for i in range(38)] + ["single", "p0"])
    families = np.asarray([f"f{int(p[1:]) % 4}" if p != "single" else "f0" for p in products])
    first, share = [], []
    for i in range(40):
        order = sorted((j for j in range(40) if j != i), key=lambda j: -(vectors[i] @ vectors[j]))
        if (products == products[i]).sum() > 1:
            first.append(float(products[order[0]] == products[i]))
        seen = []
        for j in order:
            if products[j] != products[i] and products[j] not in seen:
                seen.append(products[j])
        share.append(np.mean([families[list(products).index(p)] == families[i] for p in seen[:3]]))
    assert same_product_first(vectors, products).tolist() == first
    np.testing.assert_allclose(same_family_share(vectors, products, families), share)


@pytest.mark.parametrize("background", ["white", "plain", "varied", "cluttered", None])
def test_a_placed_view_is_a_picture_and_keeps_the_product(drawn, background) -> None:
    image = read_views(drawn).images[0]
    still = place(image, np.random.default_rng(3), background, move=False)
    assert still.shape == (48, 48, 3)
    inside = image[..., 3] == 255
    assert (still[inside] == image[..., :3][inside]).all()
    moved = place(image, np.random.default_rng(3), background)
    assert moved.dtype == np.uint8
    again = place(image, np.random.default_rng(3), background)
    assert (moved == again).all()
