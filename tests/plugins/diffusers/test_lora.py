"""`prodgen train lora`: resumable to the bit, and what it trains is what `diffusers/text` loads."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("diffusers")
pytest.importorskip("peft")

import torch
from hypothesis import given
from hypothesis import strategies as st
from prodgen_diffusers import plugin
from prodgen_diffusers.config import Config, Pipeline
from prodgen_diffusers.pipelines.loading import load_pipeline
from prodgen_diffusers.pipelines.running import Job, run
from prodgen_diffusers.text import TextGenerator
from prodgen_diffusers.training.data import Example, read_examples, split
from prodgen_diffusers.training.families import family_of
from prodgen_diffusers.training.lora import LoraTrainer, encoded
from prodgen_diffusers.training.loss import flow_loss, noise_loss, shift_of
from prodgen_diffusers.training.options import LoraOptions
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, ConfigError, InputError, NotFinite, OutOfMemory
from prodgen_sdk.testing.contracts import TrainerContract
from prodgen_sdk.testing.samples import sample_photo, sample_products
from prodgen_sdk.training.loop import seed_of
from prodgen_sdk.types import GenerationRequest, Scene, parse_views

pytestmark = pytest.mark.slow

OPTIONS = {
    "steps": 8,
    "rank": 2,
    "batch": 2,
    "learning_rate": 1e-2,
    "warmup": 2,
    "checkpoint_every": 2,
    "validate_every": 2,
    "validation": 0.34,
}


def write_data(folder, lines=6):
    folder.mkdir(exist_ok=True)
    with (folder / "metadata.jsonl").open("w") as file:
        for place in range(lines):
            images.save(sample_photo((40 * place, 90, 200 - 30 * place), 48), folder / f"{place}.png")
            line = {"file_name": f"{place}.png", "text": f"a ball {place}", "sku": f"ball-{place // 2}"}
            file.write(json.dumps(line) + "\n")
    return folder


@pytest.fixture(scope="module")
def balls(tmp_path_factory):
    return write_data(tmp_path_factory.mktemp("data"))


class TestContract(TrainerContract):
    plugin = plugin
    id = "diffusers/train-lora"

    @pytest.fixture
    def data(self, balls):
        return balls

    @pytest.fixture
    def options(self, sd15):
        return {"model": str(sd15), **OPTIONS}


def weights(report):
    (path,) = report.checkpoint.glob("*.safetensors")
    return load_file(path)


def logged(out):
    """The lines of a run's log without what time each took."""
    lines = [json.loads(line) for line in (out / "log.jsonl").read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "seconds"} for line in lines]


SCRIPT = """
import json, os, sys
from pathlib import Path
from dataclasses import replace
import torch
torch.set_num_threads(1)
from prodgen_diffusers.training.lora import LoraTrainer
from prodgen_sdk.context import Context
options, data, out = json.loads(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
def tell(done, total, what):
    if done == 5:
        print("five", flush=True)
        import time
        time.sleep(60)
LoraTrainer(None, Context()).train(options, data, out, replace(Context(), progress=tell))
"""


VARIED = {"copies": 2, "flips": True, "dropout": 0.2, "sample_every": 2, "sample_steps": 1}


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 here")
def test_a_killed_run_goes_on_to_the_bit(sd15, balls, tmp_path):
    options = {"model": str(sd15), **OPTIONS, **VARIED, "ema": 0.9, "accumulate": 2}
    before, threads = torch.get_num_threads(), 1
    torch.set_num_threads(threads)
    try:
        whole = LoraTrainer(None, Context()).train(options, balls, tmp_path / "whole", Context())
        arguments = [sys.executable, "-c", SCRIPT, json.dumps(options), str(balls), str(tmp_path / "killed")]
        environment = os.environ | {"OMP_NUM_THREADS": "1"}
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, env=environment) as process:
            assert process.stdout.readline() == b"five\n"
            time.sleep(0.1)
            process.kill()
        told = []
        ctx = Context(progress=lambda done, total, what: told.append(done))
        resumed = LoraTrainer(None, Context()).train(options, balls, tmp_path / "killed", ctx)
    finally:
        torch.set_num_threads(before)
    assert told[0] == 4
    for name in ("checkpoint.safetensors", "samples/000004.png", "samples/000008.png"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "killed" / name).read_bytes()
    first, second = weights(whole), weights(resumed)
    assert set(first) == set(second)
    assert all(torch.equal(value, second[name]) for name, value in first.items())
    assert resumed.figures == whole.figures
    first, second = logged(tmp_path / "whole"), logged(tmp_path / "killed")
    assert first == second
    assert [line["step"] for line in first if "loss" in line] == [*range(1, OPTIONS["steps"] + 1)]
    assert [line["step"] for line in first if "val_loss" in line][-1] == OPTIONS["steps"]
    assert first[-1]["val_loss"] == pytest.approx(whole.figures["val_loss"], rel=1e-5)
    assert list((tmp_path / "killed" / "tensorboard").iterdir())


def test_float16_is_trained_with_a_scaled_loss_and_goes_on_to_the_bit(sd15, balls, tmp_path):
    options = {"model": str(sd15), **OPTIONS, "steps": 12}
    half = Context(dtype="float16")
    done = []
    stopped = Context(dtype="float16", progress=lambda step, *_: done.append(step), cancelled=lambda: done[-1:] == [7])
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        whole = LoraTrainer(None, half).train(options, balls, tmp_path / "whole", half)
        with pytest.raises(Cancelled):
            LoraTrainer(None, stopped).train(options, balls, tmp_path / "stopped", stopped)
        with safe_open(tmp_path / "stopped" / "checkpoint.safetensors", "pt") as file:
            state = json.loads(file.metadata()["state"])
        assert state["step"] == 6
        assert state["scales"]["lora"]["scale"] >= 1
        resumed = LoraTrainer(None, half).train(options, balls, tmp_path / "stopped", half)
    finally:
        torch.set_num_threads(threads)
    assert whole.figures["val_loss"] < whole.figures["val_before"]
    assert resumed.figures == whole.figures
    first, second = weights(whole), weights(resumed)
    assert all(torch.equal(value, second[name]) for name, value in first.items())


def test_a_gradient_that_is_never_finite_is_told(sd15, balls, tmp_path):
    folder = shutil.copytree(sd15, tmp_path / "model")
    path = folder / "unet" / "diffusion_pytorch_model.safetensors"
    tensors = load_file(path)
    save_file(
        tensors | {"conv_out.weight": torch.full_like(tensors["conv_out.weight"], torch.inf)}, path, {"format": "pt"}
    )
    with pytest.raises(NotFinite, match=r"loss of lora is .* at step 0\. Lower learning_rate"):
        LoraTrainer(None, Context()).train({"model": str(folder), **OPTIONS}, balls, tmp_path / "out", Context())
    half = Context(dtype="float16")  # the scale is halved 16 times first
    with pytest.raises(NotFinite, match="at step 16"):
        LoraTrainer(None, half).train({"model": str(folder), **OPTIONS, "steps": 99}, balls, tmp_path / "half", half)


PLAIN = {"arguments": {"use_resolution_binning": False, "complex_human_instruction": []}}


@pytest.mark.parametrize(
    ("family", "rate", "options"),
    [
        ("sdxl", 3e-2, {}),
        ("sd3", 1e-2, {}),
        ("flux", 1e-2, {}),
        ("flux2_klein", 1e-2, {}),
        ("qwen_image", 5e-2, {"guidance": 1.0}),
        ("z_image", 1e-2, {}),
        ("sana", 3e-2, PLAIN),
    ],
)
def test_each_family_learns_and_is_loaded(family, rate, options, tiny, balls, tmp_path):
    folder = getattr(tiny, family)(tmp_path / "model", **({"layers": 28} if family == "flux2_klein" else {}))
    calls = options
    options = {"model": str(folder), "size": 32, **OPTIONS, "steps": 12, "learning_rate": rate, "sample_every": 12}
    usual = Config.model_validate({"text": {"model": str(folder), "steps": 2, **calls}})
    report = LoraTrainer(usual, Context()).train(options, balls, tmp_path / "out", Context())
    assert report.figures["best_val_loss"] < report.figures["val_before"]
    request = GenerationRequest(
        product=sample_products()[0], views=parse_views("front"), size=32, seed=1, scene=Scene(style="x")
    )

    def picture(**more):
        section = {"model": str(folder), "steps": 2, "size": 32, **calls, **more}
        generator = TextGenerator(Config.model_validate({"text": section}), Context())
        return generator.generate([request], Context())[0][0].image.astype(int)

    lora = {"model": str(report.checkpoint)}
    plain, with_lora = picture(), picture(loras=[lora])
    assert np.abs(plain - with_lora).max() > 1
    assert np.abs(plain - picture(loras=[lora | {"scale": 0.0}])).max() <= 1
    assert np.abs(with_lora - picture(loras=[lora], fuse_loras=True)).max() <= 2
    true, before, now = rows(images.load(tmp_path / "out" / "samples" / "000012.png"), 32)
    assert len(true) == 4
    first = next(iter(split(read_examples(balls), OPTIONS["validation"], 0)[1]))
    assert np.array_equal(true[0], images.squared(images.load(first.picture), 32))
    assert np.abs(before.astype(int) - now).max() > 1


def rows(sheet, edge, gap=2):
    """The pictures of a grid, row by row."""
    strips = [sheet[y : y + edge] for y in range(0, sheet.shape[0], edge + gap)]
    return [np.stack([strip[:, x : x + edge] for x in range(0, sheet.shape[1], edge + gap)]) for strip in strips]


def test_samples_are_what_the_lora_paints_and_do_not_change_what_is_learnt(sd15, balls, tmp_path):
    options = {"model": str(sd15), **OPTIONS, "validation": 0, "learning_rate": 0.1}
    plain = LoraTrainer(None, Context()).train(options, balls, tmp_path / "plain", Context())
    options |= {"prompts": "a ball | a cup", "sample_every": 8, "sample_steps": 3, "sample_guidance": 2.0}
    report = LoraTrainer(None, Context()).train(options, balls, tmp_path / "out", Context())
    assert all(torch.equal(value, weights(report)[name]) for name, value in weights(plain).items())
    (without, with_it) = rows(images.load(tmp_path / "out" / "samples" / "000008.png"), 32)
    section = Config.model_validate({"text": {"model": str(sd15), "steps": 3, "guidance": 2.0}}).text
    job = [Job("a ball", seed_of(0, "sample", 0) % 2**32), Job("a cup", seed_of(0, "sample", 1) % 2**32)]
    for shown, loras in ((without, ()), (with_it, ({"model": str(report.checkpoint)},))):
        known = Pipeline.model_validate({**section.model_dump(), "loras": loras})
        loaded = load_pipeline(known, Context(), component="x", task="text")
        painted = np.stack([result.image for result in run(loaded, job, Context(), known, size=32)])
        assert np.abs(painted.astype(int) - shown).max() <= 2
    assert np.abs(without.astype(int) - with_it).max() > 5


def test_samples_that_do_not_fit_are_left_out(sd15, balls, tmp_path, monkeypatch, caplog):
    from prodgen_diffusers.training import sampling

    painted, real = [], sampling.run

    def tight(*args, **kwargs):
        painted.append(1)
        if len(painted) > 3:  # three columns, once without the LoRA
            raise OutOfMemory("no room")
        return real(*args, **kwargs)

    monkeypatch.setattr(sampling, "run", tight)
    options = {"model": str(sd15), **OPTIONS, "sample_every": 4, "sample_steps": 1, "prompts": ["a", "b", "c"]}
    report = LoraTrainer(None, Context()).train(options, balls, tmp_path, Context())
    assert report.steps == OPTIONS["steps"]
    assert "no samples: no room" in caplog.text
    assert not (tmp_path / "samples").exists()


@pytest.mark.parametrize(("azimuth", "mirrored"), [(0, True), (180.0, True), (90, False), (None, False)])
def test_copies_are_varied_and_mirrored_where_that_keeps_the_azimuth(azimuth, mirrored, sd15, tmp_path):
    picture = np.full((32, 32, 3), 255, np.uint8)
    picture[:, :4] = 0  # dark on the left
    images.save(picture, tmp_path / "0.png")
    shown = []
    loaded = load_pipeline(Pipeline(model=str(sd15)), Context(), component="x", task="text")
    family = replace(family_of(loaded.pipe), latents=lambda vae, picture, noise: shown.append(picture) or picture)
    still = {"rotation": 0, "crop": 0, "colour": 0}
    options = LoraOptions(model="x", copies=20, flips=True, **still)
    said = {"a": {}}
    found = encoded(loaded, family, Example(tmp_path / "0.png", "a", "a", azimuth), said, 32, options, Context())
    assert len(found) == len(shown) == 21
    assert shown[0][0, 0, 16, 0] < -0.9
    flipped = sum(bool(one[0, 0, 16, 0] > 0) for one in shown)
    assert 4 < flipped < 17 if mirrored else flipped == 0
    again = LoraOptions(model="x", copies=2)
    both = [
        encoded(loaded, family, Example(tmp_path / "0.png", "a", "a"), said, 32, again, Context()) for _ in range(2)
    ]
    assert all(torch.equal(first[0], second[0]) for first, second in zip(*both, strict=True))
    assert not torch.equal(both[0][0][0], both[0][1][0])


def test_sdxl_is_told_the_crop_of_a_copy(sdxl, tmp_path):
    images.save(sample_photo(size=64), tmp_path / "0.png")
    loaded = load_pipeline(Pipeline(model=str(sdxl)), Context(), component="x", task="text")
    family, example = family_of(loaded.pipe), Example(tmp_path / "0.png", "a", "a")
    said = {"a": family.encode(loaded.pipe, "a", 64)}

    def told(**how):
        options = LoraOptions(model="x", copies=12, **how)
        found = encoded(loaded, family, example, said, 64, options, Context())
        return [given["time_ids"][0].tolist() for _, given in found]

    whole = [64, 64, 0, 0, 64, 64]
    assert told(crop=0) == [whole] * 13
    first, *copies = told(crop=0.5)
    assert first == whole
    assert all(ids[:2] == ids[4:] == [64, 64] for ids in copies)
    assert len({tuple(ids[2:4]) for ids in copies}) > 6
    assert all(0 <= corner <= 64 for ids in copies for corner in ids[2:4])


def test_pictures_that_would_spoil_it_are_left_out_and_told(sd15, balls, tmp_path, caplog):
    data = shutil.copytree(balls, tmp_path / "data")
    images.save(sample_photo(size=20), data / "tiny.png")
    (data / "cut.png").write_bytes((data / "0.png").read_bytes()[:100])
    shutil.copy(data / "0.png", data / "again.png")
    with (data / "metadata.jsonl").open("a") as file:
        for name in ("gone", "tiny", "cut", "again"):
            file.write(json.dumps({"file_name": f"{name}.png", "text": "a ball"}) + "\n")
        file.write(json.dumps({"file_name": "0.png", "text": None}) + "\n")
    options = {"model": str(sd15), **OPTIONS, "steps": 2}
    report = LoraTrainer(None, Context()).train(options, data, tmp_path / "out", Context())
    plain = LoraTrainer(None, Context()).train(options, balls, tmp_path / "plain", Context())
    assert report.figures == plain.figures
    told = json.loads((tmp_path / "out" / "cleaning.json").read_text())
    assert told["first"] == {
        "missing": ["gone.png"], "corrupt": ["cut.png"], "too_small": ["tiny.png"], "near_empty": [], "duplicate": ["again.png"],
        "no_words": ["0.png"],
    }  # fmt: skip
    assert (told["kept"], told["products"]) == (6, {"train": 2, "val": 1})
    assert "5 of 11 images are left out (1 missing, 1 corrupt, 1 too small, 1 duplicate, 1 no words)" in caplog.text
    lines = (data / "metadata.jsonl").read_text().splitlines()[-4:-2]
    (data / "metadata.jsonl").write_text("\n".join(lines))
    with pytest.raises(InputError, match="all are corrupt, too small"):
        LoraTrainer(None, Context()).train(options, data, tmp_path / "none", Context())


def test_a_run_stops_early_and_keeps_the_best(sd15, balls, tmp_path):
    options = {"model": str(sd15), **OPTIONS, "steps": 40, "learning_rate": 3.0, "warmup": 0, "patience": 2}
    report = LoraTrainer(None, Context()).train(options, balls, tmp_path, Context())
    assert report.steps == report.figures["best_step"] + 4 < 40
    assert report.figures["best_val_loss"] <= report.figures["val_loss"]
    best = {name: value for name, value in load_file(tmp_path / "best.safetensors").items() if "lora_A" in name}
    saved = {name: value for name, value in weights(report).items() if "lora.down" in name or "lora_A" in name}
    assert sorted(float(value.sum()) for value in best.values()) == pytest.approx(
        sorted(float(value.sum()) for value in saved.values()), rel=1e-6
    )


def test_less_memory_for_gradients_learns_the_same(sd15, balls, tmp_path):
    options = {"model": str(sd15), **OPTIONS}
    found = [
        LoraTrainer(None, Context()).train(
            {**options, "gradient_checkpointing": on}, balls, tmp_path / str(on), Context()
        )
        for on in (False, True)
    ]
    assert found[0].figures == pytest.approx(found[1].figures, rel=1e-5)


def test_two_processes_share_a_batch(sd15, balls, tmp_path):
    options = {"model": str(sd15), **OPTIONS, "batch": 4}
    script = SCRIPT.replace("if done == 5", "if False")
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29614", "OMP_NUM_THREADS": "1",
              "ACCELERATE_USE_CPU": "true", "LOCAL_WORLD_SIZE": "2"}  # fmt: skip
    both = [
        subprocess.Popen(
            [sys.executable, "-c", script, json.dumps(options), str(balls), str(tmp_path)],
            env={**os.environ, **shared, "RANK": rank, "LOCAL_RANK": rank},
        )
        for rank in "01"
    ]
    assert [process.wait(timeout=300) for process in both] == [0, 0]
    report = LoraTrainer(None, Context()).train(options, balls, tmp_path, Context())
    assert report.steps == OPTIONS["steps"]
    assert report.figures["best_val_loss"] < report.figures["val_before"]


def test_a_lora_of_another_model_is_refused(sd15, tiny, balls, tmp_path):
    report = LoraTrainer(None, Context()).train({"model": str(sd15), **OPTIONS, "steps": 1}, balls, tmp_path, Context())
    flux = tiny.flux(tmp_path / "flux")
    section = {"model": str(flux), "size": 32, "loras": [{"model": str(report.checkpoint)}]}
    with pytest.raises(ConfigError, match="LoRA"):
        TextGenerator(Config.model_validate({"text": section}), Context())


def test_a_damaged_checkpoint_is_told(sd15, balls, tmp_path):
    class Stopped(Exception):
        pass

    def stop(done, total, what):
        if done == 5:
            raise Stopped

    options = {"model": str(sd15), **OPTIONS}
    with pytest.raises(Stopped):
        LoraTrainer(None, Context()).train(options, balls, tmp_path, Context(progress=stop))
    last = tmp_path / "checkpoint.safetensors"
    last.write_bytes(last.read_bytes()[:2000])
    with pytest.raises(ConfigError, match=r"checkpoint\.safetensors cannot be read: .* Delete it to start again"):
        LoraTrainer(None, Context()).train(options, balls, tmp_path, Context())
    last.unlink()
    report = LoraTrainer(None, Context()).train(options, balls, tmp_path, Context())
    assert report.steps == OPTIONS["steps"]


def test_other_options_in_the_same_folder_are_refused(sd15, balls, tmp_path):
    options = {"model": str(sd15), **OPTIONS, "steps": 1}
    LoraTrainer(None, Context()).train(options, balls, tmp_path, Context())
    with pytest.raises(ConfigError, match="other options: seed is 1, was 0"):
        LoraTrainer(None, Context()).train(options | {"seed": 1}, balls, tmp_path, Context())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "No checkpoint"),
        ({"model": "x", "rnak": 3}, "rnak"),
        ({"model": "x", "steps": 0}, "steps"),
        ({"model": "x", "flips": True}, "flips would change nothing while copies is 0"),
        ({"model": "x", "prompts": "a cup"}, "prompts would change nothing while sample_every is 0"),
    ],
)
def test_options_are_checked(options, said, balls, tmp_path):
    with pytest.raises(ConfigError, match=said):
        LoraTrainer(None, Context()).train(options, balls, tmp_path, Context())


def test_a_size_that_does_not_fit(tiny, balls, tmp_path):
    flux = tiny.flux(tmp_path / "flux")
    with pytest.raises(ConfigError, match=r"images of 34 pixels\. Set `size` to a multiple of 4"):
        LoraTrainer(None, Context()).train({"model": str(flux), "size": 34}, balls, tmp_path / "out", Context())


def test_layers_that_are_not_there(sd15, balls, tmp_path):
    with pytest.raises(ConfigError, match="no layers that end on nose"):
        LoraTrainer(None, Context()).train({"model": str(sd15), "targets": "nose"}, balls, tmp_path, Context())


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{", "not JSON"),
        ("[]", "no JSON object"),
        ('{"text": "a ball"}', "`file_name`"),
        ('{"file_name": "a.png", "text": 3}', "each a string"),
        ('{"file_name": "a.png", "text": 0}', "each a string"),
        ('{"file_name": "../a.png", "text": "x"}', "outside"),
        ('{"file_name": "metadata.jsonl", "text": "x", "azimuth": "front"}', "azimuth is no number"),
    ],
)
def test_a_bad_line_is_named(line, said, tmp_path):
    (tmp_path / "metadata.jsonl").write_text("\n" + line)
    with pytest.raises(InputError, match=said) as caught:
        read_examples(tmp_path)
    assert "metadata.jsonl:2" in str(caught.value)


def test_an_option_comes_before_what_is_configured(sd15, balls, tmp_path):
    config = Config.model_validate({"text": {"model": str(sd15)}})
    with pytest.raises(ConfigError, match="digest"):
        LoraTrainer(config, Context()).train({**OPTIONS, "digest": "0" * 64}, balls, tmp_path, Context())


def written(form, folder):
    """Two pictures of one product in one of the forms that hold them; returns what to read."""
    folder.mkdir()
    rows = [(sample_photo((60 * place, 90, 160), 48), f"a ball {place}") for place in range(2)]
    if form == "tar":
        with tarfile.open(folder / "balls.tar", "w") as archive:
            for place, (picture, caption) in enumerate(rows):
                said = json.dumps({"sku": "ball", "text": caption}).encode()
                for kind, data in (("png", images.encode(picture)), ("json", said)):
                    info = tarfile.TarInfo(f"{place}.{kind}")
                    info.size = len(data)
                    archive.addfile(info, io.BytesIO(data))
        return folder / "balls.tar"
    arrow = pytest.importorskip("pyarrow")
    table = arrow.Table.from_pylist(
        [{"image": {"bytes": images.encode(picture)}, "sku": "ball", "text": caption} for picture, caption in rows]
    )
    if form == "parquet":
        from pyarrow import parquet

        parquet.write_table(table, folder / "balls.parquet")
    else:
        path = str(folder / "data-00000-of-00001.arrow")
        with arrow.OSFile(path, "wb") as file, arrow.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)
    return folder


@pytest.mark.parametrize("form", ["tar", "parquet", "arrow"])
def test_pictures_with_words_are_read_from_each_form(form, tmp_path):
    found = read_examples(written(form, tmp_path / form))
    assert [(example.caption, example.product) for example in found] == [("a ball 0", "ball"), ("a ball 1", "ball")]
    assert np.array_equal(images.load(found[1].picture), sample_photo((60, 90, 160), 48))


def test_a_table_that_names_its_pictures_is_told(tmp_path):
    """As `Dataset.to_parquet` writes it."""
    arrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = [{"image": {"bytes": None, "path": "0.png"}, "text": "a ball"}]
    parquet.write_table(arrow.Table.from_pylist(rows), tmp_path / "balls.parquet")
    with pytest.raises(InputError, match="holds paths, not images"):
        read_examples(tmp_path)


def test_pictures_without_words_are_told(sd15, tmp_path):
    with tarfile.open(tmp_path / "balls.tar", "w") as archive:
        data = images.encode(sample_photo())
        info = tarfile.TarInfo("0.png")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    with pytest.raises(InputError, match="all are no words") as caught:
        LoraTrainer(None, Context()).train({"model": str(sd15)}, tmp_path / "balls.tar", tmp_path / "out", Context())
    assert "`caption`" in caught.value.hint


def test_no_data(tmp_path):
    with pytest.raises(InputError, match=r"metadata\.jsonl"):
        read_examples(tmp_path)
    (tmp_path / "metadata.jsonl").write_bytes(b"\xff\xfe")
    with pytest.raises(InputError, match="not UTF-8"):
        read_examples(tmp_path)
    (tmp_path / "metadata.jsonl").write_text("\n")
    with pytest.raises(InputError, match="no images"):
        read_examples(tmp_path)


@given(st.lists(st.sampled_from("abcdefgh"), min_size=2, max_size=30), st.floats(0.01, 0.9), st.integers(0, 99))
def test_products_are_never_on_both_sides(products, share, seed):
    examples = [Example(None, "x", product) for product in products]
    if len(set(products)) == 1:
        with pytest.raises(InputError, match="single product"):
            split(examples, share, seed)
        return
    training, held = split(examples, share, seed)
    assert training
    assert held
    assert not {e.product for e in training} & {e.product for e in held}
    assert len(training) + len(held) == len(examples)


@pytest.mark.parametrize(
    ("scheduler", "call"),
    [
        ("FlowMatchEulerDiscreteScheduler", {"shift": 3.0}),
        ("FlowMatchEulerDiscreteScheduler", {"use_dynamic_shifting": True, "max_shift": 0.9, "shift": 3.0}),
        ("FlowMatchEulerDiscreteScheduler", {"use_dynamic_shifting": True, "time_shift_type": "linear"}),
        (
            "DPMSolverMultistepScheduler",
            {"use_flow_sigmas": True, "flow_shift": 2.5, "prediction_type": "flow_prediction"},
        ),
    ],
)
def test_times_are_shifted_as_where_pictures_are_painted(scheduler, call):
    import diffusers
    from diffusers.pipelines.flux.pipeline_flux import calculate_shift

    known = getattr(diffusers, scheduler)(**call)
    shift = shift_of(known.config, 1024)
    plain = np.linspace(1, 0.1, 10)
    if scheduler.startswith("DPM"):
        known.set_timesteps(10)
        plain = 1 - np.linspace(1 / 1000, 1, 11)[:-1]
    elif known.config.use_dynamic_shifting:
        known.set_timesteps(sigmas=plain, mu=calculate_shift(1024, 256, 4096, 0.5, known.config.max_shift))
    else:
        known.set_timesteps(sigmas=plain)
    assert np.allclose(known.sigmas[:-1].numpy(), shift * plain / (1 + (shift - 1) * plain), atol=1e-3)


def test_the_losses_are_zero_for_a_perfect_model():
    from diffusers import DDPMScheduler

    generator = torch.Generator().manual_seed(0)
    latents, noise = (torch.randn(3, 4, 8, 8, generator=generator) for _ in range(2))
    uniform = torch.rand(3, generator=generator)
    assert flow_loss(lambda noisy, at: noise - latents, latents, noise, uniform, 1000) == 0
    assert flow_loss(lambda noisy, at: noise, latents, noise, uniform, 1000) > 0.5
    asked = []
    for shift in (1.0, 3.0):
        flow_loss(lambda noisy, at: asked.append(at) or noise, latents, noise, uniform, 1000, shift)
    assert (asked[1] > asked[0]).all()
    for kind in ("epsilon", "v_prediction"):
        scheduler = DDPMScheduler(prediction_type=kind)
        steps = (uniform * 1000).long()
        right = noise if kind == "epsilon" else scheduler.get_velocity(latents, noise, steps)
        for gamma in (0, 5.0):
            assert noise_loss(lambda noisy, at, r=right: r, latents, noise, uniform, scheduler, gamma) == 0
            assert noise_loss(lambda noisy, at, r=right: r + 1, latents, noise, uniform, scheduler, gamma) > 0
    weighed = noise_loss(lambda noisy, at: noise + 1, latents, noise, uniform, DDPMScheduler(), 5.0)
    kept = DDPMScheduler().alphas_cumprod[(uniform * 1000).long()]
    snr = kept / (1 - kept)
    assert float(weighed) == pytest.approx(float((snr.clamp(max=5) / snr).mean()), rel=1e-5)
