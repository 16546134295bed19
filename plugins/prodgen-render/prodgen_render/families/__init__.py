"""Parametric products: the catalogue of families, and the choice of one by a product's words."""

from prodgen_render.families.catalogue import FAMILIES, LEARNT, Family
from prodgen_render.families.choosing import family_of

__all__ = ["FAMILIES", "LEARNT", "Family", "family_of"]
