"""Checked files of a configured source, with what serves where there is no network."""

from __future__ import annotations

from functools import partial

from prodgen_sdk.checkpoints import finding

_OFFLINE = "Where there is a network run: prodgen models pull {name}. tryon/warp needs no weights."

find_folder = partial(finding.find_folder, offline=_OFFLINE)
find_file = partial(finding.find_file, offline=_OFFLINE)
