import json
import sys

import numpy as np
import pytest

from prodgen_sdk import Studio, cli, clips, images
from prodgen_sdk.aio import AsyncStudio
from prodgen_sdk.errors import Cancelled, InputError, PluginError, Refused
from prodgen_sdk.hookspecs import hookimpl
from prodgen_sdk.host import Host
from prodgen_sdk.specs import CompositorSpec
from prodgen_sdk.testing.fakes import fake_host, plugin_of
from prodgen_sdk.testing.fakes.people import PatchCompositor
from prodgen_sdk.types import DressedClip, Refusal

GARMENT = np.full((60, 60, 3), 255, np.uint8)
GARMENT[10:50, 10:50] = (20, 40, 200)


def person(step=0, there=True):
    frame = np.full((120, 80, 3), 240, np.uint8)
    if there:
        frame[20:110, 20 + step : 50 + step] = (120, 90, 70)
    return frame


@pytest.fixture
def studio():
    with Studio(host=fake_host()) as studio:
        yield studio


def folder(path, *there):
    for number, seen in enumerate(there):
        images.save(person(number, seen), path / f"{number}.png")
    return path


def test_every_frame_is_dressed_and_the_rest_of_it_is_the_same(studio, tmp_path):
    source = folder(tmp_path / "in", *[True] * 5)
    told = []
    report = studio.try_on_clip(
        source, GARMENT, tmp_path / "out", rate=5, category="top", progress=lambda *now: told.append(now)
    )
    assert report.screening.outcome == "pass"
    wanted = DressedClip(frames=5, written=5, dressed=5, rate=5, confidence=0.5)
    assert report.model_copy(update={"screening": None}) == wanted
    assert [now[:2] for now in told if now[2] == "frames"] == [(n, 5) for n in range(5)]
    for before, after in zip(clips.open_clip(source), clips.open_clip(tmp_path / "out"), strict=True):
        alone = studio.try_on(before, GARMENT, category="top")
        assert np.array_equal(after, alone.image)
        assert np.array_equal(after[~alone.edit_mask], before[~alone.edit_mask])


@pytest.mark.parametrize(("gaps", "written"), [("keep", 6), ("cut", 4)])
def test_frames_that_cannot_be_dressed(studio, tmp_path, gaps, written):
    source = folder(tmp_path / "in", True, True, False, False, True, True)
    refused = studio.try_on_clip(source, GARMENT, tmp_path / "no", rate=10, category="top")
    assert isinstance(refused, Refusal)
    assert refused.code == "no-person"
    assert refused.reason.startswith("At 0.2 s: ")
    assert not (tmp_path / "no").exists()
    report = studio.try_on_clip(source, GARMENT, tmp_path / "out", rate=10, category="top", gaps=gaps)
    assert (report.frames, report.written, report.dressed) == (6, written, 4)
    assert [(gap.first, gap.last, gap.refusal.code) for gap in report.gaps] == [(2, 3, "no-person")]
    assert clips.open_clip(tmp_path / "out").frames == written
    if gaps == "keep":
        assert np.array_equal(images.load(tmp_path / "out/00002.png"), person(there=False))
    nobody = folder(tmp_path / "nobody", False, False)
    assert studio.try_on_clip(nobody, GARMENT, tmp_path / "none", gaps=gaps).code == "no-person"
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("dressed", [(True, True, True), (False, True, False)])
def test_screening_looks_at_a_dressed_frame_a_second(studio, tmp_path, dressed):
    source = folder(tmp_path / "in", *dressed)
    magenta = GARMENT.copy()
    magenta[10:50, 10:50] = (255, 0, 255)
    refused = studio.try_on_clip(source, magenta, tmp_path / "out", rate=2, category="top", gaps="cut")
    assert refused.code == "screened"
    assert not (tmp_path / "out").exists()


def test_hooks_are_called_once_a_clip(tmp_path):
    seen = []

    class Hooks:
        @hookimpl
        def before_try_on(self, request):
            seen.append("before")
            if request.fit.style == "tight":
                raise Refused("Not that tight.")

        @hookimpl
        def after_try_on(self, request, result):
            seen.append(type(result).__name__)

    source = folder(tmp_path / "in", *[True] * 4)
    with Studio(host=fake_host(Hooks())) as studio:
        studio.try_on_clip(source, GARMENT, tmp_path / "out", category="top")
        assert seen == ["before", "TryOn"]
        with pytest.raises(Refused, match="tight"):
            studio.try_on_clip(source, GARMENT, tmp_path / "not", category="top", fit="tight")


def test_it_can_be_stopped_and_leaves_nothing(studio, tmp_path):
    source = folder(tmp_path / "in", *[True] * 5)
    asked = iter([False, False, False, True])
    with pytest.raises(Cancelled):
        studio.try_on_clip(source, GARMENT, tmp_path / "out.gif", category="top", cancelled=lambda: next(asked, True))
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_component_that_breaks_its_contract_is_named(tmp_path):
    class Leaking(PatchCompositor):
        def compose_clip(self, frames, request, rate, ctx):
            for answer in super().compose_clip(frames, request, rate, ctx):
                yield answer.model_copy(update={"image": np.zeros_like(answer.image)})

    class Short(PatchCompositor):
        def compose_clip(self, frames, request, rate, ctx):
            yield next(super().compose_clip(frames, request, rate, ctx))

    class Writing(PatchCompositor):
        def compose_clip(self, frames, request, rate, ctx):
            for frame in frames:
                frame[0, 0] = 1
            yield

    source = folder(tmp_path / "in", *[True] * 3)
    spec = CompositorSpec(id="mine/broken", summary="x", categories=("top",))
    for broken, message in (
        (Leaking, "outside the edit mask"),
        (Short, "no answer to frame 1"),
        (Writing, "read-only"),
    ):
        with Studio(host=fake_host(plugin_of(spec, broken))) as studio, pytest.raises(PluginError, match=message):
            studio.try_on_clip(source, GARMENT, tmp_path / "out", category="top", compositor="mine/broken")
    assert not (tmp_path / "out").exists()


def test_bad_targets_cost_nothing(studio, tmp_path):
    source = folder(tmp_path / "in", True)
    for target, options, message in (
        ("out.txt", {}, "cannot be written"),
        ("out", {"gaps": "jump"}, "refuse, keep, cut"),
        ("out", {"garments": "none.png"}, "none.png"),
        ("out", {"mask": np.ones((3, 3), bool)}, "mask"),
    ):
        words = {"garments": GARMENT, "category": "top", **options}
        with pytest.raises(InputError, match=message):
            studio.try_on_clip(source, out=tmp_path / target, **words)


def test_the_async_twin(tmp_path):
    import asyncio

    async def main():
        async with AsyncStudio(Studio(host=fake_host())) as studio:
            return await studio.try_on_clip(
                folder(tmp_path / "in", True, True), GARMENT, tmp_path / "o", category="top"
            )

    assert asyncio.run(main()).dressed == 2


def test_the_command(tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("PRODGEN_WORKSPACE", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Host, "discover", classmethod(lambda *a, **k: fake_host()))
    folder(tmp_path / "in", True, True, False, True)
    images.save(GARMENT, tmp_path / "g.png")

    def run(*words):
        base = ("tryon", "--person", "in", "--garment", "g.png", "--category", "top", "--json")
        monkeypatch.setattr(sys, "argv", ["prodgen", *base, *words])
        with pytest.raises(SystemExit) as stop:
            cli.main()
        return stop.value.code or 0, capsys.readouterr().out

    code, out = run("--out", "out.gif", "--rate", "10")
    assert (code, json.loads(out)["refused"]["code"]) == (4, "no-person")
    code, out = run("--out", "out.gif", "--rate", "10", "--gaps", "cut")
    report = json.loads(out)
    assert (code, report["out"], report["dressed"], report["gaps"][0]["first"]) == (3, "out.gif", 3, 2)
    assert clips.open_clip("out.gif").frames == 3
    assert run("--out", "o.gif", "--mask-out", "m.png")[0] == 2
