"""The body parser `body/litert`: MediaPipe's pose models, run by LiteRT."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import MissingDependency
from prodgen_sdk.interfaces import BodyParser
from prodgen_sdk.types import Body, Image, PersonPhoto
from prodgen_tryon.body import pose
from prodgen_tryon.body.models import DETECTOR, LANDMARKER, check_digest
from prodgen_tryon.body.parsing import parse_parts
from prodgen_tryon.body.quiet import without_stderr_lines
from prodgen_tryon.body.skeleton import skeleton
from prodgen_tryon.config import Config
from prodgen_tryon.filters import dilate

MIN_PRESENCE = 0.4
CROWD = 0.5  # a second person counts when at least this fraction of the main one's size
BESIDE = 0.7  # the same for one whom the detector sees only without the main one: smaller ones may be a poker or a lamp
COVER = 0.03  # how far around the main person all is hidden when others are looked for, in radii of that person
OWN = 0.5  # share of another person that must not lie where the main one was
SAMPLED = 7  # one pixel of so many tells the scene's colour


class LitertBodyParser(BodyParser):
    """Landmarks, person mask and part masks of a photo.

    The interpreters are made once and used by one thread at a time; the same photo always gives the same body.
    """

    def __init__(self, config: Config | None, ctx: Context) -> None:
        self._config = config or Config()
        folder = ctx.models("pose")
        self._detector = _interpreter(folder / DETECTOR, self._config.threads)
        self._landmarker = _interpreter(folder / LANDMARKER, self._config.threads)
        self._lock = threading.Lock()

    def parse(self, photos: Sequence[PersonPhoto], ctx: Context) -> list[Body]:
        bodies = []
        for photo in photos:
            ctx.check()
            bodies.append(self.parse_image(images.flatten(photo.image)))
        return bodies

    def parse_image(self, image: Image, parts: bool = True) -> Body:
        """The body in one RGB picture; `parts=False` leaves out the part masks, which take most of the time."""
        shape = image.shape[:2]
        with self._lock:
            found = self._detect(image)
            if not found:
                nothing = np.zeros(shape, np.float32)
                return Body(landmarks=np.zeros((33, 3), np.float32), person=nothing, people=0, confidence=0.0)
            main = max(found, key=lambda person: person.radius * person.score)
            people = sum(person.radius >= CROWD * main.radius for person in found)
            landmarks, person, presence, turn = self._landmarks(image, main)
            if people == 1 and presence >= MIN_PRESENCE:
                people += self._beside(image, person, main)
        if presence < MIN_PRESENCE:
            nothing = np.zeros(shape, np.float32)
            return Body(landmarks=landmarks, person=nothing, people=0, confidence=presence)
        frame = skeleton(landmarks)
        masks = parse_parts(image, person, frame) if parts else {}
        return Body(
            landmarks=landmarks,
            person=masks.get("person", person),
            parts=masks,
            orientation=frame.facing,
            people=people,
            turn=turn,
            confidence=min(presence, 1.0),
        )

    def _detect(self, image: Image) -> list[pose.Detection]:
        square, scale, offset = pose.letterbox(image)
        boxes, scores = _run(self._detector, square)
        if boxes.shape[-1] == 1:
            boxes, scores = scores, boxes
        return pose.decode(boxes.reshape(-1, 12), scores, scale, offset)

    def _beside(self, image: Image, person: Any, main: pose.Detection) -> int:
        """How many people of about the main one's size stand beside that one, whom the detector sees only without it."""
        gone = dilate(person > 0.3, COVER * main.radius)
        if gone.all():
            return 0
        rest = image.copy()
        rest[gone] = np.median(image[~gone][::SAMPLED], axis=0)
        people = 0
        for other in self._detect(rest):
            if other.radius >= BESIDE * main.radius:
                _, body, presence, _ = self._landmarks(rest, other)
                seen = body > 0.5  # what was covered has a person's outline itself
                people += bool(presence >= MIN_PRESENCE and (seen & ~gone).sum() > OWN * seen.sum())
        return people

    def _landmarks(self, image: Image, person: pose.Detection) -> tuple[Any, Any, float, float]:
        region = pose.region_of(person.centre, person.top)
        for last in (False, True):
            outputs = _run(self._landmarker, pose.crop(image, region))
            raw = next(o for o in outputs if o.size == 195)
            presence = float(next(o for o in outputs if o.size == 1).reshape(-1)[0])
            points, following = pose.landmarks_in_photo(raw, region)
            usable = math.isfinite(following.edge) and 0.5 < following.edge / region.edge < 2
            if last or not usable or presence < MIN_PRESENCE:
                break
            region = following
        logits = next(o for o in outputs if o.size == pose.LANDMARK_SIZE**2)
        mask = pose.mask_in_photo(logits, region, (image.shape[0], image.shape[1]))
        return points, mask, presence, pose.turned(raw)


def _interpreter(path: Path, threads: int) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ImportError as error:
        raise MissingDependency(
            "ai-edge-litert, which runs the pose models, is not installed.", hint="Run: pip install ai-edge-litert"
        ) from error
    if not path.is_file():
        raise MissingDependency(
            f"The pose model {path.name} is not in {path.parent}.", hint="Run: prodgen models pull pose"
        )
    check_digest(path)
    with without_stderr_lines(b"INFO: Created TensorFlow Lite"):
        interpreter = Interpreter(model_path=str(path), num_threads=threads)
        interpreter.allocate_tensors()
    return interpreter


def _run(interpreter: Any, picture: Any) -> list[Any]:
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], picture[None])
    interpreter.invoke()
    return [interpreter.get_tensor(detail["index"]) for detail in interpreter.get_output_details()]
