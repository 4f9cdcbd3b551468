"""Which way the patient lies in a picture (PS3.3 C.7.6.1.1.1, C.7.6.2.1.1)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.elements.attributes import numbers, text, texts
from dicomkit.dataset.elements.functional_groups import scope

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["EdgeLetters", "direction_letters", "edge_letters"]

# The patient-based axes point to the patient's left, back and head.
_AXES = (("L", "R"), ("P", "A"), ("H", "F"))
_OPPOSITE = str.maketrans("LRPAHF", "RLAPFH")
# The sine of 10 degrees: a smaller tilt earns no letter.
_VISIBLE = 0.174
# How far stated cosines may be from unit length and from a right angle: files round them.
_TOLERANCE = 0.1
_COSINES = 6
_PAIR = 2


@dataclass(frozen=True, slots=True)
class EdgeLetters:
    """What part of the patient each edge of a picture is nearest to.

    Letters are L and R for left and right, A and P for front and back, H and F for head
    and feet; in an oblique picture several, the main direction first. None is unknown.

    Attributes
    ----------
    left, right, top, bottom : str or None
        The picture's edges.

    Examples
    --------
    >>> EdgeLetters.from_directions("L", "P")
    EdgeLetters(left='R', right='L', top='A', bottom='P')
    """

    left: str | None
    right: str | None
    top: str | None
    bottom: str | None

    @classmethod
    def from_directions(cls, row: str, column: str) -> EdgeLetters:
        """Take where rows lead, to the right, and where columns lead, to the bottom."""
        return cls(row.translate(_OPPOSITE), row, column.translate(_OPPOSITE), column)


def edge_letters(ds: Dataset, frame: int = 0) -> EdgeLetters | None:
    """Find the letters of a frame's edges, or None where the dataset does not know them.

    Image Orientation (Patient) goes before Patient Orientation, and a frame's functional
    group before the shared one and the root (C.7.6.16.2.4, C.7.6.16.2.15). Directions that
    are no right angle, and letters that the standard does not know, count as unknown.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        Any dataset.
    frame : int
        Counted from 0.

    Returns
    -------
    EdgeLetters or None

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> edge_letters(dk.read_dataset(pydicom.data.get_testdata_file("CT_small.dcm")))
    EdgeLetters(left='R', right='L', top='A', bottom='P')
    """
    # The letters and axes of animals on four feet are others.
    if text(ds, "AnatomicalOrientationType") == "QUADRUPED":
        return None
    plane, _ = scope(ds, frame, "PlaneOrientationSequence")
    cosines = numbers(plane, "ImageOrientationPatient")
    if len(cosines) == _COSINES:
        row, column = cosines[:3], cosines[3:]
        if _is_right_angle(row, column):
            return EdgeLetters.from_directions(direction_letters(row), direction_letters(column))
    stated, _ = scope(ds, frame, "PatientOrientationInFrameSequence")
    directions = texts(stated, "PatientOrientation")
    if len(directions) == _PAIR and all(map(_is_direction, directions)):
        return EdgeLetters.from_directions(*directions)
    return None


def _is_right_angle(row: tuple[float, ...], column: tuple[float, ...]) -> bool:
    lengths = (math.hypot(*row), math.hypot(*column))
    across = sum(a * b for a, b in zip(row, column, strict=True))
    return all(abs(length - 1) <= _TOLERANCE for length in lengths) and abs(across) <= _TOLERANCE


def direction_letters(direction: tuple[float, ...]) -> str:
    """Name where a unit vector leads: by the part of the patient, the main one first."""
    parts = sorted(zip(direction, _AXES, strict=True), key=lambda part: -abs(part[0]))
    return "".join(
        towards if cosine > 0 else away
        for cosine, (towards, away) in parts
        if abs(cosine) >= _VISIBLE
    )


def _is_direction(said: str) -> bool:
    """Tell whether these are letters of a biped, each axis once."""
    axes = [index for letter in said for index, axis in enumerate(_AXES) if letter in axis]
    return bool(said) and len(axes) == len(said) == len(set(axes))
