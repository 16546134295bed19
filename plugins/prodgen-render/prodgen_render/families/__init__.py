"""Parametric products: the catalogue of families, and the choice of one by a product's words."""

from typing import TYPE_CHECKING, Any

from prodgen_render.families.catalogue import FAMILIES, LEARNT, Family

if TYPE_CHECKING:
    from prodgen_render.families.choosing import family_of

__all__ = ["FAMILIES", "LEARNT", "Family", "family_of"]


def __getattr__(name: str) -> Any:
    # Every start of the host lists the families in a spec; the choice needs numpy and scipy, which would double that time.
    if name == "family_of":
        from prodgen_render.families.choosing import family_of

        return family_of
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
