"""The body parser `body/segformer-clothes`: parts by a network that was trained on clothes, pose by another parser."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from prodgen_sdk.checkpoints.digests import identity
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.interfaces import BodyParser
from prodgen_sdk.types import Body, Image, PersonPhoto
from prodgen_tryon.body.skeleton import Skeleton, chin, skeleton
from prodgen_tryon.body.sleeves import along_path, arm_path, beyond
from prodgen_tryon.config import Config
from prodgen_tryon.diffusion.base import configured, refined
from prodgen_tryon.diffusion.config import Segformer
from prodgen_tryon.diffusion.loading import load_network
from prodgen_tryon.filters import Float, tube
from prodgen_tryon.sides import SIDES

PARTS = ("person", "face", "hair", "neck", "skin", "hands", "upper", "lower", "feet", "accessories")
LICENCE = "NVIDIA Source Code License for SegFormer (non-commercial)"
GROUPS = {
    "face": ("face", "sunglasses"), "hair": ("hair", "hat"), "upper": ("upper-clothes", "upper clothes"),
    "lower": ("skirt", "pants"), "dress": ("dress",), "feet": ("left-shoe", "right-shoe"), "arms": ("left-arm", "right-arm"),
    "legs": ("left-leg", "right-leg"), "accessories": ("bag", "scarf", "belt"),
}  # fmt: skip
"""Names of the network's classes, in lower case, by what they become here."""


class SegformerBodyParser(BodyParser):
    """Soft part masks from the class probabilities; hands, neck and the halves of a dress are split off by the pose."""

    id = "body/segformer-clothes"

    def __init__(self, config: Config | None, ctx: Context) -> None:
        settings = config or Config()
        section: Segformer = configured(settings.segformer, "segformer", self.id)
        self._model, folder = load_network(
            "SegformerForSemanticSegmentation",
            section,
            LICENCE,
            ctx,
            accept=settings.accept_noncommercial,
            component=self.id,
        )
        self._columns = columns(self._model.config.id2label, folder)
        self._mean, self._std = _normalisation(folder)
        self._section, self._lock = section, threading.Lock()
        self.digest, self.depends_on = identity(section, folder, ctx.state), section.model_dump()

    def parse(self, photos: Sequence[PersonPhoto], ctx: Context) -> list[Body]:
        return refined(photos, self._section.pose, self._with_parts, ctx)

    def _with_parts(self, photo: Image, body: Body) -> Body:
        classes = self.classes(photo)
        groups = {name: classes[..., at].sum(-1).clip(0, 1) for name, at in self._columns.items()}
        parts = split(groups, skeleton(body.landmarks))
        background = classes[..., 0].clip(0, 1)
        parts["person"] = (1 - background).astype(np.float32)
        return body.model_copy(update={"parts": parts, "person": parts["person"]})

    def classes(self, photo: Image) -> Float:
        """The probability of each class at each pixel, float32 [h, w, classes]."""
        import torch

        edge = self._section.edge
        small = cv2.resize(
            photo, (edge, edge), interpolation=cv2.INTER_AREA if photo.shape[0] > edge else cv2.INTER_LINEAR
        )
        values = (small.astype(np.float32) / np.float32(255) - self._mean) / self._std
        tensor = torch.from_numpy(values.transpose(2, 0, 1)[None].copy()).to(self._model.device)
        with self._lock, torch.no_grad():
            logits = self._model(pixel_values=tensor).logits
            shares = torch.softmax(logits.float(), 1)[0].cpu().numpy()
        size = (photo.shape[1], photo.shape[0])
        return np.stack([cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in shares], -1)


def columns(labels: dict[int, str], folder: Path) -> dict[str, list[int]]:
    """Which of the network's classes belong to each group; raises ConfigError where it was not trained on clothes."""
    index = {str(name).lower(): int(number) for number, name in labels.items()}
    found = {group: [index[name] for name in names if name in index] for group, names in GROUPS.items()}
    absent = [group for group in ("face", "hair", "upper", "lower", "arms", "legs") if not found[group]]
    if absent or index.get("background") != 0:
        raise ConfigError(
            f"body/segformer-clothes: {folder} knows no {', '.join(absent) or 'background'}, only {', '.join(sorted(index))[:120]}.",
            hint="Name a SegFormer that was trained on clothes, such as mattmdjaga/segformer_b2_clothes.",
        )
    return found


def split(groups: dict[str, Float], frame: Skeleton) -> dict[str, Float]:
    """The project's parts from the network's: a dress ends as upper clothes at the hips, hands begin at the wrists, the neck at the chin."""
    shape = groups["face"].shape
    along = frame.along(shape)
    below_hips = along > frame.torso
    jaw = float(frame.local(chin(frame)[None])[0, 1])
    hands = np.zeros(shape, bool)
    for side in SIDES:
        reach = arm_path(frame, side, fingers=0.8)
        palm = tube(shape, along_path(reach, np.linspace(1.95, 4, 8)), np.full(8, 0.2 * frame.width))
        hands |= palm & beyond(shape, reach, 1.95)
    skin = (groups["arms"] + groups["legs"]).clip(0, 1)
    parts = {
        "face": groups["face"] * (along <= jaw),
        "neck": groups["face"] * (along > jaw),
        "hair": groups["hair"],
        "skin": skin,
        "hands": groups["arms"] * hands,
        "upper": (groups["upper"] + groups["dress"] * ~below_hips).clip(0, 1),
        "lower": (groups["lower"] + groups["dress"] * below_hips).clip(0, 1),
        "feet": groups["feet"],
        "accessories": groups["accessories"],
    }
    return {name: values.astype(np.float32) for name, values in parts.items()}


def _normalisation(folder: Path) -> tuple[Float, Float]:
    """Mean and deviation of the network's input, of ImageNet where the folder does not say."""
    path = folder / "preprocessor_config.json"
    told = json.loads(path.read_text("utf-8")) if path.is_file() else {}
    mean, std = told.get("image_mean", (0.485, 0.456, 0.406)), told.get("image_std", (0.229, 0.224, 0.225))
    return np.array(mean, np.float32), np.array(std, np.float32)
