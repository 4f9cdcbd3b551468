"""RT structure sets (PS3.3 C.8.8.5, C.8.8.6, C.8.8.8): regions of interest and their contours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset

from dicomkit.dataset.elements.attributes import decimals, integer, integers, items, text
from dicomkit.errors import InconsistentError
from dicomkit.notes import Note

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["Contour", "Structure", "read_structures"]

_AXES: Final = 3
_BYTE: Final = 255
# In mm; what lies farther is no patient.
_FARTHEST: Final = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Contour:
    """One contour of a structure.

    Attributes
    ----------
    kind : str
        Contour Geometric Type: ``"CLOSED_PLANAR"``, ``"CLOSEDPLANAR_XOR"``, ``"POINT"``,
        ``"OPEN_PLANAR"``, ``"OPEN_NONPLANAR"``; empty where the file does not say it.
    points : numpy.ndarray of float64, shape (n, 3)
        Millimetres towards the patient's left, back and head; read-only.
    """

    kind: str
    points: npt.NDArray[np.float64]

    def __repr__(self) -> str:
        """Say how many points of what."""
        return f"<Contour: {self.kind or 'of no kind'}, {len(self.points)} points>"


@dataclass(frozen=True, slots=True, eq=False)
class Structure:
    """A region of interest of an RT structure set, with its contours.

    Attributes
    ----------
    number : int
        ROI Number.
    name : str or None
        ROI Name: what people call it.
    type : str or None
        RT ROI Interpreted Type, such as ``"GTV"``, ``"ORGAN"`` or ``"EXTERNAL"``.
    color : (int, int, int) or None
        ROI Display Color, red, green and blue, each 0 to 255.
    algorithm : str or None
        ROI Generation Algorithm: ``"AUTOMATIC"``, ``"SEMIAUTOMATIC"`` or ``"MANUAL"``.
    frame_of_reference_uid : str or None
        In which Frame of Reference the contours' points are.
    contours : tuple of Contour
        In the order of the file.
    notes : tuple of Note
        What was left out because it cannot be read.
    """

    number: int
    name: str | None
    type: str | None
    color: tuple[int, int, int] | None
    algorithm: str | None
    frame_of_reference_uid: str | None
    contours: tuple[Contour, ...]
    notes: tuple[Note, ...]

    def __repr__(self) -> str:
        """Give number, name and how many contours there are."""
        many = "1 contour" if len(self.contours) == 1 else f"{len(self.contours)} contours"
        return f"<Structure: {self.number}, {self.name!r}, {many}>"


def read_structures(ds: Dataset) -> tuple[Structure, ...]:
    """Read the structures of a structure set, in its order.

    Raises
    ------
    InconsistentError
        It is none, or its structures cannot be told apart by their numbers.
    """
    if "StructureSetROISequence" not in ds:
        msg = "the dataset is no structure set: it has no Structure Set ROI Sequence"
        raise InconsistentError(msg)
    named = _by_number(ds, "StructureSetROISequence", "ROINumber")
    drawn = _by_number(ds, "ROIContourSequence", "ReferencedROINumber")
    observed: dict[int, Dataset] = {}
    for one in items(ds, "RTROIObservationsSequence"):
        number = integer(one, "ReferencedROINumber")
        if number is not None:
            observed.setdefault(number, one)
    # Contours of a structure that nothing names are contours all the same.
    return tuple(
        _structure(number, *(one.get(number, Dataset()) for one in (named, drawn, observed)))
        for number in dict.fromkeys((*named, *drawn))
    )


def _by_number(ds: Dataset, sequence: str, keyword: str) -> dict[int, Dataset]:
    found: dict[int, Dataset] = {}
    for one in items(ds, sequence):
        number = integer(one, keyword)
        if number is None or number in found:
            msg = "the structures cannot be told apart: a number is missing, or there twice"
            raise InconsistentError(msg)
        found[number] = one
    return found


def _structure(number: int, named: Dataset, drawn: Dataset, observed: Dataset) -> Structure:
    notes: list[Note] = []
    contours = _contours(drawn, notes)
    color = integers(drawn, "ROIDisplayColor")
    inside = len(color) == _AXES and all(0 <= part <= _BYTE for part in color)
    return Structure(
        number,
        text(named, "ROIName"),
        text(observed, "RTROIInterpretedType"),
        (color[0], color[1], color[2]) if inside else None,
        text(named, "ROIGenerationAlgorithm"),
        text(named, "ReferencedFrameOfReferenceUID"),
        contours,
        tuple(notes),
    )


def _contours(drawn: Dataset, notes: list[Note]) -> tuple[Contour, ...]:
    found, lost = [], 0
    for one in items(drawn, "ContourSequence"):
        points = decimals(one, "ContourData")
        if not points.size or points.size % _AXES or np.abs(points).max() > _FARTHEST:
            lost += 1
            continue
        points = points.reshape(-1, _AXES)
        points.flags.writeable = False
        found.append(Contour(text(one, "ContourGeometricType") or "", points))
    if lost:
        counted = "1 contour has" if lost == 1 else f"{lost} contours have"
        message = f"{counted} no Contour Data that are points in a patient: left out"
        notes.append(Note("contour_ignored", message))
    return tuple(found)
