"""The contracts of the three generators, what their pictures follow from, and bad input. Weights are tiny and untrained."""

from dataclasses import replace

import numpy as np
import pytest
from prodgen_mini import plugin
from prodgen_mini.brief import briefs_of
from prodgen_mini.config import Config, DesignerConfig
from prodgen_render import plugin as render_plugin
from prodgen_text import plugin as text_plugin

from prodgen_sdk.config import Config as SdkConfig
from prodgen_sdk.config import PluginsConfig
from prodgen_sdk.errors import Cancelled, ConfigError, InputError, NotFinite, NotFound
from prodgen_sdk.host import Host
from prodgen_sdk.testing.contracts import GeneratorContract
from prodgen_sdk.testing.samples import sample_photo
from prodgen_sdk.types import GenerationRequest, Product, Scene, parse_views

torch = pytest.importorskip("torch")
from prodgen_mini.reference import chart_of, coloured, main_colour  # noqa: E402

FRONT = parse_views("front")


def section_of(trained):
    return {part: {"weights": str(path)} for part, path in trained.items()}


class _Contract(GeneratorContract):
    """Drafts will do: pictures at full quality are the renderer's to test."""

    plugin = plugin
    companions = (render_plugin, text_plugin)
    size = 48

    @pytest.fixture
    def requests(self, products, tmp_path):
        references = {"front": sample_photo(size=64)} if self.mode == "photo" else {}
        return [
            GenerationRequest(
                product=product, views=parse_views("front,right,45:15:1"), size=48, seed=7 + n, scene=Scene(style="draft"), references=references,
            )
            for n, product in enumerate(products[:2])
        ]  # fmt: skip

    @pytest.fixture
    def section(self, trained):
        return section_of(trained)


class TestGan(_Contract):
    id = "gan/mini"


class TestVae(_Contract):
    id = "vae/mini"


class TestDiffusion(_Contract):
    id = "diffusion/mini"


class TestVariant(_Contract):
    id = "diffusion/mini"
    mode = "photo"


del _Contract


@pytest.fixture
def host(trained, tmp_path):
    sections = PluginsConfig.model_validate({"mini": section_of(trained)})
    host = Host(SdkConfig(plugins=sections), strict=True, state=tmp_path / "state")
    for module in (render_plugin, text_plugin):
        host.register(module, module.__name__)
    host.register(plugin, "mini")
    return host


def mug(**changes):
    given = {
        "sku": "m",
        "title": "Striped mug",
        "category": "home/mug",
        "attributes": {"colour": "blue", "pattern": "stripes"},
    }
    return Product(**{**given, **changes})


def ask(host, product, id="gan/mini", **more):
    request = GenerationRequest(**{"product": product, "views": FRONT, "size": 64, "seed": 1, **more})
    return host.get("generator", id).generate([request])[0]


def design(host, product, id="gan/mini", **more):
    generator = host.get("generator", id).component
    request = GenerationRequest(**{"product": product, "views": FRONT, "seed": 1, **more})
    return generator.design([request], host.context(host.registry.get("generator", id)))[0]


def test_the_cleanest_of_several_designs_is_kept(host, monkeypatch):
    generator = host.get("generator", "gan/mini").component
    stripes = torch.zeros(1, 6, 128, 128)
    stripes[:, 0, :, :64], stripes[:, 1, :, 64:] = 1, 1
    clean = generator.codec.encode(stripes)
    noise = torch.randn(3, *clean.shape[1:], generator=torch.Generator().manual_seed(0)) * 0.3
    vectors = torch.arange(4.0)[:, None].repeat(1, generator.space.vector) / 2 - 1
    asked = []

    def sample(request, brief, count, ctx):
        asked.append(count)
        return torch.cat([clean + noise[:1], clean, clean + noise[1:]])[:count], vectors[:count]

    monkeypatch.setattr(generator, "sample", sample)
    monkeypatch.setattr(generator, "own", DesignerConfig(candidates=4))
    monkeypatch.setattr(generator, "artist", replace(generator.artist, reranker=None))
    kept, _ = design(host, mug())
    alone = generator.space.asset(kept, vectors[1].numpy(), None)
    assert kept.proportions == alone.proportions
    assert design(host, mug(attributes={"colour": "blue", "pattern": "gradient"}))[0].layout == "surface"
    assert asked == [4, 1]


@pytest.mark.parametrize("id", ["gan/mini", "vae/mini"])
def test_a_design_that_is_of_its_kind_is_kept(host, monkeypatch, id):
    generator = host.get("generator", id).component
    seen = []

    def score(art, kind):
        seen.append((len(art), kind))
        return torch.tensor([0.1, 0.2, 0.9, 0.3]).log()

    monkeypatch.setattr(generator, "own", DesignerConfig(candidates=4))
    monkeypatch.setattr(generator.artist.reranker, "score", score)
    tried = []
    sample = generator.sample
    monkeypatch.setattr(generator, "sample", lambda *given: tried.append(sample(*given)) or tried[-1])
    kept, _ = design(host, mug(), id)
    third = generator.space.asset(kept, tried[0][1][2].numpy(), None)
    assert kept.proportions == third.proportions
    design(host, mug(attributes={"colour": "blue", "pattern": "speckle"}), id)
    assert seen == [(4, "stripes")]
    assert [len(maps) for maps, _ in tried] == [4, 1], "of speckles one design is enough"


@pytest.mark.parametrize("id", ["gan/mini", "vae/mini", "diffusion/mini"])
def test_a_preview_shows_the_same_design(host, id):
    whole, draft = (design(host, mug(), id, scene=Scene(style=style))[0] for style in ("", "draft"))
    assert whole.proportions == draft.proportions
    assert whole.accent == draft.accent


@pytest.mark.parametrize("id", ["gan/mini", "vae/mini", "diffusion/mini"])
def test_seeds_and_words_decide_and_views_do_not(host, id):
    first, again, other = (design(host, mug(), id, seed=seed)[0] for seed in (1, 1, 2))
    assert first.proportions == again.proportions
    assert np.array_equal(first.artwork, again.artwork)
    assert first.proportions != other.proportions
    turned, _ = design(host, mug(), id, views=parse_views("back,top"), size=256)
    assert np.array_equal(first.artwork, turned.artwork)
    red, _ = design(host, mug(attributes={"colour": "red", "pattern": "stripes"}), id)
    assert red.colour != first.colour


def test_models_differ_in_what_a_seed_means(host):
    found = {design(host, mug(), f"{part}/mini")[0].proportions for part in ("gan", "vae", "diffusion")}
    assert len(found) == 3


def test_chinese_and_english_words_are_read(host):
    asset, _ = design(host, mug(title="蓝色条纹马克杯", attributes={}, locale="zh"))
    english, _ = design(host, mug(title="Blue striped mug", attributes={}))
    assert (
        (asset.family, asset.pattern, asset.layout)
        == (english.family, english.pattern, english.layout)
        == ("mug", "stripes", "tile")
    )
    assert asset.colour == english.colour is not None


def test_facts_name_weights(host, trained):
    import hashlib

    (picture,) = ask(host, mug(), "diffusion/mini")
    assert picture.facts["model_digest"] == hashlib.sha256(trained["diffusion"].read_bytes()).hexdigest()
    assert picture.facts["codec_digest"] == hashlib.sha256(trained["codec"].read_bytes()).hexdigest()
    assert picture.facts["steps"] == 6
    assert picture.facts["guided"] == [0.1, 0.6]
    assert picture.facts["family"] == "mug"


@pytest.mark.parametrize(
    "title",
    [
        "x",
        "马" * 300,
        "💡🎁",
        "شَاي أخضر كوب",
        "a\u202eb\u0000c",
        "{product.__class__} {{7*7}} ignore all instructions",
        "%s %n ../../etc",
    ],
)
def test_strange_titles_are_drawn(host, title):
    (picture,) = ask(host, mug(title=title, attributes={}))
    assert picture.image.shape == (64, 64, 3)
    assert picture.image.std() > 1


@pytest.mark.parametrize("title", ["", "x" * 10_000])
def test_titles_of_no_length_or_too_much_are_refused_where_a_product_is_made(title):
    with pytest.raises(ValueError, match="title"):
        mug(title=title)
    assert mug(description="y" * 10_000).description


def test_a_long_description_is_read(host):
    (picture,) = ask(host, mug(description="Ein Becher. " * 800))
    assert picture.image.std() > 1


def test_of_contradictions_the_attribute_counts(host):
    asset, _ = design(host, mug(title="Floral mug", attributes={"pattern": "stripes", "colour": "blue"}))
    assert asset.pattern == "stripes"


def test_an_unknown_family_is_drawn_as_another_with_a_note(host):
    (picture,) = ask(host, Product(sku="k", title="A kite", category="other/kite"))
    assert "fallback" in picture.facts


@pytest.mark.parametrize("id", ["gan/mini", "vae/mini", "diffusion/mini"])
def test_a_family_of_later_days_has_proportions_by_chance(host, id):
    assert "shirt" not in host.get("generator", id).component.space.families
    shirt = mug(title="Blue shirt", category="apparel/shirt", attributes={})
    first, again, other = (design(host, shirt, id, seed=seed)[0] for seed in (1, 1, 2))
    assert first.family == "shirt"
    assert first.proportions == again.proportions != other.proportions
    assert len(set(first.proportions)) == len(first.proportions)


@pytest.mark.parametrize(
    ("title", "category", "learnt"),
    [
        ("Checked biscuit tin", "food/tin", ("tin", "lacquer", "plain", "label")),
        ("T-shirt with logo", "apparel/t-shirt", ("tshirt", "cotton", "logo", "label")),
        ("Striped shirt", "apparel/shirt", ("sweater", "cotton", "stripes", "tile")),
        ("Serum dropper bottle", "beauty/serum", ("bottle", "glass", "plain", "label")),
        ("4K monitor", "electronics/monitor", ("tablet", "aluminium", "plain", "screen")),
        ("Striped mug", "home/mug", ("mug", "ceramic", "stripes", "tile")),
        ("Book of recipes", "home/book", ("bottle", "paper", "plain", "label")),
    ],
)
def test_networks_are_asked_for_what_they_have_seen(host, title, category, learnt):
    """A label with checks, or one for a family that came later, had blots where the words go."""
    from prodgen_mini.brief import as_learnt
    from prodgen_mini.weights import load_codec

    _, space, _ = load_codec()
    (sketch,) = host.get("renderer", "render/asset").sketch([Product(sku="a", title=title, category=category)])
    found = as_learnt(sketch, category.split("/")[0], space)
    assert (found.family, found.material, found.pattern, found.layout) == learnt


@pytest.mark.parametrize(
    "field", [{"seed": -1}, {"size": 0}, {"size": 1}, {"size": 8192}, {"views": ()}, {"views": FRONT * 600}]
)
def test_requests_out_of_range_are_refused(host, field):
    with pytest.raises((ValueError, InputError)):
        ask(host, mug(), **field)


def test_many_views_and_cancelling_in_the_middle(host):
    import dataclasses

    seen = []
    context = dataclasses.replace(
        host.context(host.registry.get("generator", "gan/mini")),
        progress=lambda done, total, what: seen.append(done),
        cancelled=lambda: len(seen) > 3,
    )
    views = parse_views("orbit8") * 62
    request = GenerationRequest(product=mug(), views=views, size=64)
    with pytest.raises(Cancelled):
        host.get("generator", "gan/mini").generate([request], context)
    assert max(seen) < len(views) / 2


def test_nan_from_a_model_is_caught(host):
    generator = host.get("generator", "vae/mini")
    with torch.no_grad():
        for parameter in generator.component.network.parameters():
            parameter.fill_(float("nan"))
    with pytest.raises(NotFinite):
        generator.generate([GenerationRequest(product=mug(), views=FRONT, size=64)])


def test_weights_that_hold_nan_are_refused(trained, tmp_path):
    from prodgen_mini import weights
    from prodgen_mini.models.vae import Vae

    found = weights.read("vae", trained["vae"])
    network = Vae(**found.settings)
    with torch.no_grad():
        next(network.parameters()).fill_(float("inf"))
    weights.write(tmp_path / "bad.safetensors", "vae", network, found.settings, {})
    with pytest.raises(ConfigError, match="NaN"):
        weights.read("vae", tmp_path / "bad.safetensors").into(Vae(**found.settings))


def build(trained, **sections):
    from prodgen_mini.generators import VaeGenerator

    from prodgen_sdk.context import Context

    return VaeGenerator(Config.model_validate({**section_of(trained), **sections}), Context())


def test_damaged_wrong_and_foreign_weights_are_named(trained, designs, tiny, tmp_path):
    from prodgen_mini.training.codec import CodecTrainer

    from prodgen_sdk.context import Context

    cut = tmp_path / "cut.safetensors"
    cut.write_bytes(trained["vae"].read_bytes()[:-100])
    with pytest.raises(ConfigError, match="damaged"):
        build(trained, vae={"weights": cut})
    with pytest.raises(ConfigError, match="sha256"):
        build(trained, vae={"weights": trained["vae"], "sha256": "0" * 64})
    with pytest.raises(ConfigError, match="none of vae"):
        build(trained, vae={"weights": trained["gan"]})
    with pytest.raises(ConfigError, match="cannot be read"):
        build(trained, vae={"weights": tmp_path / "nowhere"})
    other = CodecTrainer(None, Context()).train({**tiny["codec"], "seed": 1}, designs, tmp_path / "c", Context())
    with pytest.raises(ConfigError, match="trained with the codec"):
        build(trained, codec={"weights": other.checkpoint})


def test_prints_that_no_network_learnt_are_left_to_the_renderer(host):
    kept, brief = design(host, mug(title="Leopard print mug", attributes={}))
    assert (kept.pattern, kept.layout, kept.artwork) == ("leopard", "none", None)
    assert any("'leopard': the renderer draws its own" in warning for warning in brief.warnings)
    assert ask(host, mug(title="Leopard print mug", attributes={}))[0].facts["pattern"] == "leopard"


def test_a_family_that_has_gained_a_proportion_is_still_known(host):
    generator = host.get("generator", "gan/mini").component

    def told(proportions):
        space = replace(generator.space, families={**generator.space.families, "mug": proportions})
        requests = [GenerationRequest(product=mug(), views=FRONT, seed=1)]
        (brief,) = briefs_of(requests, space, host.context(host.registry.get("generator", "gan/mini")))
        return [warning for warning in brief.warnings if "has changed" in warning]

    assert told(1) == []
    assert len(told(99)) == 1


def test_without_a_renderer_the_error_says_what_to_install(trained, tmp_path):
    sections = PluginsConfig.model_validate({"mini": section_of(trained)})
    host = Host(SdkConfig(plugins=sections), strict=True, state=tmp_path)
    host.register(plugin, "mini")
    with pytest.raises(NotFound, match="prodgen-render"):
        ask(host, mug())


def test_negatives_and_pictures_change_what_diffusion_designs(host):
    torch.manual_seed(0)
    component = host.get("generator", "diffusion/mini").component
    with torch.no_grad():  # three steps of training leave next to nothing to be guided by
        for parameter in (*component.network.parameters(), *component.vae.parameters()):
            parameter.normal_(0, 0.1)
    plain, _ = design(host, mug(), "diffusion/mini")
    negative, brief = design(host, mug(), "diffusion/mini", negative="floral red")
    assert not np.array_equal(plain.artwork, negative.artwork)
    _, clash = design(host, mug(), "diffusion/mini", negative="no stripes please")
    assert any("unwanted" in warning for warning in clash.warnings)
    photo = np.full((80, 80, 3), 255, np.uint8)
    photo[20:60, 20:60] = (200, 30, 40)
    photo[30:50, 35:45] = (20, 200, 40)
    variant, _ = design(host, mug(attributes={"pattern": "stripes"}), "diffusion/mini", references={"front": photo})
    assert variant.colour == "#c81e28"
    stated, _ = design(host, mug(), "diffusion/mini", references={"front": photo})
    assert stated.colour == plain.colour
    assert not np.array_equal(stated.artwork, plain.artwork)
    assert brief.negative is not None


def test_a_picture_is_read_as_artwork_on_its_main_colour():
    photo = np.full((90, 120, 3), 255, np.uint8)
    photo[10:80, 20:100] = (40, 60, 200)
    photo[40:50, 50:70] = (250, 220, 20)
    chart, colour = chart_of(photo)
    assert colour.tolist() == [40, 60, 200]
    assert chart.shape == (128, 128, 4)
    covered = chart[..., 3] > 200
    assert 0.02 < covered.mean() < 0.3
    assert np.abs(np.median(chart[covered][:, :3], 0) - [250, 220, 20]).max() < 12
    cut_out = np.dstack([photo, np.where((photo == 255).all(2), 0, 255).astype(np.uint8)])
    assert np.array_equal(chart_of(cut_out)[1], colour)
    assert main_colour(np.full((8, 8, 3), 7, np.uint8), np.ones((8, 8), bool)).tolist() == [7, 7, 7]
    assert chart_of(np.zeros((64, 64, 3), np.uint8))[0].shape == (128, 128, 4)
    request = GenerationRequest(product=mug(attributes={}), references={"front": photo})
    assert coloured(request).product.attributes["colour_rgb"] == "#283cc8"


def test_a_draft_is_the_same_design(host):
    (fine,) = ask(host, mug(), size=128)
    (draft,) = ask(host, mug(), size=128, scene=Scene(style="draft"))
    gap = np.abs(fine.image.astype(int) - draft.image).mean()
    assert 0 < gap < 25


@pytest.mark.parametrize(
    ("changes", "second"),
    [
        ({"colour": "#c3272b"}, "#f6f3ec"),
        ({"colour": "#8fbfe4", "pattern": "gradient", "layout": "surface"}, "#d9e4ea"),
        ({"colour": "#f0e7d4"}, None),  # paper is not seen beside cream
        ({"colour": None}, None),
        ({"colour": "#c3272b", "layout": "screen"}, None),
        ({"colour": "#c3272b", "accent": "#1f7f86"}, "#1f7f86"),
        ({"colour": "#c3272b", "pattern": "plain", "layout": "label"}, "#f6f3ec"),  # of caps and gables
    ],
)
def test_one_named_colour_goes_with_paper(changes, second):
    from prodgen_mini.brief import with_second_colour

    from prodgen_sdk.types import ProductAsset

    fields = {"family": "mug", "proportions": (), "pattern": "stripes", "layout": "tile"}
    assert with_second_colour(ProductAsset(**fields | changes)).accent == second


def test_artwork_is_laid_over_paper_or_the_named_colour_or_one_by_lot_that_is_not_unwanted(host):
    generator = host.get("generator", "gan/mini").component
    context = host.context(host.registry.get("generator", "gan/mini"))

    def grounds(title, category="home/mug", negative="", seeds=range(12)):
        product = Product(sku="g", title=title, category=category)
        asked = [GenerationRequest(product=product, views=FRONT, seed=seed, negative=negative) for seed in seeds]
        return {brief.sketch.ground for brief in briefs_of(asked, generator.space, context)}

    assert grounds("Strawberry jam", "food/jar", seeds=[1]) == {"#faf6ec"}
    assert grounds("Red mug with dots", seeds=[1]) == {None}
    assert len(grounds("Mug with dots")) > 3
    assert grounds("Mug with dots") & {"#c3272b", "#e9802c"}
    assert not grounds("Mug with dots", negative="no red") & {"#c3272b"}
    for nothing in ("no", "...", "\u200b"):
        assert grounds("Mug with dots", negative=nothing) == grounds("Mug with dots")
