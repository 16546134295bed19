"""The contracts of the trainers, sweeps, and what their weights are."""

import json

import pytest
from prodgen_mini import plugin

from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError, NotFound
from prodgen_sdk.testing.contracts import TrainerContract

torch = pytest.importorskip("torch")
from prodgen_mini import weights  # noqa: E402
from prodgen_mini.designs import read_designs  # noqa: E402
from prodgen_mini.training.codec import CodecTrainer  # noqa: E402
from prodgen_mini.training.diffusion import DiffusionTrainer  # noqa: E402
from prodgen_mini.training.gan import GanTrainer  # noqa: E402
from prodgen_mini.training.lora import LoraTrainer  # noqa: E402
from prodgen_mini.training.reranker import RerankerTrainer  # noqa: E402
from prodgen_mini.training.sweep import combinations  # noqa: E402
from prodgen_mini.training.vae import VaeTrainer  # noqa: E402

pytestmark = pytest.mark.slow

SHORT = {"steps": 6, "checkpoint_every": 2, "validate_every": 3, "sample_every": 3}


class _Contract(TrainerContract):
    plugin = plugin
    part = ""

    @pytest.fixture
    def data(self, designs):
        return designs

    @pytest.fixture
    def options(self, tiny, trained):
        more = {} if self.part == "codec" else {"codec": str(trained["codec"])}
        more |= {"vae": str(trained["vae"])} if self.part in ("diffusion", "reranker") else {}
        more |= {"gan": str(trained["gan"])} if self.part == "reranker" else {}
        return {**tiny[self.part], **SHORT, **more}


class TestCodec(_Contract):
    id, part = "mini/train-codec", "codec"


class TestVae(_Contract):
    id, part = "mini/train-vae", "vae"


class TestGan(_Contract):
    id, part = "mini/train-gan", "gan"


class TestReranker(_Contract):
    id, part = "mini/train-reranker", "reranker"


class TestDiffusion(_Contract):
    id, part = "mini/train-diffusion", "diffusion"


class TestLora(_Contract):
    id, part = "mini/train-lora-mini", "diffusion"

    @pytest.fixture
    def options(self, tiny, trained):
        pytest.importorskip("peft")
        given = {"codec": str(trained["codec"]), "vae": str(trained["vae"]), "base": str(trained["diffusion"])}
        return {**given, "batch": 4, **SHORT}


class TestSweep(_Contract):
    id, part = "mini/train-sweep", "codec"

    @pytest.fixture
    def options(self, tiny):
        return {**tiny["codec"], "of": "codec", "learning_rate": "1e-3,2e-3,4e-3"}


del _Contract


def test_a_run_can_be_made_again_from_nothing(designs, trained, tiny, tmp_path):
    again = CodecTrainer(None, Context()).train(tiny["codec"], designs, tmp_path, Context())
    assert again.checkpoint.read_bytes() == trained["codec"].read_bytes()
    facts = weights.read("codec", again.checkpoint).facts
    assert facts["recipe"]["steps"] == 4
    assert facts["figures"]["val_psnr"] > 0
    assert set(facts["space"]["families"]) == {"mug", "box", "chair"}


def test_unlabelled_pictures_can_help_the_codec(designs, tiny, tmp_path, caplog):
    import numpy as np
    from PIL import Image

    for number in range(12):
        rng = np.random.default_rng(number)
        picture = Image.fromarray(rng.integers(0, 256, (6, 6, 3), np.uint8)).resize((96, 96))
        (tmp_path / "pictures").mkdir(exist_ok=True)
        picture.save(tmp_path / "pictures" / f"{number}.png")
    (tmp_path / "pictures" / "broken.png").write_bytes(b"no picture")
    options = {**tiny["codec"], "pictures": str(tmp_path / "pictures"), "batch": 8}
    report = CodecTrainer(None, Context()).train(options, designs, tmp_path / "out", Context())
    cleaning = weights.read("codec", report.checkpoint).facts["pictures"]
    assert cleaning["kept"] == 12
    assert cleaning["dropped"]["corrupt"] == 1
    assert json.loads((tmp_path / "out" / "cleaning.json").read_text()) == cleaning
    assert "1 of 13 images are left out (1 corrupt)" in caplog.text
    for number in range(12):
        (tmp_path / "pictures" / f"{number}.png").unlink()
    with pytest.raises(InputError, match="all are corrupt"):
        CodecTrainer(None, Context()).train(options, designs, tmp_path / "none", Context())


def test_a_gan_may_begin_as_the_decoder_of_a_vae(designs, trained, tiny, tmp_path):
    options = {
        **tiny["gan"],
        "codec": str(trained["codec"]),
        "begin": str(trained["vae"]),
        "steps": 1,
        "learning_rate": 1e-9,
    }
    report = GanTrainer(None, Context()).train(options, designs, tmp_path, Context())
    begun, vae = weights.read("gan", report.checkpoint).tensors, weights.read("vae", trained["vae"]).tensors
    kept = [name for name in vae if name.startswith(("writer.", "prior."))]
    assert set(kept) == set(begun)
    assert all(torch.allclose(begun[name], vae[name], atol=1e-3) for name in kept)


def test_a_gan_begins_as_no_vae_of_another_codec_or_size(designs, trained, tiny, tmp_path):
    options = {**tiny["gan"], "begin": str(trained["vae"])}
    with pytest.raises(ConfigError, match="was trained with the codec") as told:
        GanTrainer(None, Context()).train(options, designs, tmp_path, Context())
    assert "-o codec=FILE" in str(told.value)
    options |= {"codec": str(trained["codec"])}
    with pytest.raises(ConfigError, match="a noise of 5"):
        GanTrainer(None, Context()).train({**options, "noise": 5}, designs, tmp_path, Context())
    # What failed before its first step does not hold the folder.
    assert GanTrainer(None, Context()).train(options, designs, tmp_path, Context()).checkpoint.is_file()


def test_every_trainer_keeps_the_limits_of_the_shared_options(designs, tmp_path):
    for trainer in (CodecTrainer, VaeTrainer, DiffusionTrainer, GanTrainer, RerankerTrainer, LoraTrainer):
        for name, wrong in (("steps", 0), ("batch", 0), ("learning_rate", -1), ("ema", 1.5), ("decay", -1)):
            with pytest.raises(ConfigError, match=name):
                trainer(None, Context()).train({name: wrong}, designs, tmp_path, Context())


def test_a_lora_changes_the_model_it_was_trained_on_and_no_other(designs, trained, tmp_path):
    pytest.importorskip("peft")
    from prodgen_mini.models.dit import Dit
    from prodgen_mini.models.lora import add_lora

    options = {
        "codec": str(trained["codec"]), "vae": str(trained["vae"]), "base": str(trained["diffusion"]), "where": "family=mug", "steps": 20, "batch": 4, "learning_rate": 0.02,
    }  # fmt: skip
    report = LoraTrainer(None, Context()).train(options, designs, tmp_path, Context())
    assert report.checkpoint.stat().st_size < trained["diffusion"].stat().st_size / 2
    base = weights.read("diffusion", trained["diffusion"])
    network = base.into(Dit(**base.settings))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    add_lora(network, report.checkpoint, base.digest)
    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed == {f"blocks.0.{layer}.weight" for layer in ("qkv", "out", "feed.0", "feed.2")}
    with pytest.raises(ConfigError, match="other weights"):
        add_lora(network, report.checkpoint, "0" * 64)
    with pytest.raises(ConfigError, match="names no column"):
        LoraTrainer(None, Context()).train({**options, "where": "colour red"}, designs, tmp_path / "b", Context())
    with pytest.raises(InputError, match="No design has family=zeppelin"):
        LoraTrainer(None, Context()).train({**options, "where": "family=zeppelin"}, designs, tmp_path / "c", Context())
    alone = next(line for line in read_designs(designs).lines if line["split"] == "train")["sku"]
    with pytest.raises(InputError, match="leaves 1 designs to train on and 0 to validate on"):
        LoraTrainer(None, Context()).train({**options, "where": f"sku={alone}"}, designs, tmp_path / "d", Context())


def test_wrong_options_and_data_are_named(designs, tiny, tmp_path):
    with pytest.raises(ConfigError, match="wdith"):
        CodecTrainer(None, Context()).train({"wdith": 3}, designs, tmp_path / "a", Context())
    with pytest.raises(InputError, match="no data set"):
        CodecTrainer(None, Context()).train(tiny["codec"], tmp_path, tmp_path / "b", Context())
    with pytest.raises(ConfigError, match="cannot be read"):
        VaeTrainer(None, Context()).train({"codec": str(tmp_path / "none")}, designs, tmp_path / "c", Context())


def test_a_sweep_keeps_what_failed_and_names_the_best(designs, tiny, tmp_path):
    from prodgen_mini.training.sweep import SweepTrainer

    from prodgen_sdk.config import Config
    from prodgen_sdk.host import Host

    host = Host(Config(), strict=True, state=tmp_path / "state")
    host.register(plugin, "mini")
    ctx = host.context(host.registry.get("trainer", "mini/train-sweep"))
    options = {**tiny["codec"], "of": "codec", "learning_rate": "1e-3,1e30", "clip": 0}
    report = SweepTrainer(None, ctx).train(options, designs, tmp_path / "out", ctx)
    rows = json.loads((tmp_path / "out" / "sweep.json").read_text())
    assert [row["learning_rate"] for row in rows] == [1e-3, 1e30]
    assert report.figures == {"best_val_loss": rows[0]["best_val_loss"], "learning_rate": 1e-3, "runs": 2, "failed": 1}
    assert report.checkpoint.parent.name == "000"
    with pytest.raises(ConfigError, match="figure 'sharpness'"):
        SweepTrainer(None, ctx).train({**options, "by": "sharpness"}, designs, tmp_path / "out", ctx)
    with pytest.raises(ConfigError, match="too many"):
        SweepTrainer(None, ctx).train({**options, "seed": "0..1..300"}, designs, tmp_path / "b", ctx)


def test_a_sweep_tries_what_failed_again_and_nothing_else(tmp_path, caplog):
    from prodgen_mini.training.sweep import SweepTrainer

    from prodgen_sdk.interfaces import Report, Trainer

    tried, broken = [], {2, 3}

    class Choosy(Trainer):
        def train(self, config, data, out, ctx):
            tried.append(config["depth"])
            if config["depth"] in broken:
                raise ConfigError(f"a depth of {config['depth']} cannot be")
            return Report(checkpoint=out, steps=1, figures={"best_val_loss": 1 / config["depth"]})

    ctx = Context(find=lambda kind, id: Choosy())

    def sweep(depths):
        return SweepTrainer(None, ctx).train({"of": "x/y", "depth": depths}, tmp_path, tmp_path / "out", ctx).figures

    with pytest.raises(ConfigError, match="depth of 2"):
        sweep("2,1")
    assert sweep("1..4..4") == {"best_val_loss": 0.25, "runs": 4, "failed": 2, "depth": 4}
    assert "run 002 failed: a depth of 3.0 cannot be" in caplog.text
    tried.clear()
    broken.remove(3)
    assert sweep("1..4..4")["failed"] == 1
    assert tried == [2, 3]


def test_a_sweep_judges_a_run_by_the_weights_that_it_keeps(tmp_path):
    from prodgen_mini.training.sweep import SweepTrainer

    from prodgen_sdk.interfaces import Report, Trainer

    class Overfitted(Trainer):
        def train(self, config, data, out, ctx):
            best, last = {1: (0.1, 0.9), 2: (0.5, 0.6)}[config["depth"]]
            return Report(checkpoint=out, steps=1, figures={"best_val_loss": best, "val_loss": last})

    asked = []
    ctx = Context(
        find=lambda kind, id: asked.append(id) or Overfitted(),
        known=lambda kind: ["mini/train-lora-mini", "mini/train-sweep"],
    )
    report = SweepTrainer(None, ctx).train({"of": "lora-mini", "depth": "1,2"}, tmp_path, tmp_path / "out", ctx)
    assert asked == ["mini/train-lora-mini"]
    with pytest.raises(ConfigError, match="nothing to train") as told:
        SweepTrainer(None, ctx).train({"depth": "1,2"}, tmp_path, tmp_path / "out", ctx)
    assert "one of lora-mini." in str(told.value)
    SweepTrainer(None, ctx).train({"of": "x/y", "depth": "1,2"}, tmp_path, tmp_path / "out", ctx)
    assert asked[1:] == ["x/y"]
    assert {row["of"] for row in json.loads((tmp_path / "out" / "sweep.json").read_text())} == {"x/y"}
    with pytest.raises(NotFound, match="Did you mean lora-mini"):
        SweepTrainer(None, ctx).train({"of": "lora_mini", "depth": "1,2"}, tmp_path, tmp_path / "out", ctx)
    assert (report.figures["best_val_loss"], report.figures["depth"]) == (0.1, 1)


def test_ranges_are_lists_and_steps():
    assert [run["x"] for run in combinations({"x": "0..1..3"})] == [0.0, 0.5, 1.0]
    assert len(combinations({"x": "1,2", "y": "a,b,c"})) == 6
    with pytest.raises(ConfigError, match="no range"):
        combinations({"x": "0..1..2log"})
