"""Where many frames lie at once, in the patient or on a slide (PS3.3 C.7.6.16.2.3, C.7.6.17.3).

`plane` says it of one frame, with all that a stack needs to know. Here are the arrays that
placing ten thousand tiles, or frames of a segmentation, takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from dicomkit.dataset.elements.attributes import integer, integers, item, number, numbers, text
from dicomkit.dataset.elements.functional_groups import count_groups, macro
from dicomkit.dataset.modules.plane import FramePlacer, directions_of
from dicomkit.dataset.modules.slices import place_slice
from dicomkit.errors import InconsistentError, LimitError

if TYPE_CHECKING:
    import numpy.typing as npt
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.plane import Plane
    from dicomkit.limits import Limits

__all__ = ["FramePlaces", "frame_places", "frame_sources", "picture_place"]

# A number in a header costs nothing, and each frame that it declares costs time and memory.
_MOST_ALIKE: Final = 10_000
_PAIR, _COSINES = 2, 6
_PER_MM: Final = 1000
# In mm; what lies farther, lies nowhere.
_FARTHEST: Final = 1e9
# What lies less far apart lies in one plane.
_TINY: Final = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class FramePlaces:
    """Where frames lie, in millimetres.

    The centre of the pixel in row j and column i of frame n is at ``origins[n] + down[n] * j +
    across[n] * i`` (C.7.6.2.1.1).

    Attributes
    ----------
    origins, down, across : numpy.ndarray of float64, shape (n, 3)
        NaN where the file does not place a frame.
    shape : (int, int)
        Rows and columns of each.
    channels : numpy.ndarray of int or None
        Of frames that only their order tells apart (TILED_FULL), which segment or optical path
        each is of, counted from 0.
    step : float or None
        Spacing Between Slices, above 0.
    thickness : float or None
        Slice Thickness, above 0.
    gap : float or None
        The least distance of two frames that lie apart, along the normal of the first one.
    reference : str or None
        Frame of Reference UID.
    instance : str or None
        SOP Instance UID.
    """

    origins: npt.NDArray[np.float64]
    down: npt.NDArray[np.float64]
    across: npt.NDArray[np.float64]
    shape: tuple[int, int]
    channels: npt.NDArray[np.intp] | None
    step: float | None
    thickness: float | None
    gap: float | None
    reference: str | None
    instance: str | None

    def __len__(self) -> int:
        """Count the frames."""
        return len(self.origins)

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Which frames are placed."""
        return np.isfinite(self.origins[:, 0])


def _is_tiled(ds: Dataset) -> bool:
    """Tell whether frames are tiles of one large picture, as of a slide (C.8.12.14)."""
    whole = "TotalPixelMatrixColumns" in ds and "TotalPixelMatrixRows" in ds
    # Tiles of a picture in a patient have places there.
    return whole and ("ImageOrientationSlide" in ds or _is_full(ds))


def picture_place(ds: Dataset, frame: int, frames: int, limits: Limits) -> FramePlaces:
    """Find the place of one frame, counted from 0, of an image that may be a slide.

    Raises
    ------
    LimitError
        There are more frames than the limits allow.
    InconsistentError
        Tiles are not as many as the whole picture takes.
    """
    if _is_tiled(ds):
        return _tiles(ds, frames, np.array([frame]))
    plane = place_slice(ds, frame, limits)
    places = np.full((3, 1, 3), np.nan)
    if plane is not None:
        _lay(places, 0, plane)
    return _gathered(ds, places, None)


def _lay(places: npt.NDArray[np.float64], row: int, plane: Plane) -> None:
    places[0, row] = plane.position
    places[1, row] = np.array(plane.column) * plane.spacing[0]
    places[2, row] = np.array(plane.row) * plane.spacing[1]


def frame_places(ds: Dataset, frames: int) -> FramePlaces:
    """Find the places of all frames, each its own, never by a frame's number.

    What frames of no place of their own have in common counts, but a step from one to the next
    is not assumed: segmentations leave frames out.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        A header is enough.
    frames : int
        How many there are.

    Raises
    ------
    LimitError
        There are so many frames that the file says nothing of.
    InconsistentError
        Tiles are not as many as the whole picture takes.
    """
    tiled = _is_tiled(ds)
    if not (tiled and _is_full(ds)) and frames - count_groups(ds) > _MOST_ALIKE:
        msg = f"more than {_MOST_ALIKE} frames are declared of which the file says no place"
        raise LimitError(msg)
    if tiled:
        return _tiles(ds, frames, np.arange(frames))
    placer = FramePlacer(ds, frames)
    places = np.full((3, frames, 3), np.nan)
    for frame in range(frames):
        # Frames without a position of their own, nor a common one, lie nowhere for certain.
        if frames > 1 and macro(ds, frame, "PlanePositionSequence") is None:
            continue
        plane = placer.place(frame, [])
        if plane is not None:
            _lay(places, frame, plane)
    return _gathered(ds, places, None)


def _is_full(ds: Dataset) -> bool:
    return text(ds, "DimensionOrganizationType") == "TILED_FULL"


def _gathered(
    ds: Dataset, places: npt.NDArray[np.float64], channels: npt.NDArray[np.intp] | None
) -> FramePlaces:
    with np.errstate(over="ignore", invalid="ignore"):
        broken = ~(np.abs(places) < _FARTHEST).all(axis=(0, 2))
    places[:, broken] = np.nan
    origins, down, across = places
    return FramePlaces(
        origins,
        down,
        across,
        (integer(ds, "Rows") or 0, integer(ds, "Columns") or 0),
        channels,
        _measure(ds, "SpacingBetweenSlices"),
        _measure(ds, "SliceThickness"),
        _gap(origins, down, across),
        text(ds, "FrameOfReferenceUID"),
        text(ds, "SOPInstanceUID"),
    )


def _gap(
    origins: npt.NDArray[np.float64],
    down: npt.NDArray[np.float64],
    across: npt.NDArray[np.float64],
) -> float | None:
    known = np.isfinite(origins[:, 0])
    if not known.any():
        return None
    first = int(np.argmax(known))
    normal = np.cross(across[first], down[first])
    gaps = np.diff(np.sort(origins[known] @ (normal / np.linalg.norm(normal))))
    apart = gaps[gaps > _TINY]
    return float(apart.min()) if apart.size else None


def _measure(ds: Dataset, keyword: str) -> float | None:
    found = macro(ds, 0, "PixelMeasuresSequence")
    places = (ds,) if found is None else (found[0], ds)
    for place in places:
        length = number(place, keyword)
        if length:
            return abs(length)
    return None


def _tiles(ds: Dataset, frames: int, wanted: npt.NDArray[np.intp]) -> FramePlaces:
    rows, columns = integer(ds, "Rows") or 0, integer(ds, "Columns") or 0
    channels = None
    if _is_full(ds):
        # Columns before rows before focal planes before segments or optical paths (C.7.6.17.3).
        wide = -(-(integer(ds, "TotalPixelMatrixColumns") or 0) // max(columns, 1))
        high = -(-(integer(ds, "TotalPixelMatrixRows") or 0) // max(rows, 1))
        deep = max(integer(ds, "TotalPixelMatrixFocalPlanes") or 1, 1)
        if wide < 1 or high < 1 or frames % (wide * high * deep):
            msg = "the frames are TILED_FULL, but not as many as the total pixel matrix takes"
            raise InconsistentError(msg)
        at, left = np.divmod(wanted, wide)
        at, top = np.divmod(at, high)
        channels, depth = np.divmod(at, deep)
        z = depth * (_measure(ds, "SpacingBetweenSlices") or 1.0)
        top, left = top * rows, left * columns
    else:
        stated = np.array([_tile(ds, int(frame)) for frame in wanted], np.float64)
        top, left, z = stated.reshape(-1, 3).T
        if (integer(ds, "TotalPixelMatrixFocalPlanes") or 1) == 1:
            # How deep in the glass the one plane lies, writers state or leave out as they like.
            z = np.zeros_like(top)
    places = np.full((3, len(wanted), 3), np.nan)
    origin = item(ds, "TotalPixelMatrixOriginSequence")
    cosines = numbers(ds, "ImageOrientationSlide")
    measures = macro(ds, 0, "PixelMeasuresSequence")
    spacing = () if measures is None else numbers(measures[0], "PixelSpacing")
    directions = directions_of(cosines, []) if len(cosines) == _COSINES else None
    if origin is not None and directions is not None and len(spacing) == _PAIR:
        x = number(origin, "XOffsetInSlideCoordinateSystem")
        y = number(origin, "YOffsetInSlideCoordinateSystem")
        if x is not None and y is not None and min(spacing) > 0:
            across = np.array(directions[0]) * spacing[1]
            down = np.array(directions[1]) * spacing[0]
            places[0] = np.array([x, y, 0.0]) + np.outer(top, down) + np.outer(left, across)
            places[0, :, 2] += z
            places[1], places[2] = down, across
    return _gathered(ds, places, channels)


def _tile(ds: Dataset, frame: int) -> tuple[float, float, float]:
    """Give a tile's first row and column in the total pixel matrix, from 0, and its depth in mm."""
    found = macro(ds, frame, "PlanePositionSlideSequence")
    if found is None:
        return np.nan, np.nan, np.nan
    row = integer(found[0], "RowPositionInTotalImagePixelMatrix", signed=True)
    column = integer(found[0], "ColumnPositionInTotalImagePixelMatrix", signed=True)
    if row is None or column is None:
        return np.nan, np.nan, np.nan
    # In micrometres (C.8.12.6.1), where x and y are in millimetres.
    depth = number(found[0], "ZOffsetInSlideCoordinateSystem") or 0.0
    return row - 1, column - 1, depth / _PER_MM


def frame_sources(ds: Dataset, frame: int) -> tuple[str, tuple[int, ...]] | None:
    """Find the one image that a frame was derived from (C.7.6.16.2.6).

    Returns
    -------
    (str, tuple of int) or None
        Its SOP Instance UID, and which of its frames, counted from 0; none for all of them. None
        where there is no image, or several.
    """
    found = macro(ds, frame, "DerivationImageSequence")
    source = None if found is None else item(found[0], "SourceImageSequence")
    if found is None or source is None or item(found[0], "SourceImageSequence", 1) is not None:
        return None
    uid = text(source, "ReferencedSOPInstanceUID")
    if uid is None:
        return None
    return uid, tuple(one - 1 for one in integers(source, "ReferencedFrameNumber"))
