"""Models as JSON text in a column."""

from __future__ import annotations

import json

from pydantic import BaseModel


def dump(model: BaseModel) -> str:
    """JSON in which infinite numbers survive (a PSNR may be one), unlike in `model_dump_json`."""
    return json.dumps(model.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":"))
