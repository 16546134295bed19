"""People and garments -> dressed people. What was made before is kept beside the report and found again."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from prodgen_sdk import images, runtime
from prodgen_sdk.context import Progress
from prodgen_sdk.demo.findings import Dressed, Look
from prodgen_sdk.demo.plan import Plan
from prodgen_sdk.errors import MissingDependency
from prodgen_sdk.files import file_digest, write_atomically
from prodgen_sdk.session import TryOnSession
from prodgen_sdk.studio import Studio
from prodgen_sdk.types import PersonPhoto, Product, Refusal, TryOn

_TITLE = "Dressing people"


def dress(
    studio: Studio,
    people: Sequence[Path],
    products: Mapping[str, Product],
    plan: Plan,
    folder: Path,
    progress: Progress,
) -> tuple[tuple[Dressed, ...], dict[str, float], str]:
    """Every person in every garment, and in the plan's outfits.

    Returns:
        the people, what was measured, and why nobody could be dressed (empty if they were).
    """
    garments = [sku for sku, product in products.items() if any(media.role == "front" for media in product.media)]
    wanted = [*((sku,) for sku in garments[: plan.garments]), *(o for o in plan.outfits if products.keys() >= set(o))]
    chosen = people[: plan.people] if wanted else []
    dressed = []
    for number, file in enumerate(chosen):
        photo = PersonPhoto(image=images.load(file))
        looks = []
        with studio.session(photo) as session:
            for place, skus in enumerate(wanted):
                progress(number * len(wanted) + place, len(chosen) * len(wanted), _TITLE)
                worn = [products[sku] for sku in skus]
                path = _place(studio, file, worn, folder)
                try:
                    looks.append(_kept(path) or _look(session, worn, path))
                except MissingDependency as error:
                    return (), {}, str(error)
        dressed.append(Dressed(f"Person {number + 1}", photo.image, tuple(looks)))
    if chosen:
        progress(1, 1, _TITLE)
    return tuple(dressed), _pace(dressed), ""


def _place(studio: Studio, person: Path, worn: Sequence[Product], folder: Path) -> Path:
    """Where a look is kept: named by photo, garments and compositor, so that equal work is found again."""
    entry = studio.host.entry("compositor")
    identity = [file_digest(person), entry.spec.id, entry.version, [product.content() for product in worn]]
    return folder / f"{runtime.canonical_digest(identity)[:24]}.json"


def _look(session: TryOnSession, worn: Sequence[Product], path: Path) -> Look:
    started = time.perf_counter()
    answer = session.try_on(worn)
    seconds = time.perf_counter() - started
    skus = tuple(product.sku for product in worn)
    if isinstance(answer, Refusal):
        look = Look(skus, seconds, reused=False, refusal=answer)
    else:
        look = Look(skus, seconds, False, answer.image, answer.confidence, _warnings(answer))
    _keep(path, look)
    return look


def _kept(path: Path) -> Look | None:
    if not path.exists():
        return None
    facts = json.loads(path.read_text("utf-8"))
    refusal = Refusal.model_validate(facts["refusal"]) if facts["refusal"] else None
    image = images.load(path.with_suffix(".png")) if refusal is None else None
    skus, warnings = tuple(facts["skus"]), tuple(facts["warnings"])
    return Look(skus, facts["seconds"], True, image, facts["confidence"], warnings, refusal)


def _keep(path: Path, look: Look) -> None:
    if look.image is not None:
        images.save(look.image, path.with_suffix(".png"))
    facts = {
        "skus": look.skus,
        "seconds": look.seconds,
        "confidence": look.confidence,
        "warnings": look.warnings,
        "refusal": look.refusal.model_dump() if look.refusal is not None else None,
    }
    write_atomically(path, json.dumps(facts, ensure_ascii=False, indent=1).encode())


def _pace(people: Sequence[Dressed]) -> dict[str, float]:
    """Median seconds of a person's first garment, and of the next ones; single garments only."""
    from statistics import median

    single = [[look for look in person.looks if len(look.skus) == 1 and look.image is not None] for person in people]
    first = [looks[0].seconds for looks in single if looks]
    later = [look.seconds for looks in single for look in looks[1:]]
    figures = {"tryon_first_s": median(first)} if first else {}
    return figures | ({"tryon_next_s": median(later)} if later else {})


def _warnings(answer: TryOn) -> tuple[str, ...]:
    if answer.screening is None or answer.screening.outcome == "pass":
        return answer.warnings
    return (*answer.warnings, *(f"Screening: {reason}." for reason in answer.screening.reasons))
