"""`diffusers/control` on a tiny SDXL with ControlNets and an IP-Adapter, over the maps of the real renderer."""

import json
import shutil
from collections.abc import Mapping
from typing import Any

import numpy as np
import prodgen_render.plugin
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from prodgen_diffusers import plugin
from prodgen_diffusers.config import Config
from prodgen_diffusers.control.generator import NO_PHOTO, ControlGenerator
from prodgen_diffusers.control.loading import controlled_class
from prodgen_diffusers.control.pictures import depth_picture, normal_picture, overlap
from prodgen_diffusers.tiny import sdxl as tiny_sdxl

from prodgen_sdk.config import Config as SdkConfig
from prodgen_sdk.context import Context
from prodgen_sdk.errors import Cancelled, ConfigError
from prodgen_sdk.host import Host
from prodgen_sdk.testing.contracts import GeneratorContract
from prodgen_sdk.types import GenerationRequest, Product, View

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
]  # diffusers and numpy 2
MUG = Product(sku="mug-1", title="Blue mug", category="home/mug")
VIEWS = (View(), View(azimuth=90, elevation=30))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("control")
    tiny_sdxl.sdxl(made / "sdxl")
    tiny_sdxl.controlnet(made / "depth", seed=1)
    tiny_sdxl.controlnet(made / "normal", seed=2)
    tiny_sdxl.ip_adapter(made / "ip")
    return made


@pytest.fixture(scope="module")
def options(folder) -> dict[str, Any]:
    return {
        "model": str(folder / "sdxl"),
        "controls": [
            {"kind": "depth", "model": str(folder / "depth")},
            {"kind": "normal", "model": str(folder / "normal"), "scale": 0.5, "end": 0.9},
        ],
        "steps": 2,
    }


@pytest.fixture(scope="module")
def with_photos(folder, options):
    ip = {
        "model": str(folder / "ip" / "ip-adapter.safetensors"),
        "image_encoder": {"model": str(folder / "ip" / "image_encoder")},
    }
    return options | {"controls": options["controls"][:1], "ip_adapter": ip}


@pytest.fixture(scope="module")
def host():
    found = Host(SdkConfig(), strict=True)
    found.register(prodgen_render.plugin, "render")
    return found


@pytest.fixture(scope="module")
def ctx(host):
    return Context(find=host.get)


@pytest.fixture(scope="module")
def generator(options):
    return ControlGenerator(Config.model_validate({"control": options}), Context())


def request(**fields):
    fields = {"product": MUG, "views": VIEWS, "size": 64, "seed": 4} | fields
    return GenerationRequest(**fields)


class TestControl(GeneratorContract):
    plugin = plugin
    id = "diffusers/control"
    companions = (prodgen_render.plugin,)

    @pytest.fixture
    def section(self, options) -> Mapping[str, Any]:
        return {"control": options}

    @pytest.fixture
    def component(self, generator):
        return generator


def test_the_maps_are_those_of_the_view(generator, ctx):
    ((front, _),) = generator.generate([request()], ctx)
    assert front.facts["geometry"] == "render/parametric"
    assert front.facts["controls"] == ["depth", "normal"]
    assert front.facts["geometry_facts"]["family"] == "mug"
    assert front.facts["pipeline"] == "StableDiffusionXLControlNetPipeline"


def alone(generator, view, ctx, **fields):
    """One view in a call of its own, by words that say nothing of it: bit-equal unless something that counts differs."""
    ((picture,),) = generator.generate([request(prompts=("a mug",), views=(view,), **fields)], ctx)
    return picture.image


def test_the_maps_count_as_much_as_configured(generator, options, ctx):
    assert (alone(generator, VIEWS[0], ctx) == alone(generator, VIEWS[0], ctx)).all()
    assert (alone(generator, VIEWS[0], ctx) != alone(generator, VIEWS[1], ctx)).any()
    for silent in (0, 1):
        controls = [net | {"scale": 0.0} if place == silent else net for place, net in enumerate(options["controls"])]
        half = ControlGenerator(Config.model_validate({"control": options | {"controls": controls}}), Context())
        assert (alone(half, VIEWS[0], ctx) != alone(generator, VIEWS[0], ctx)).any()
    off = options | {"controls": [net | {"scale": 0.0} for net in options["controls"]]}
    plain = ControlGenerator(Config.model_validate({"control": off}), Context())
    assert (alone(plain, VIEWS[0], ctx) == alone(plain, VIEWS[1], ctx)).all()  # a view is then only its words


def test_a_mesh_is_preferred(generator, ctx, tmp_path):
    import trimesh

    trimesh.creation.box((1, 1, 1)).export(tmp_path / "box.glb")
    ((front, _),) = generator.generate([request(mesh=tmp_path / "box.glb")], ctx)
    assert front.facts["geometry"] == "render/mesh"
    assert front.facts["geometry_facts"]["triangles"] == 12


def test_a_photo_gives_the_looks(with_photos, ctx):
    generator = ControlGenerator(
        Config.model_validate({"control": with_photos | {"geometry": "render/parametric"}}), Context()
    )
    blue, red = (np.full((48, 48, 3), 250, np.uint8) for _ in range(2))
    blue[10:40, 14:34], red[10:40, 14:34] = (20, 40, 200), (200, 30, 30)
    assert (
        alone(generator, VIEWS[0], ctx, references={"front": blue})
        != alone(generator, VIEWS[0], ctx, references={"front": red})
    ).any()
    batch = [request(references={"front": blue}), request()]
    shown, bare = generator.generate(batch, ctx)
    assert NO_PHOTO in bare[0].warnings
    assert NO_PHOTO not in shown[0].warnings
    assert shown[0].facts["geometry"] == "render/parametric"
    assert (
        generator.digest
        != ControlGenerator(
            Config.model_validate({"control": {k: v for k, v in with_photos.items() if k != "ip_adapter"}}), Context()
        ).digest
    )


def test_it_can_be_cancelled(generator, host):
    with pytest.raises(Cancelled):
        generator.generate([request()], Context(find=host.get, cancelled=lambda: True))


@pytest.mark.parametrize("change", [{"_class_name": "ControlNetUnionModel"}, {"num_control_type": 6}])
def test_a_union_of_controlnets_is_refused(change, options, folder, tmp_path):
    """One that names itself a plain ControlNet would load, and paint something else."""
    union = tmp_path / "union"
    shutil.copytree(folder / "depth", union)
    settings = union / "config.json"
    settings.write_text(json.dumps(json.loads(settings.read_text()) | change))
    wanted = options | {"controls": [{"kind": "depth", "model": str(union)}]}
    with pytest.raises(ConfigError, match="many kinds of maps"):
        ControlGenerator(Config.model_validate({"control": wanted}), Context())


def test_what_does_not_fit_is_refused(options, with_photos, folder, tmp_path, sd15):
    def build(**changes):
        return ControlGenerator(Config.model_validate({"control": options | changes}), Context())

    depth = options["controls"][0]
    with pytest.raises(ConfigError, match="read the same map"):
        build(controls=[depth, depth])
    with pytest.raises(ConfigError, match="holds no ControlNet"):
        build(controls=[depth | {"model": str(folder / "ip" / "image_encoder")}])
    with pytest.raises(ConfigError, match="was made for another base model than"):
        build(model=str(sd15))
    weights = str(folder / "depth" / "diffusion_pytorch_model.safetensors")
    wrong = with_photos | {"ip_adapter": with_photos["ip_adapter"] | {"model": weights}}
    config = Config.model_validate({"control": wrong})
    with pytest.raises(ConfigError, match="is no IP-Adapter for this checkpoint"):
        ControlGenerator(config, Context())
    whole = build()
    with pytest.raises(ConfigError, match="No generator gives maps of depth and normal"):
        whole.generate([request()], Context())


def test_families_with_control():
    import diffusers

    assert controlled_class(diffusers.StableDiffusionPipeline) is diffusers.StableDiffusionControlNetPipeline
    assert controlled_class(diffusers.FluxPipeline) is diffusers.FluxControlNetPipeline
    assert (
        controlled_class(diffusers.StableDiffusionXLControlNetPipeline) is diffusers.StableDiffusionXLControlNetPipeline
    )
    assert controlled_class(diffusers.SanaSprintPipeline) is None


DEPTHS = arrays(np.float32, (4, 5), elements=st.one_of(st.floats(0.5, 20, width=32), st.just(float("inf"))))


@given(DEPTHS)
def test_depth_is_brighter_the_nearer(depth):
    grey = depth_picture(depth)[..., 0].astype(int)
    there = np.isfinite(depth)
    assert (grey[~there] == 0).all()
    if there.any():
        assert grey[there].min() >= 76
        assert grey[depth == depth.min()].min() == 255
        order = np.argsort(depth[there])
        assert (np.diff(grey[there][order]) <= 0).all()


@given(arrays(np.float32, (6, 3), elements=st.floats(-1, 1, width=32)))
def test_normals_are_turned_and_kept(values):
    lengths = np.linalg.norm(values, axis=1, keepdims=True)
    normal = np.where(lengths > 0.1, values / np.maximum(lengths, 0.1), 0).astype(np.float32)[None]
    back = normal_picture(normal).astype(np.float32) / 127.5 - 1
    wanted = np.where((normal == 0).all(-1, keepdims=True), [0, 0, 1], normal * [-1, 1, 1])
    np.testing.assert_allclose(back, wanted, atol=1 / 127)


def test_overlap():
    square = np.zeros((4, 4), bool)
    square[:2] = True
    assert overlap(square, square) == 1
    assert overlap(square, ~square) == 0
    assert overlap(np.zeros((2, 2), bool), np.zeros((2, 2), bool)) == 1
    assert overlap(square, np.ones((4, 4), bool)) == 0.5


def test_an_ip_adapter_is_there_before_its_pipeline_is_placed(with_photos, monkeypatch):
    """Offloading moves what is there when it is set up: what comes later would stay where it is."""
    from prodgen_diffusers.pipelines import applying

    placed = []
    place = applying.place

    def watched(pipe, *args, **options):
        placed.append(pipe.unet.config.encoder_hid_dim_type)
        place(pipe, *args, **options)

    monkeypatch.setattr(applying, "place", watched)
    ControlGenerator(Config.model_validate({"control": with_photos}), Context())
    assert placed == ["ip_image_proj"]
