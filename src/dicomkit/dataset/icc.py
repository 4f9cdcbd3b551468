"""The ICC profile of a colour image (PS3.3 C.11.15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.attributes import item, octets

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["icc_profile"]


def icc_profile(ds: Dataset) -> bytes | None:
    """Find the profile in the image, or in the optical path of a slide (C.8.12.5)."""
    for place in (ds, item(ds, "OpticalPathSequence")):
        profile = None if place is None else octets(place, "ICCProfile")
        if profile:
            return profile
    return None
