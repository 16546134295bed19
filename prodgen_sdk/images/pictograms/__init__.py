"""Pictograms: small pictures of what a title names, for labels and prints, as outlines in one or two inks.

>>> things()[subject_of("Strawberry jam")] is pictogram_of("Strawberry jam")
True
>>> cover(pictogram_of("金枪鱼罐头"), 32).shape
(32, 32)
"""

from prodgen_sdk.images.pictograms.colours import NATURAL, inks_of
from prodgen_sdk.images.pictograms.drawing import cover, covers
from prodgen_sdk.images.pictograms.outlines import FIRST, SECOND, Motif, Outline, in_one_ink
from prodgen_sdk.images.pictograms.subjects import subject_of
from prodgen_sdk.images.pictograms.things import pictogram_of, things

__all__ = [
    "FIRST",
    "NATURAL",
    "SECOND",
    "Motif",
    "Outline",
    "cover",
    "covers",
    "in_one_ink",
    "inks_of",
    "pictogram_of",
    "subject_of",
    "things",
]
