"""Where a frame lies in the patient (PS3.3 C.7.6.2.1.1, C.7.6.16.2.1 to C.7.6.16.2.4)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from dicomkit.dataset.elements.attributes import integer, integers, item, number, numbers, text
from dicomkit.dataset.elements.functional_groups import count_groups, has_groups, macro, macros
from dicomkit.notes import Note

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = ["PLANE_KEYWORDS", "FramePlacer", "Plane", "Vector", "directions_of", "slice_step"]

Vector: TypeAlias = tuple[float, float, float]

PLANE_KEYWORDS = (
    "DetectorInformationSequence",
    "DetectorVector",
    "FrameIncrementPointer",
    "FrameOfReferenceUID",
    "GridFrameOffsetVector",
    "ImageOrientationPatient",
    "ImagePositionPatient",
    "PixelSpacing",
    "SliceVector",
    "SpacingBetweenSlices",
)
"""What is looked for in a file's own elements."""

_AXES = 3
_COSINES = 6
_PAIR = 2
# How far cosines may be from unit length and a right angle: then mended, then without meaning.
_ROUNDED, _BROKEN = 1e-4, 0.1
# What frames follow each other in without lying behind each other: time (PS3.3 C.7.6.5.1.1); energy
# window, detector, phase, rotation, R-R interval, time slot, angle or time slice (C.8.4.8).
_NO_SLICES = (
    *(0x00181063, 0x00181065),
    *(0x00540010, 0x00540020, 0x00540030, 0x00540050),
    *(0x00540060, 0x00540070, 0x00540090, 0x00540100),
)
# What no scanner reaches, in mm: beyond it a number is broken, and arithmetic would overflow.
_FARTHEST = 1e7
_FINEST, _COARSEST = 1e-7, 1e5
# How far the normal of transverse planes is from the patient's axis at most (C.8.8.3.2), and how
# far an offset may be from the position that it repeats, in mm.
_TRANSVERSE, _SAME_PLACE = 1e-3, 0.01


@dataclass(frozen=True, slots=True)
class Plane:
    """The plane that a frame lies in, as the file states it.

    The centre of the pixel in row j and column i lies at ``position + row * spacing[1] * i +
    column * spacing[0] * j`` (PS3.3 C.7.6.2.1.1), in millimetres towards the patient's left,
    back and head.

    Attributes
    ----------
    position : (float, float, float)
        Image Position (Patient): the centre of the first pixel.
    row, column : (float, float, float)
        Image Orientation (Patient): where i and j lead.
    spacing : (float, float)
        Pixel Spacing: between rows, between columns.
    shape : (int, int)
        Rows, columns.
    frame_of_reference_uid : str or None
        Frame of Reference UID: positions with the same one can be compared.
    """

    position: tuple[float, float, float]
    row: tuple[float, float, float]
    column: tuple[float, float, float]
    spacing: tuple[float, float]
    shape: tuple[int, int]
    frame_of_reference_uid: str | None

    @property
    def normal(self) -> tuple[float, float, float]:
        """The direction of the row times that of the column."""
        (a, b, c), (d, e, f) = self.row, self.column
        return b * f - c * e, c * d - a * f, a * e - b * d

    def moved(self, distance: float) -> Plane:
        """Give the plane so many millimetres along the normal."""
        x, y, z = (
            place + distance * part for place, part in zip(self.position, self.normal, strict=True)
        )
        return Plane(
            (x, y, z), self.row, self.column, self.spacing, self.shape, self.frame_of_reference_uid
        )


def place_again(ds: Dataset, plane: Plane) -> Plane | None:
    """Find the plane of a header that differs from another one's in its position alone."""
    position = numbers(ds, "ImagePositionPatient")
    if len(position) != _AXES or max(map(abs, position)) > _FARTHEST:
        return None
    return replace(plane, position=(position[0], position[1], position[2]))


class FramePlacer:
    """Finds the planes of a dataset's frames.

    Each attribute is the frame's own, else that of all frames, else the file's. Frames without
    positions of their own lie one behind the other, as far apart as the dataset says.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        A header is enough.
    frames : int
        How many there are.
    """

    def __init__(self, ds: Dataset, frames: int) -> None:
        self._ds = ds
        self._frames = frames
        self._own = count_groups(ds)
        # What is said alike of all frames without groups of their own, by their detectors.
        self._common: dict[int, _Stated] = {}
        self._detectors = integers(ds, "DetectorVector")
        self._offsets = numbers(ds, "GridFrameOffsetVector")
        self._slices = integers(ds, "SliceVector")
        pointers = integers(ds, "FrameIncrementPointer")
        elsewhere = any(one in pointers for one in _NO_SLICES) and not self._slices
        self._step = None if elsewhere else number(ds, "SpacingBetweenSlices")

    def place(self, frame: int, notes: list[Note]) -> Plane | None:
        """Find the plane of a frame, counted from 0, or None where the dataset does not place it.

        Takes down in `notes` what was mended or assumed.
        """
        # Which item of the Detector Information Sequence it belongs to (C.8.4.15).
        known = frame < len(self._detectors)
        detector = max(self._detectors[frame] - 1, 0) if known else 0
        if frame < self._own:
            stated = self._stated(frame, detector)
        else:
            if detector not in self._common:
                self._common[detector] = self._stated(frame, detector)
            stated = self._common[detector]
        notes.extend(stated.notes)
        plane = stated.plane
        if plane is not None and not stated.is_own and self._frames > 1:
            plane = plane.moved(self._offset(frame, plane, notes))
        if plane is None or max(map(abs, plane.position)) <= _FARTHEST:
            return plane
        message = "Image Position (Patient) leads to where no patient is: it counts as absent"
        notes.append(Note("attribute_ignored", message))
        return None

    def _stated(self, frame: int, detector: int) -> _Stated:
        ds, notes = self._ds, list[Note]()
        place = item(ds, "DetectorInformationSequence", detector)
        cosines = _stated(ds, frame, "PlaneOrientationSequence", "ImageOrientationPatient", place)
        spacing = _stated(ds, frame, "PixelMeasuresSequence", "PixelSpacing")
        position = _stated(ds, frame, "PlanePositionSequence", "ImagePositionPatient", place)
        rows, columns = integer(ds, "Rows"), integer(ds, "Columns")
        placed = len(position) == _AXES and len(cosines) == _COSINES
        if not placed or len(spacing) != _PAIR or min(spacing) <= 0:
            return _Stated(None)
        if rows is None or columns is None or min(rows, columns) < 1:
            return _Stated(None)
        if not _FINEST <= min(spacing) <= max(spacing) <= _COARSEST:
            message = "Pixel Spacing is no length of a pixel: it counts as absent"
            return _Stated(None, notes=(Note("attribute_ignored", message),))
        directions = directions_of(cosines, notes)
        if directions is None:
            return _Stated(None, notes=tuple(notes))
        plane = Plane(
            (position[0], position[1], position[2]),
            *directions,
            (spacing[0], spacing[1]),
            (rows, columns),
            text(ds, "FrameOfReferenceUID"),
        )
        is_own = macro(ds, frame, "PlanePositionSequence") is not None
        return _Stated(plane, is_own, tuple(notes))

    def _offset(self, frame: int, plane: Plane, notes: list[Note]) -> float:
        """Say how far behind the first of all frames one lies, where none has its own position."""
        if frame < len(self._offsets):
            return self._planned_offset(frame, plane, notes)
        if not self._step:
            return 0.0
        message = "frames have no positions of their own: Spacing Between Slices was taken"
        notes.append(Note("positions_assumed", message))
        # PS3.3 C.8.4.15: a negative step leads to the front of the first frame.
        place = self._slices[frame] - 1 if frame < len(self._slices) else frame
        return self._step * place

    def _planned_offset(self, frame: int, plane: Plane, notes: list[Note]) -> float:
        """Say how far along the normal a plane of a dose lies, by Grid Frame Offset Vector."""
        first = self._offsets[0]
        distance = self._offsets[frame] - first
        # PS3.3 C.8.8.3.2 a): from the position on, along the normal.
        if first == 0:
            return distance
        # b): patient z coordinates, which begin at the position's own. The clause has them for
        # one orientation only; where the normal leads to the feet, they run against it.
        upright = plane.normal[_AXES - 1]
        if abs(first - plane.position[_AXES - 1]) <= _SAME_PLACE and abs(upright) > 1 - _TRANSVERSE:
            return math.copysign(distance, distance * upright)
        message = "Grid Frame Offset Vector begins neither at 0 nor at the position: at the first"
        notes.append(Note("positions_assumed", f"{message} frame, it was taken"))
        return distance


class _Stated(NamedTuple):
    """The plane that is stated for a frame, and whether as that of this frame."""

    plane: Plane | None
    is_own: bool = False
    notes: tuple[Note, ...] = ()


def slice_step(ds: Dataset, frame: int) -> float | None:
    """Give Spacing Between Slices, which may be negative; None where it is absent or 0."""
    stated = _stated(ds, frame, "PixelMeasuresSequence", "SpacingBetweenSlices")
    return stated[0] if stated and _FINEST <= abs(stated[0]) <= _COARSEST else None


def _stated(
    ds: Dataset, frame: int, sequence: str, keyword: str, detector: Dataset | None = None
) -> tuple[float, ...]:
    """Give an attribute's values: the frame's own, else those of all, else the file's."""
    found = (place for place, _ in macros(ds, frame, sequence)) if has_groups(ds) else ()
    for place in (*found, ds, detector):
        values = () if place is None else numbers(place, keyword)
        if values:
            return values
    return ()


def directions_of(cosines: tuple[float, ...], notes: list[Note]) -> tuple[Vector, Vector] | None:
    """Make six cosines two directions at a right angle; None where they are none."""
    (a, b, c), (d, e, f) = cosines[:3], cosines[3:]
    across = a * d + b * e + c * f
    off = max(abs(math.hypot(a, b, c) - 1), abs(math.hypot(d, e, f) - 1), abs(across))
    if off > _BROKEN:
        message = "Image Orientation (Patient) does not hold two directions at a right angle"
        notes.append(Note("orientation_ignored", message))
        return None
    if off <= _ROUNDED:
        return (a, b, c), (d, e, f)
    message = "the cosines of Image Orientation (Patient) are not at a right angle of length 1"
    notes.append(Note("orientation_mended", f"{message}: they are now"))
    row = _unit((a, b, c))
    along = row[0] * d + row[1] * e + row[2] * f
    return row, _unit((d - along * row[0], e - along * row[1], f - along * row[2]))


def _unit(vector: Vector) -> Vector:
    length = math.hypot(*vector)
    return vector[0] / length, vector[1] / length, vector[2] / length
