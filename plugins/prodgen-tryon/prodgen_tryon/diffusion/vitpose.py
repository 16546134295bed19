"""The body parser `body/vitpose`: joints by a ViTPose checkpoint, person and all other landmarks by another parser."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from prodgen_sdk.checkpoints.digests import identity
from prodgen_sdk.checkpoints.messages import collected_messages
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError
from prodgen_sdk.interfaces import BodyParser
from prodgen_sdk.types import Body, Image, PersonPhoto
from prodgen_tryon.body.parsing import parse_parts
from prodgen_tryon.body.skeleton import INDEX, skeleton
from prodgen_tryon.config import Config
from prodgen_tryon.diffusion.base import configured, refined
from prodgen_tryon.diffusion.config import Vitpose
from prodgen_tryon.diffusion.loading import load_network, quietly
from prodgen_tryon.filters import Float

LICENCE = "Apache-2.0"
JOINTS = (
    "nose", "left_eye", "right_eye", "left_ear", "right_ear", "left_shoulder", "right_shoulder", "left_elbow", "right_elbow",
    "left_wrist", "right_wrist", "left_hip", "right_hip", "left_knee", "right_knee", "left_ankle", "right_ankle",
)  # fmt: skip
"""The 17 joints of COCO, in its order, by the names that they have here."""
FOLLOWERS = {
    "wrist": ("pinky", "index", "thumb"), "ankle": ("heel", "foot_index"), "eye": ("eye_inner", "eye_outer"),
}  # fmt: skip
"""What COCO does not know, by the joint of the same side that it moves with."""


class VitposeBodyParser(BodyParser):
    """Joints from the network's heatmaps where it is sure of them; what it does not know moves along with its joint.

    Xu et al., ViTPose: Simple Vision Transformer Baselines for Human Pose Estimation (NeurIPS 2022).
    """

    id = "body/vitpose"

    def __init__(self, config: Config | None, ctx: Context) -> None:
        settings = config or Config()
        section: Vitpose = configured(settings.vitpose, "vitpose", self.id)
        self._model, folder = load_network(
            "VitPoseForPoseEstimation", section, LICENCE, ctx, accept=settings.accept_noncommercial, component=self.id
        )
        _check_joints(self._model.config, folder)
        with collected_messages():
            processor = quietly("transformers", "VitPoseImageProcessorPil")
            height, width = self._model.config.backbone_config.image_size
            self._processor = processor(size={"height": height, "width": width})
        self._section, self._lock = section, threading.Lock()
        self.digest, self.depends_on = identity(section, folder, ctx.state), section.model_dump()

    def parse(self, photos: Sequence[PersonPhoto], ctx: Context) -> list[Body]:
        return refined(photos, self._section.base, self._with_joints, ctx)

    def joints(self, photo: Image, box: tuple[float, float, float, float]) -> Float:
        """x, y in pixels and confidence of each of `JOINTS`, float32 [17, 3].

        Args:
            photo: uint8 RGB [h, w, 3].
            box: of the person, x, y, width and height.
        """
        import torch

        boxes = [[list(box)]]
        with self._lock, torch.no_grad(), collected_messages():
            inputs = self._processor(photo, boxes=boxes, return_tensors="pt")
            outputs = self._model(pixel_values=inputs["pixel_values"].to(self._model.device))
            outputs.heatmaps = outputs.heatmaps.float().cpu()
            found = self._processor.post_process_pose_estimation(outputs, boxes=boxes)[0][0]
        scores = found["scores"].clip(0, 1)
        table: Float = torch.cat([found["keypoints"], scores[:, None]], 1).numpy().astype(np.float32)
        return table

    def _with_joints(self, photo: Image, body: Body) -> Body:
        landmarks = merged(body.landmarks, self.joints(photo, _box(body)), self._section.least)
        frame = skeleton(landmarks)
        parts = parse_parts(photo, body.person, frame)
        return body.model_copy(
            update={"landmarks": landmarks, "parts": parts, "person": parts["person"], "orientation": frame.facing}
        )


def merged(landmarks: Float, joints: Float, least: float) -> Float:
    """The 33 landmarks [33, 3] with the joints [17, 3] whose confidence is at least `least`; their followers move along.

    >>> everywhere = np.zeros((33, 3), np.float32)
    >>> joints = np.tile(np.array([[4.0, 2.0, 0.9]], np.float32), (17, 1))
    >>> merged(everywhere, joints, 0.3)[INDEX["left_thumb"]].tolist()
    [4.0, 2.0, 0.0]
    """
    result = np.array(landmarks, np.float32)
    for name, joint in zip(JOINTS, joints, strict=True):
        if joint[2] < least:
            continue
        shift = joint[:2] - landmarks[INDEX[name], :2]
        result[INDEX[name]] = joint
        side, _, kind = name.partition("_")
        moved = [f"{side}_{follower}" for follower in FOLLOWERS.get(kind, ())]
        if name == "nose":
            moved = ["mouth_left", "mouth_right"]
        for follower in moved:
            result[INDEX[follower], :2] += shift
    return result


def _box(body: Body) -> tuple[float, float, float, float]:
    """Around what is person, or around the landmarks where nothing is."""
    ys, xs = np.nonzero(body.person > 0.3)
    if not len(xs):
        xs, ys = body.landmarks[:, 0], body.landmarks[:, 1]
    x, y = float(xs.min()), float(ys.min())
    return x, y, max(float(xs.max()) + 1 - x, 1.0), max(float(ys.max()) + 1 - y, 1.0)


def _check_joints(config: Any, folder: Path) -> None:
    if config.num_labels != len(JOINTS):
        raise ConfigError(
            f"body/vitpose: {folder} finds {config.num_labels} joints; those of COCO are {len(JOINTS)}.",
            hint="Name a ViTPose that was trained on COCO alone, such as usyd-community/vitpose-base-simple.",
        )
    if getattr(config.backbone_config, "num_experts", 1) > 1:
        raise ConfigError(
            f"body/vitpose: {folder} is a ViTPose++ with several experts, which is not supported.",
            hint="Name a ViTPose that was trained on COCO alone, such as usyd-community/vitpose-base-simple.",
        )
