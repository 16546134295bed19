"""Which weights are loaded, and what is said of those that are not."""

import json
import shutil
import sys
import types

import numpy as np
import pytest
from prodgen_tryon import plugin
from prodgen_tryon.body.skeleton import skeleton
from prodgen_tryon.diffusion.catvton import CatVtonCompositor
from prodgen_tryon.diffusion.config import Licensed
from prodgen_tryon.diffusion.fashn import FashnCompositor
from prodgen_tryon.diffusion.flux import FluxFillCompositor, side_by_side
from prodgen_tryon.diffusion.inpaint import InpaintCompositor
from prodgen_tryon.diffusion.licences import licence_of
from prodgen_tryon.diffusion.segformer import SegformerBodyParser, split

from prodgen_sdk.checkpoints.digests import folder_digest
from prodgen_sdk.config import Config as SdkConfig
from prodgen_sdk.errors import ConfigError, MissingDependency
from prodgen_sdk.files import file_digest
from prodgen_sdk.host import Host
from prodgen_sdk.specs import CompositorSpec
from prodgen_sdk.types import TryOn, TryOnRequest

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


@pytest.fixture
def copied(weights, tmp_path):
    """A copy of CatVTON's tiny folders that may be damaged, and the configuration that names it."""
    folder = shutil.copytree(weights("catvton"), tmp_path / "catvton")

    def build(ctx, **changes):
        section = {
            "base": {"model": str(folder / "base")},
            "attention": {"model": str(folder / "attention")},
            **changes,
        }
        config = plugin.config_model()(catvton=section, accept_noncommercial=True)
        return CatVtonCompositor(config, ctx)

    return folder, build


def test_weights_for_non_commercial_use_are_refused_until_accepted(configured, ctx):
    for name, factory in (
        ("catvton", CatVtonCompositor), ("flux_fill", FluxFillCompositor), ("segformer", SegformerBodyParser),
    ):  # fmt: skip
        config = configured(name, top={"accept_noncommercial": False})
        with pytest.raises(ConfigError, match="are for non-commercial use only") as caught:
            factory(config, ctx)
        assert "accept_noncommercial = true" in caught.value.hint


def test_the_card_beside_the_weights_says_their_licence(configured, ctx, weights, tmp_path):
    folder = shutil.copytree(weights("inpaint"), tmp_path / "base")
    for card, refused in (
        ("---\nlicense: cc-by-nc-4.0\n---\n", True),
        ("---\nlicense: other\nlicense_name: flux-1-dev-non-commercial-license\n---\n", True),
        ("---\nlicense: apache-2.0\n---\nNot: license: cc-by-nc-4.0\n", False),
    ):
        (folder / "README.md").write_text(card)
        config = configured("hf_inpaint", top={"accept_noncommercial": False}, base={"model": str(folder)})
        if refused:
            with pytest.raises(ConfigError, match="non-commercial"):
                InpaintCompositor(config, ctx)
        else:
            assert InpaintCompositor(config, ctx).licences == ("apache-2.0",)


def test_a_stated_licence_does_not_lift_a_known_one(tmp_path):
    source = Licensed(model="zhengchong/CatVTON", licence="mit")
    assert licence_of(source, tmp_path) == "CC BY-NC-SA 4.0"
    assert licence_of(Licensed(model="own/weights", licence="mit"), tmp_path, "CC BY-NC-SA 4.0") == "mit"


def test_specs_show_the_licence_of_the_weights():
    specs = []
    plugin.register_compositors(lambda spec, factory: specs.append(spec))
    assert len(specs) == 6
    for spec in specs:
        assert isinstance(spec, CompositorSpec)
        assert spec.weights_licence, spec.id


def test_damaged_and_dangerous_files_are_refused(copied, ctx):
    folder, build = copied
    weights = folder / "attention" / "model.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-10])
    with pytest.raises(ConfigError, match="is truncated"):
        build(ctx)
    weights.write_bytes(b"no weights at all, but some words")
    with pytest.raises(ConfigError, match="no safetensors file"):
        build(ctx)
    weights.write_bytes(whole)
    with pytest.raises(ConfigError, match="its digest is") as caught:
        build(ctx, attention={"model": str(weights), "digest": "0" * 64})
    assert file_digest(weights) in str(caught.value)
    unet = folder / "base" / "unet"
    with pytest.raises(ConfigError, match="its digest is"):
        build(ctx, base={"model": str(folder / "base"), "digest": "1" * 64})
    for name, words in (("modeling.py", "holds code"), ("model.bin", "can run code")):
        (unet / name).write_bytes(b"x")
        with pytest.raises(ConfigError, match=words):
            build(ctx)
        (unet / name).unlink()
    shutil.rmtree(folder / "base" / "scheduler")
    with pytest.raises(ConfigError, match="lacks its part scheduler"):
        build(ctx)


@pytest.mark.parametrize(("name", "factory"), [("flux_fill", FluxFillCompositor), ("hf_inpaint", InpaintCompositor)])
def test_pipelines_with_classes_of_their_own_are_refused(configured, ctx, weights, tmp_path, name, factory):
    folder = weights("flux_fill") / "base" if name == "flux_fill" else weights("inpaint")
    base = shutil.copytree(folder, tmp_path / "base")
    index = json.loads((base / "model_index.json").read_text()) | {"vae": ["my_module", "Decoder"]}
    (base / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(ConfigError, match=r"the component vae is my_module\.Decoder"):
        factory(configured(name, base={"model": str(base)}), ctx)


def test_a_network_of_another_shape_is_refused(copied, ctx, tiny):
    folder, build = copied
    shutil.rmtree(folder / "base" / "unet")
    tiny.unet(channels=4).save_pretrained(folder / "base" / "unet")
    with pytest.raises(ConfigError, match="takes 4 channels, not 9"):
        build(ctx)


def test_stated_digests_hold_and_name_the_weights(copied, ctx):
    folder, build = copied
    base = {"model": str(folder / "base"), "digest": folder_digest(folder / "base")}
    first = build(ctx, base=base)
    (folder / "base" / "unet" / "config.json").write_text(
        (folder / "base" / "unet" / "config.json").read_text().replace('"sample_size": 16', '"sample_size": 18')
    )
    second = build(ctx)
    assert first.digest != second.digest


def test_hub_ids_need_a_pinned_revision_and_a_hub(configured, ctx, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    for revision, error in ((None, ConfigError), ("main", ConfigError), ("0" * 40, MissingDependency)):
        attention = {
            "model": "zhengchong/CatVTON",
            "file": "mix-48k-1024/attention/model.safetensors",
            "revision": revision,
        }
        with pytest.raises(error) as caught:
            CatVtonCompositor(configured("catvton", attention=attention), ctx)
        assert "zhengchong/CatVTON" in str(caught.value)


def test_without_weights_it_says_which_section_is_absent(ctx):
    for factory, name in (
        (CatVtonCompositor, "catvton"),
        (FluxFillCompositor, "flux_fill"),
        (FashnCompositor, "fashn"),
    ):
        with pytest.raises(ConfigError, match=f"plugins.tryon.{name}"):
            factory(None, ctx)


@pytest.mark.parametrize(
    ("id", "module", "words"),
    [
        ("tryon/catvton", "diffusers", "prodgen-tryon[headless,diffusion]"),
        ("tryon/fashn", "fashn_vton", "fashn-vton @ git"),
    ],
)
def test_a_missing_package_is_named_with_its_pip_install(monkeypatch, id, module, words):
    host = Host(SdkConfig(), strict=True)
    host.register(plugin, "tryon")
    monkeypatch.setattr("prodgen_sdk.host.building.is_installed", lambda name: name != module)
    with pytest.raises(MissingDependency, match=module) as caught:
        host.get("compositor", id)
    assert words in caught.value.hint


def test_flux_sees_the_garment_at_the_left_and_paints_at_the_right(configured, ctx, drawn, monkeypatch):
    compositor = FluxFillCompositor(configured("flux_fill"), ctx)
    seen = []
    monkeypatch.setattr("prodgen_tryon.diffusion.flux.side_by_side", lambda job: seen.append(job) or side_by_side(job))
    (result,) = compositor.compose([TryOnRequest(person=drawn.photo((200, 150)), garments=(drawn.top(),))], ctx)
    assert isinstance(result, TryOn)
    picture, mask = side_by_side(seen[0])
    assert picture.shape == (48, 64, 3)
    assert (picture[:, :32] == seen[0].garment).all()
    assert (picture[:, 32:] == seen[0].person).all()
    assert not mask[:, :32].any()
    assert (mask[:, 32:] == seen[0].mask).all()


def test_an_ip_adapter_carries_the_garment(configured, ctx, drawn, weights):
    folder = weights("adapter")
    adapter = {"model": str(folder / "adapter.safetensors"), "image_encoder": {"model": str(folder / "encoder")}}
    compositor = InpaintCompositor(configured("hf_inpaint", ip_adapter=adapter, batch=2), ctx)
    plain = InpaintCompositor(configured("hf_inpaint"), ctx)
    assert compositor.digest != plain.digest
    photo = drawn.photo((200, 150))
    requests = [
        TryOnRequest(person=photo, garments=(drawn.top(colour=colour),), seed=1)
        for colour in ((200, 30, 30), (20, 40, 200))
    ]
    red, blue = compositor.compose(requests, ctx)
    assert (red.image != blue.image).any(), "the garment's picture counts"
    red, blue = plain.compose(requests, ctx)
    assert (red.image == blue.image).all(), "words alone do not know its colour"


def test_fashn_is_asked_for_the_right_thing_and_kept_in_the_mask(ctx, drawn, tmp_path, monkeypatch, weights):
    """The package is not installed here: a stand-in with its documented call records what it is given."""
    from PIL import Image as Pil

    calls = []

    class TryOnPipeline:
        def __init__(self, weights_dir, device=None):
            self.made = (weights_dir, device)

        def __call__(
            self, person_image, garment_image, category, garment_photo_type, num_samples, seed, num_timesteps=30
        ):
            calls.append((person_image.size, garment_image.size, category, seed, num_timesteps))
            return types.SimpleNamespace(images=[Pil.fromarray(np.full((864, 576, 3), 99, np.uint8))])

    monkeypatch.setitem(sys.modules, "fashn_vton", types.SimpleNamespace(TryOnPipeline=TryOnPipeline))
    shutil.copy(weights("catvton") / "attention" / "model.safetensors", tmp_path / "model.safetensors")
    config = plugin.config_model()(body_parser="body/drawn", fashn={"weights": {"model": str(tmp_path)}, "steps": 4})
    with pytest.raises(ConfigError, match="dwpose"):
        FashnCompositor(config, ctx)
    (tmp_path / "dwpose").mkdir()
    photo = drawn.photo((200, 150))
    (result,) = FashnCompositor(config, ctx).compose([TryOnRequest(person=photo, garments=(drawn.top(),), seed=8)], ctx)
    assert calls == [((576, 864), (400, 400), "tops", 8, 4)]
    assert (result.image[~result.edit_mask] == photo.image[~result.edit_mask]).all()
    assert np.median(result.image[result.edit_mask]) == 99


def test_segformer_splits_by_the_pose(drawn):
    frame = skeleton(drawn.joints())
    ones = np.ones((400, 300), np.float32)
    parts = split(
        dict.fromkeys(("face", "hair", "upper", "lower", "dress", "feet", "arms", "legs", "accessories"), ones),
        frame,
    )
    assert (parts["face"] + parts["neck"] == 1).all()
    assert parts["face"][70, 150] == 1
    assert parts["neck"][100, 150] == 1
    assert parts["hands"][228, 212] == 1
    assert parts["hands"][165, 204] == 0, "an elbow is no hand"


def test_a_segformer_of_other_classes_is_refused(configured, ctx, tiny, tmp_path):
    tiny.segformer(tmp_path / "streets", labels=("Background", "road", "tree"))
    with pytest.raises(ConfigError, match="knows no face"):
        SegformerBodyParser(configured("segformer", model=str(tmp_path / "streets")), ctx)
