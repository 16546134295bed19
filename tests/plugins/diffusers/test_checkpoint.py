"""Which checkpoints are refused, and what is said of them; the rules are those of prodgen_sdk.checkpoints."""

import json
import shutil
import subprocess
import sys

import pytest

pytest.importorskip("diffusers")

from prodgen_diffusers import plugin
from prodgen_diffusers.config import Config, Pipeline
from prodgen_diffusers.pipelines.loading import load_pipeline
from prodgen_diffusers.pipelines.sources import find_folder

from prodgen_sdk.checkpoints.digests import folder_digest
from prodgen_sdk.checkpoints.sources import Checkpoint
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, MissingDependency


@pytest.fixture
def copy(sd15, tmp_path):
    return shutil.copytree(sd15, tmp_path / "copy")


def load(folder, **options):
    return load_pipeline(Pipeline(model=str(folder), **options), Context(), component="diffusers/text", task="text")


def test_a_folder_with_code_is_refused(copy):
    (copy / "unet" / "model.py").write_text("raise SystemExit('this was run')")
    with pytest.raises(ConfigError, match="never run"):
        load(copy)


def test_a_folder_with_a_pickle_is_refused(copy):
    (copy / "unet" / "diffusion_pytorch_model.bin").write_bytes(b"\x80\x04.")
    with pytest.raises(ConfigError, match="can run code"):
        load(copy)


@pytest.mark.parametrize("part", ["unet", "text_encoder", "vae"])
def test_weights_that_are_missing_are_not_made_up(copy, part):
    from safetensors.torch import load_file, save_file

    path = next((copy / part).glob("*.safetensors"))
    tensors = load_file(path)
    gone = next(name for name in tensors if name.endswith("weight"))
    del tensors[gone]
    save_file(tensors, path, metadata={"format": "pt"})
    with pytest.raises(ConfigError, match="lacks weights, such as"):
        load(copy)


def test_a_missing_part_is_named(copy):
    shutil.rmtree(copy / "vae")
    with pytest.raises(ConfigError, match="lacks its part vae"):
        load(copy)


def test_the_stated_digest_has_to_hold(sd15):
    digest = folder_digest(sd15)
    assert load(sd15, digest=digest).pipe is not None
    with pytest.raises(ConfigError, match=f"its digest is {digest}"):
        load(sd15, digest="0" * 64)


def test_an_absent_variant_is_named(sd15):
    with pytest.raises(ConfigError, match="no variant 'fp16'"):
        load(sd15, variant="fp16")


def test_weights_in_a_variant_alone_name_it(copy):
    weights = copy / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_name("diffusion_pytorch_model.fp16.safetensors"))
    with pytest.raises(ConfigError, match="its part unet in the variant fp16 alone") as caught:
        load(copy)
    assert caught.value.hint == 'Set `variant = "fp16"`.'
    assert load(copy, variant="fp16").pipe is not None, "the other parts keep their plain weights"


def test_a_class_that_transformers_renamed(copy):
    """Many fine-tuned checkpoints of Stable Diffusion 1.5 name CLIPFeatureExtractor."""
    index = json.loads((copy / "model_index.json").read_text())
    index["feature_extractor"] = ["transformers", "CLIPFeatureExtractor"]
    (copy / "model_index.json").write_text(json.dumps(index))
    (copy / "feature_extractor").mkdir()
    settings = {"feature_extractor_type": "CLIPFeatureExtractor", "size": 224, "crop_size": 224, "do_resize": True}
    (copy / "feature_extractor" / "preprocessor_config.json").write_text(json.dumps(settings))
    assert "CLIPImageProcessor" in type(load(copy).pipe.feature_extractor).__name__


def test_a_class_that_needs_another_package(copy, monkeypatch):
    class StandIn:
        _backends = ("torchvision",)

    StandIn.__module__ = "transformers.x"
    monkeypatch.setattr("transformers.PixtralProcessor", StandIn, raising=False)
    index = json.loads((copy / "model_index.json").read_text()) | {"tokenizer": ["transformers", "PixtralProcessor"]}
    (copy / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(MissingDependency, match="tokenizer is a PixtralProcessor, which needs torchvision") as caught:
        load(copy)
    assert caught.value.hint == "Run: pip install torchvision"


def test_names_of_tensors_as_they_were_published(copy):
    """CLIP below `text_model`, and the VAE's attention by its former names: what checkpoints of 2022 to 2025 hold."""
    import torch
    from safetensors.torch import load_file, save_file

    def picture(folder):
        generator = torch.Generator().manual_seed(0)
        return load(folder).pipe("mug", num_inference_steps=1, generator=generator, output_type="pt").images

    wanted = picture(copy)
    path = copy / "text_encoder" / "model.safetensors"
    tensors = {f"text_model.{name.removeprefix('text_model.')}": value for name, value in load_file(path).items()}
    save_file(tensors | {"text_model.embeddings.position_ids": torch.arange(77)[None]}, path, {"format": "pt"})
    path = copy / "vae" / "diffusion_pytorch_model.safetensors"
    former = {".to_q.": ".query.", ".to_k.": ".key.", ".to_v.": ".value.", ".to_out.0.": ".proj_attn."}
    tensors = load_file(path)
    for new, old in former.items():
        tensors = {name.replace(new, old) if "attentions" in name else name: v for name, v in tensors.items()}
    save_file(tensors, path, {"format": "pt"})
    assert torch.equal(picture(copy), wanted)


def test_a_model_alone_is_no_pipeline(sd15):
    with pytest.raises(ConfigError, match=r"model_index\.json"):
        load(sd15 / "unet")


def test_a_hub_id_while_offline_says_how_to_fetch_it(monkeypatch, tmp_path):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    source = Checkpoint(model="owner/name", revision="0123456789abcdef")
    with pytest.raises(MissingDependency) as caught:
        find_folder(source, Context(), component="diffusers/text")
    assert "prodgen models pull owner--name--0123456789ab" in caught.value.hint
    assert "render/parametric" in caught.value.hint


def test_an_index_that_names_other_code_is_refused(copy):
    index = json.loads((copy / "model_index.json").read_text()) | {"unet": ["my_module", "UNet2DConditionModel"]}
    (copy / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(ConfigError, match=r"^diffusers/text: .* no class of diffusers or transformers"):
        load(copy)


def test_a_pipeline_that_is_newer_than_diffusers_is_named(copy):
    index = json.loads((copy / "model_index.json").read_text()) | {"_class_name": "Flux9Pipeline"}
    (copy / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(
        ConfigError, match=r"^diffusers/text: .*'Flux9Pipeline', which diffusers .* does not have"
    ) as caught:
        load(copy)
    assert caught.value.hint == "Run: pip install --upgrade diffusers"


def test_what_the_configuration_names_can_be_pulled(sd15):
    lora = {"model": "owner/lora", "revision": "v2", "file": "x.safetensors"}
    config = Config.model_validate(
        {"text": {"model": "owner/name", "revision": "v1", "loras": [lora]}, "image": {"model": str(sd15)}}
    )
    names = []
    plugin.register_models(lambda name, summary, pull: names.append(name), config)
    assert names == ["owner--name--v1", "owner--lora--v2"]


def test_loading_and_painting_say_nothing_of_the_libraries(sd15):
    """In a process of its own: the libraries warn once, when they are first imported, of packages that nobody needs."""
    code = """if True:
        import sys
        from prodgen_diffusers.config import Config
        from prodgen_diffusers.text import TextGenerator
        from prodgen_sdk.context import Context
        from prodgen_sdk.types import GenerationRequest, Product, View
        generator = TextGenerator(Config.model_validate({"text": {"model": sys.argv[1], "steps": 1}}), Context())
        mug = Product(sku="mug", title="Mug", category="home/mug")
        generator.generate([GenerationRequest(product=mug, views=(View(),), size=64)], Context())
    """
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, str(sd15)], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
