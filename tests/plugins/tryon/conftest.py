"""Drawn people and garments, and a body parser that knows them: everything but the pose models runs without a download."""

from __future__ import annotations

import cv2
import numpy as np
import platformdirs
import pytest
from prodgen_tryon import plugin
from prodgen_tryon.warp import WarpCompositor

from prodgen_sdk import Studio
from prodgen_sdk.config import Config
from prodgen_sdk.context import Context
from prodgen_sdk.interfaces import BodyParser
from prodgen_sdk.specs import BodyParserSpec
from prodgen_sdk.testing.fakes import fake_host
from prodgen_sdk.types import LANDMARKS, Body, Garment, PersonPhoto

SKIN, SHIRT, TROUSERS, HAIR = (224, 176, 140), (70, 110, 90), (50, 60, 100), (70, 45, 30)
# Joints of the drawn figure in a picture of 300 x 400; "left" is the person's own.
JOINTS = {
    "nose": (150, 62), "eye": (158, 55), "eye_inner": (154, 55), "eye_outer": (162, 56), "ear": (168, 60), "mouth": (155, 72),
    "shoulder": (186, 110), "elbow": (204, 165), "wrist": (212, 215), "pinky": (216, 232), "index": (212, 234), "thumb": (208, 228),
    "hip": (168, 218), "knee": (170, 288), "ankle": (172, 358), "heel": (170, 366), "foot_index": (178, 374),
}  # fmt: skip


def joints(size=(400, 300), back=False, moved=None):
    """Landmarks [33, 3] of the figure in a picture of `size` (height, width); `moved` replaces joints by name."""
    rows = []
    for name in LANDMARKS:
        words = name.split("_")
        side = next((word for word in words if word in ("left", "right")), "")
        x, y = JOINTS["_".join(word for word in words if word != side)]
        if (side == "right") != back and side:
            x = 300 - x
        x, y = (moved or {}).get(name, (x, y))
        rows.append((x * size[1] / 300, y * size[0] / 400, 1.0))
    return np.array(rows, np.float32)


def draw_person(size=(400, 300), shirt=SHIRT, background=(200, 205, 210), seed=0, sleeve=0.55):
    """A front figure in a short-sleeved shirt and trousers, with some texture everywhere."""
    picture = np.full((400, 300, 3), background, np.uint8)

    def limb(names, colour, width):
        for sign in (1, -1):
            points = np.array([[150 + sign * (JOINTS[n][0] - 150), JOINTS[n][1]] for n in names], np.int32)
            cv2.polylines(picture, [points.reshape(-1, 1, 2)], False, colour, width, cv2.LINE_AA)

    limb(("hip", "knee", "ankle"), TROUSERS, 30)
    limb(("heel", "foot_index"), (30, 30, 30), 16)
    limb(("shoulder", "elbow", "wrist", "index"), SKIN, 16)
    cv2.rectangle(picture, (140, 72), (160, 105), SKIN, -1)
    body = np.array(
        [(114, 98), (140, 90), (160, 90), (186, 98), (190, 130), (182, 226), (118, 226), (110, 130)], np.int32
    )
    cv2.fillPoly(picture, [body], shirt, cv2.LINE_AA)
    for sign in (1, -1):
        a, b = np.array(JOINTS["shoulder"], float), np.array(JOINTS["elbow"], float)
        end = a + sleeve * (b - a)
        points = np.array([[150 + sign * (p[0] - 150), p[1]] for p in (a, end)]).astype(np.int32)
        cv2.line(picture, tuple(map(int, points[0])), tuple(map(int, points[1])), shirt, 24, cv2.LINE_AA)
    cv2.ellipse(picture, (150, 52), (22, 27), 0, 0, 360, HAIR, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (150, 60), (18, 23), 0, 0, 360, SKIN, -1, cv2.LINE_AA)
    for x in (142, 158):
        cv2.ellipse(picture, (x, 54), (4, 2), 0, 0, 360, (250, 250, 250), -1, cv2.LINE_AA)
        cv2.circle(picture, (x, 54), 2, (40, 30, 30), -1, cv2.LINE_AA)
        cv2.line(picture, (x - 4, 49), (x + 4, 49), HAIR, 2, cv2.LINE_AA)
    cv2.line(picture, (150, 56), (150, 64), (200, 150, 115), 2, cv2.LINE_AA)
    cv2.ellipse(picture, (150, 72), (6, 2), 0, 0, 360, (170, 80, 80), -1, cv2.LINE_AA)
    noise = np.random.default_rng(seed).normal(0, 3, picture.shape)
    picture = (picture + noise).clip(0, 255).astype(np.uint8)
    return cv2.resize(picture, (size[1], size[0]), interpolation=cv2.INTER_LINEAR) if size != (400, 300) else picture


def tee_outline(sleeve=1.0, length=1.0):
    """The outline of a T-shirt in a 400 x 400 picture, clockwise from the neck."""
    right = [
        (225, 80),
        (280, 95),
        (280 + 60 * sleeve, 95 + 75 * sleeve),
        (280 + 30 * sleeve, 100 + 105 * sleeve),
        (276, 165),
        (278, 80 + 260 * length),
    ]
    left = [(400 - x, y) for x, y in reversed(right)]
    return np.array(right + left + [(180, 86), (200, 90), (220, 86)], np.float64)


def trousers_outline(inseam=190.0):
    bottom = 150 + inseam
    return np.array(
        [(140, 40), (260, 40), (275, bottom), (215, bottom), (202, 150), (198, 150), (185, bottom), (125, bottom)],
        np.float64,
    )


def draw_garment(outline, colour=(180, 40, 45), background=(255, 255, 255), texture=0.0, seed=0):
    """A flat garment of this outline; `texture` is the noise of the background."""
    rng = np.random.default_rng(seed)
    picture = np.full((400, 400, 3), background, np.float64)
    if texture:
        picture += cv2.GaussianBlur(rng.normal(0, 1, (400, 400)), (0, 0), 1.5)[..., None] * texture
    mask = np.zeros((400, 400), np.uint8)
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 255, cv2.LINE_AA)
    alpha = mask[..., None] / 255.0
    cloth = np.asarray(colour, float) + rng.normal(0, 2.0, picture.shape)
    return (picture * (1 - alpha) + cloth * alpha).clip(0, 255).astype(np.uint8), mask > 127


class DrawnBodyParser(BodyParser):
    """Knows where the drawn figure's joints are; `calls` counts the photos of people that it was asked about."""

    def __init__(self, config=None, ctx=None):
        self.calls = 0
        self.people = 1
        self.back = False
        self.moved = {}

    def parse(self, photos, ctx):
        return [self._one(photo.image) for photo in photos]

    def _one(self, image):
        self.calls += image.shape[0] != image.shape[1]  # photos of garments are square
        shape = image.shape[:2]
        corner = image[2:6, 2:6].reshape(-1, 3).mean(0)
        person = (np.abs(image.astype(float) - corner).sum(-1) > 45).astype(np.float32)
        if person.mean() < 0.02:
            return Body(
                landmarks=np.zeros((33, 3), np.float32), person=np.zeros(shape, np.float32), people=0, confidence=0.0
            )
        person = cv2.morphologyEx(person, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
        return Body(
            landmarks=joints(shape, self.back, self.moved), person=person, people=self.people, confidence=1.0,
            orientation="back" if self.back else "front",
        )  # fmt: skip


class DrawnPlugin:
    """Registers the parser of drawn figures as `body/drawn`."""

    def __init__(self):
        from prodgen_sdk.hookspecs import hookimpl

        DrawnPlugin.register_body_parsers = hookimpl(DrawnPlugin.register_body_parsers)

    def register_body_parsers(self, register):
        register(BodyParserSpec(id="body/drawn", summary="Drawn figures."), DrawnBodyParser)


@pytest.fixture
def parser():
    return DrawnBodyParser()


@pytest.fixture
def ctx(parser):
    return Context(find=lambda kind, id: parser)


@pytest.fixture
def compositor(ctx):
    return WarpCompositor(plugin.config_model()(body_parser="body/drawn"), ctx)


@pytest.fixture(scope="session")
def drawn():
    """The drawing functions of this file, for tests."""
    import types

    return types.SimpleNamespace(
        person=draw_person, photo=lambda *a, **k: PersonPhoto(image=draw_person(*a, **k)), tee=tee_outline, trousers=trousers_outline,
        garment=draw_garment, joints=joints, body=lambda photo: DrawnBodyParser().parse([photo], None)[0], Plugin=DrawnPlugin, skin=SKIN,
        top=lambda **k: Garment(front=draw_garment(tee_outline(), **k)[0], category="top"),
    )  # fmt: skip


@pytest.fixture
def seeming_models(tmp_path, monkeypatch):
    """The folder of models with that of the pose models, which only have to seem to be there: the drawn parser stands in for them."""
    (tmp_path / "models" / "pose").mkdir(parents=True)
    monkeypatch.setenv("PRODGEN_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def studio(drawn, seeming_models):
    """A studio whose `tryon/warp` dresses drawn figures."""
    host = fake_host(drawn.Plugin(), config=Config(plugins={"tryon": {"body_parser": "body/drawn"}}))
    host.register(plugin, "tryon")
    with Studio(host=host) as studio:
        yield studio


@pytest.fixture
def pose_models():
    """The folder of the real pose models, in the user's cache; tests that need it are skipped without it."""
    folder = platformdirs.user_cache_path("prodgen") / "models" / "pose"
    if not (folder / "pose_detection.tflite").is_file():
        pytest.skip("the pose models are not pulled")
    return folder
