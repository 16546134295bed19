"""The networks and what they are trained by, against laws and closed forms."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

torch = pytest.importorskip("torch")
from prodgen_mini.choosing import best_of, way_of  # noqa: E402
from prodgen_mini.models.clarity import vagueness  # noqa: E402
from prodgen_mini.models.codec import SHEETS, Codec, patches_of  # noqa: E402
from prodgen_mini.models.dit import Dit  # noqa: E402
from prodgen_mini.models.flow import sample  # noqa: E402
from prodgen_mini.models.gan import Critic, Generator, pair_loss, penalty  # noqa: E402
from prodgen_mini.models.prior import Prior  # noqa: E402
from prodgen_mini.models.reranker import Reranker  # noqa: E402
from prodgen_mini.models.vae import Vae  # noqa: E402
from prodgen_mini.training.gan import set_distance  # noqa: E402
from torch.nn import functional  # noqa: E402


def random(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def stirred(network, seed=1):
    """Parameters drawn anew, so that nothing is zero."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0, 0.1)
    return network.eval()


def sheets_of(n, seed=0):
    """Shares of inks at random places."""
    return (3 * random(n, SHEETS, 128, 128, seed=seed)).softmax(1)


def test_a_fresh_codec_is_the_projection_onto_principal_components():
    sheets = sheets_of(6)
    codec = Codec(channels=10, width=8)
    cells = patches_of(sheets)
    patches = cells.permute(0, 2, 3, 1).flatten(0, 2).numpy()
    codec.begin(patches)
    with torch.no_grad():
        raw = codec.raw(cells)
        again = codec.draw(raw)
        drawn = codec.decode(raw)
    middle = patches.mean(0)
    _, _, axes = np.linalg.svd(patches - middle, full_matrices=False)
    best = (patches - middle) @ axes[:10].T @ axes[:10] + middle
    found = again.permute(0, 2, 3, 1).flatten(0, 2).detach().numpy() / codec.gain.item()
    assert np.abs(found - best).max() < 1e-3
    assert torch.allclose(raw.permute(1, 0, 2, 3).flatten(1).std(1), torch.ones(10), atol=0.02)
    codec.standardise(raw * 3 + 1)
    with torch.no_grad():
        assert torch.allclose(codec.decode(codec.encode(sheets)), drawn, atol=1e-3)


def test_what_the_codec_draws_are_shares():
    codec, latents = stirred(Codec(channels=4, width=8)), random(2, 4, 16, 16)
    with torch.no_grad():
        sheets = codec.decode(latents)
    assert torch.allclose(sheets.sum(1), torch.ones(2, 128, 128), atol=1e-5)
    assert sheets.min() >= 0
    assert sheets.std() > 0.01


def test_finer_sheets_are_the_same_picture():
    codec = stirred(Codec(channels=4, width=8))
    with torch.no_grad():
        codec.gain.fill_(1.0)
        latents = torch.nn.functional.interpolate(random(1, 4, 4, 4), scale_factor=4.0)
        coarse, fine = codec.decode(latents), codec.decode(latents, finer=4)
        rolled = codec.decode(latents.roll((2, 5), (2, 3)), finer=4)
    assert fine.shape == (1, SHEETS, 512, 512)
    assert torch.allclose(fine.sum(1), torch.ones(1, 512, 512), atol=1e-5)
    assert (torch.nn.functional.avg_pool2d(fine, 4) - coarse).abs().mean() < 0.02
    assert torch.allclose(rolled, fine.roll((64, 160), (2, 3)), atol=1e-4)


def test_the_codec_knows_no_edge():
    codec = stirred(Codec(channels=4, width=8))
    sheets = sheets_of(1)
    with torch.no_grad():
        rolled = codec.encode(sheets.roll((16, 40), (2, 3)))
        assert torch.allclose(rolled, codec.encode(sheets).roll((2, 5), (2, 3)), atol=1e-4)
        latents = random(1, 4, 16, 16)
        assert torch.allclose(
            codec.decode(latents.roll((3, 7), (2, 3))), codec.decode(latents).roll((24, 56), (2, 3)), atol=1e-4
        )


def test_the_prior_is_a_density_and_draws_from_it():
    prior = stirred(Prior(6, 3, width=16, depth=4)).double()
    noise, condition = random(5, 6).double(), random(5, 3, seed=1).double()
    with torch.no_grad():
        code = prior.draw(noise, condition)
        found = prior.likelihood(code, condition)
    for row in range(5):
        jacobian = torch.autograd.functional.jacobian(
            lambda z, r=row: prior.draw(z[None], condition[r : r + 1])[0], noise[row]
        )
        exact = torch.distributions.Normal(0.0, 1.0).log_prob(noise[row]).sum() - torch.linalg.slogdet(jacobian)[1]
        assert found[row].item() == pytest.approx(exact.item(), abs=1e-6)


def test_the_divergence_is_that_of_normal_distributions_where_the_prior_is_one():
    vae = Vae(6, 20, 3, code=2, width=8).eval()
    mean, spread = torch.tensor([[0.5, -1.0]]), torch.tensor([[-1.0, 0.5]])
    noise = random(40000, 2)
    with torch.no_grad():
        found = vae.divergence(mean + (0.5 * spread).exp() * noise, mean, spread, random(1, 3).expand(40000, 3)).mean()
    normal = torch.distributions.Normal
    exact = torch.distributions.kl_divergence(normal(mean, (0.5 * spread).exp()), normal(0.0, 1.0)).sum()
    assert found.item() == pytest.approx(exact.item(), abs=0.02)


def test_the_pair_loss_is_that_of_the_paper():
    real, fake = random(7, 1), random(7, 1, seed=1)
    naive = np.mean([np.log1p(np.exp(-(r - f))) for r, f in zip(real.numpy(), fake.numpy(), strict=True)])
    assert float(pair_loss(real, fake)) == pytest.approx(naive, rel=1e-5)
    assert float(pair_loss(real + 3, fake)) < float(pair_loss(real, fake))


def test_the_penalty_is_the_squared_gradient():
    w = random(6)
    x = random(4, 6, seed=2).requires_grad_(True)
    y = random(4, 2, seed=3).requires_grad_(True)
    scores = (x @ w)[:, None] + y.square().sum(1, keepdim=True)
    expected = w.square().sum() + (2 * y).square().sum(1).mean()
    assert torch.allclose(penalty(scores, (x, y)), expected, atol=1e-5)


def test_the_penalty_can_be_learnt_from():
    critic = Critic(3, 5, 4, width=8)
    parts = tuple(p.requires_grad_(True) for p in (random(2, 3, 4, 4), random(2, 3, 16, 16), random(2, 5)))
    penalty(critic(*parts, random(2, 4)), parts).backward()
    assert any(p.grad is not None and p.grad.abs().sum() > 0 for p in critic.parameters())


def test_generator_and_vae_have_their_shapes():
    coarse, fine, vector = Generator(6, 20, 30, noise=8, width=8)(random(3, 8), random(3, 30))
    assert (coarse.shape, fine.shape, vector.shape) == ((3, 6, 4, 4), (3, 6, 16, 16), (3, 20))
    vae = Vae(6, 20, 30, code=8, width=8)
    mean, spread = vae.encode(fine, vector, random(3, 30))
    assert mean.shape == spread.shape == (3, 8)
    assert [part.shape for part in vae.decode(mean, random(3, 30))] == [(3, 6, 16, 16), (3, 20)]
    assert [part.shape for part in vae.invent(mean, random(3, 30))] == [(3, 6, 16, 16), (3, 20)]


class Plain:
    """A network over codes that are standardised already."""

    def __init__(self, code, answer):
        self.code, self.answer, self.calls = code, answer, 0
        self.mean, self.scale = torch.zeros(()), torch.ones(())

    def __call__(self, code, time, condition, kept):
        self.calls += 1
        return self.answer(code, time, condition, kept)


@pytest.mark.parametrize(("steps", "guidance"), [(1, 1.0), (4, 1.0), (7, 3.0)])
def test_a_network_that_knows_the_design_is_followed_to_it(steps, guidance):
    truth = random(2, 6)
    network = Plain(6, lambda code, *_: truth.repeat(len(code) // 2, 1))
    network.mean, network.scale = torch.tensor(3.0), torch.tensor(2.0)
    found = sample(network, random(2, 4), torch.Generator().manual_seed(1), steps=steps, guidance=guidance)
    assert torch.allclose(found, truth * 2 + 3, atol=1e-4)
    assert network.calls == steps


def test_small_steps_follow_the_flow_exactly():
    """For data N(m, s^2) the clean code is known in closed form, and the flow takes noise z to m + s z."""
    m, s = 2.0, 0.5

    def clean(code, time, condition, kept):
        t = time[:, None]
        return m + s * s * t / (s * s * t * t + (1 - t) ** 2) * (code - t * m)

    start = torch.randn(4, 8, generator=torch.Generator().manual_seed(3))
    found = sample(Plain(8, clean), random(4, 2), torch.Generator().manual_seed(3), steps=400, guidance=1.0)
    assert torch.allclose(found, m + s * start, atol=0.03)


def test_guidance_and_negatives_move_away():
    says = lambda code, time, condition, kept: torch.where(kept, condition[:, 0], torch.zeros(()))[:, None] + 0 * code  # noqa: E731
    want, away = torch.full((1, 1), 2.0), torch.full((1, 1), 1.0)
    draw = lambda **more: float(sample(Plain(1, says), want, torch.Generator().manual_seed(0), steps=3, **more))  # noqa: E731
    assert draw(guidance=1.0) == pytest.approx(2.0)
    assert draw(guidance=3.0) == pytest.approx(6.0)  # 0 + 3 (2 - 0)
    assert draw(guidance=3.0, negative=away) == pytest.approx(4.0)  # 1 + 3 (2 - 1)


def test_guidance_counts_within_its_interval_alone():
    rows = []

    def says(code, time, condition, kept):
        rows.append((round(float(time[0]), 2), len(code)))
        return torch.where(kept, condition[:, 0], torch.zeros(()))[:, None] + 0 * code

    draw = lambda guided: float(  # noqa: E731
        sample(
            Plain(1, says),
            torch.full((1, 1), 2.0),
            torch.Generator().manual_seed(0),
            steps=4,
            guidance=3.0,
            guided=guided,
        )
    )
    assert draw((0.25, 0.75)) == pytest.approx(2.0)  # the last step has no guidance
    assert rows == [(0.0, 1), (0.25, 2), (0.5, 2), (0.75, 1)]
    assert draw((0.5, 1.0)) == pytest.approx(6.0)


def test_what_is_unwanted_is_kept_away_all_the_way():
    says = lambda code, time, condition, kept: condition + 0 * code  # noqa: E731
    want, away = torch.full((1, 1), 2.0), torch.full((1, 1), 1.0)
    options = {"steps": 4, "guidance": 3.0, "guided": (0.25, 0.75), "negative": away}
    found = sample(Plain(1, says), want, torch.Generator().manual_seed(0), **options)
    assert float(found) == pytest.approx(4.0)  # 1 + 3 (2 - 1), in the last step as well


def test_a_variant_keeps_more_the_less_is_forgotten():
    leaves = Plain(5, lambda code, *_: code)  # thinks that what it sees is clean already
    given, noise = random(1, 5, seed=5), torch.Generator()
    for strength in (0.1, 0.5, 1.0):
        found = sample(
            leaves, random(1, 4), noise.manual_seed(1), steps=4, guidance=1.0, start=given, strength=strength
        )
        begun = torch.randn(1, 5, generator=noise.manual_seed(1))
        assert torch.allclose(found, begun * strength + given * (1 - strength), atol=1e-5)


def test_the_transformer_begins_with_nothing_and_reads_its_condition():
    dit = Dit(16, 4, width=32, depth=2, heads=2)
    parts = random(2, 16), torch.tensor([0.2, 0.7])
    yes = torch.ones(2, dtype=torch.bool)
    assert not dit(*parts, random(2, 4), yes).any()
    dit = stirred(dit)
    with torch.no_grad():
        one, other = dit(*parts, random(2, 4), yes), dit(*parts, random(2, 4, seed=9), yes)
        none, neither = (dit(*parts, random(2, 4, seed=seed), ~yes) for seed in (0, 9))
    assert not torch.allclose(one, other)
    assert torch.equal(none, neither)


def test_the_set_distance_is_small_for_one_distribution_only():
    a, b = random(300, 5), random(300, 5, seed=1)
    assert abs(set_distance(a, b)) < 0.05 < set_distance(a, b + 1)
    x, y = a[:20], b[:15]
    across = np.mean([float((p - q).norm()) for p in x for q in y])
    inside = [
        np.mean([float((p - q).norm()) for i, p in enumerate(s) for j, q in enumerate(s) if i != j]) for s in (x, y)
    ]
    assert set_distance(x, y) == pytest.approx(2 * across - sum(inside), abs=1e-3)


def _sheets(ink):
    """Shares of six inks, each pixel of one alone, of ink numbers [n, n]."""
    return torch.nn.functional.one_hot(ink, 6).permute(2, 0, 1)[None].float()


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 1000), shift=st.integers(0, 63))
def test_vagueness_sees_soft_edges_and_nothing_else(seed, shift):
    noise = torch.Generator().manual_seed(seed)
    clean = _sheets(torch.randint(0, 6, (8, 8), generator=noise).repeat_interleave(8, 0).repeat_interleave(8, 1))
    soft = torch.nn.functional.avg_pool2d(torch.nn.functional.pad(clean, (4,) * 4, mode="circular"), 9, 1)
    assert float(vagueness(clean)) < 0.02
    assert float(vagueness(soft)) > 0.5
    order = torch.randperm(6, generator=noise)
    moved = soft[:, order].roll((shift, 2 * shift), (2, 3))
    assert float(vagueness(moved)) == pytest.approx(float(vagueness(soft)), rel=0.1)
    both = vagueness(torch.cat([clean, soft]))
    assert both.tolist() == pytest.approx([float(vagueness(clean)), float(vagueness(soft))])


def test_a_bare_sheet_is_not_the_clearest():
    """Of speckles that were asked for, one network drew clouds, soft dots and nothing."""
    dots = torch.zeros(64, 64, dtype=torch.long)
    dots[4::16, 4::16] = dots[5::16, 4::16] = 1
    dotted = 0.8 * _sheets(dots) + 0.2 * _sheets(torch.zeros_like(dots))
    bare = _sheets(torch.zeros_like(dots))
    faint = 0.9 * bare + 0.1 * _sheets(torch.ones_like(dots))
    found = vagueness(torch.cat([bare, faint, dotted]))
    assert int(found.argmin()) == 2
    assert torch.isfinite(found).all()


@pytest.mark.parametrize("steps", [1, 2, 6])
def test_those_that_go_on_go_where_they_would_have_gone(steps):
    """Narrowed half-way, the kept rows are those of a run of all, in the order that was given."""
    torch.manual_seed(1)
    dit = Dit(code=16, condition=5, width=24, depth=2, heads=2, group=4).eval()
    torch.nn.init.normal_(dit.leave, std=0.2)
    condition, negative = torch.randn(4, 5), torch.randn(4, 5)
    seen, checked = [], []

    def run(**options):
        noise = torch.Generator().manual_seed(3)
        return sample(dit, condition, noise, steps=steps, guidance=2.0, negative=negative, **options)

    def narrow(codes):
        seen.append((codes, len(checked)))
        return torch.tensor([2, 0])

    with torch.no_grad():
        whole, kept = run(), run(narrow=narrow, check=checked.append)
    assert torch.allclose(kept, whole[[2, 0]], atol=1e-5)
    ((codes, after),) = seen
    assert codes.shape == whole.shape
    assert (after, len(checked)) == ((steps + 1) // 2, steps)


def test_the_reranker_s_order_is_that_of_its_class_for_the_kind():
    torch.manual_seed(0)
    reranker = Reranker(["dots", "stripes"])
    art = torch.randn(5, 4, 128, 128)
    said = reranker(functional.avg_pool2d(art, 2))
    assert said.shape == (5, 3)
    assert torch.allclose(reranker.score(art, "stripes"), said[:, :2].log_softmax(1)[:, 1], atol=1e-6)


@pytest.mark.parametrize(
    ("layout", "pattern", "way"),
    [
        ("tile", "dots", "alike"), ("surface", "gradient", "alike"), ("screen", "plain", "alike"), ("label", "logo", None),
        ("tile", "speckle", None), ("tile", "unheard-of", "clear"), ("none", "plain", None),
    ],
)  # fmt: skip
def test_how_a_design_is_chosen(layout, pattern, way):
    known = Reranker(["dots", "gradient", "label", "screen", "speckle"])
    assert way_of(layout, pattern, known) == way
    redrawn = pattern in ("speckle", "dots", "floral")
    assert way_of(layout, pattern, None) == ("clear" if layout == "tile" and not redrawn else None)


def test_of_the_sure_ones_the_clearest_is_kept_and_else_the_likeliest(monkeypatch):
    reranker = Reranker(["dots", "stripes"])
    art, vague = np.zeros((3, 4, 128, 128), np.float32), np.array([0.1, 0.4, 0.2], np.float32)

    def likely(*shares):
        monkeypatch.setattr(reranker, "score", lambda art, kind: torch.tensor(shares).log())

    likely(0.2, 0.99, 0.8)
    assert best_of(reranker, art, "stripes", vague) == 2
    assert best_of(reranker, art, "stripes") == 1
    assert best_of(reranker, art, "dots", vague) == 1, "of what is drawn anew the first"
    likely(0.2, 0.3, 0.6)
    assert best_of(reranker, art, "stripes", vague) == best_of(reranker, art, "dots", vague) == 2
    likely(0.9, 0.99, 0.8)
    assert best_of(reranker, art, "stripes", vague) == 0
