"""Made series, by name: each pixel's value says which slice and which pixel it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from tests.volumes import AXIAL, classic, enhanced, turned

if TYPE_CHECKING:
    from collections.abc import Callable


__all__ = ["SERIES"]


def _axial(count: int = 12, *, first: int = 1, **more: object) -> list[Dataset]:
    """Make slices whose numbers run against their positions."""
    return [classic(n, (-10, -20, 100 - 2.5 * n), **more) for n in range(first, first + count)]  # type: ignore[arg-type] # values of elements


def _along(
    orientation: tuple[float, ...], step: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> list[Dataset]:
    return [classic(n, step * n + (3, -4, 5), orientation=orientation) for n in range(1, 13)]


def _oblique() -> list[Dataset]:
    orientation = turned(30)
    normal = np.cross(orientation[:3], orientation[3:])
    return _along(orientation, 2.5 * normal)


def _tilted(degrees: float) -> list[Dataset]:
    return _along(turned(degrees), np.array((0, 0, 5.0)))


def _one_missing() -> list[Dataset]:
    return [one for one in _axial() if one.InstanceNumber != 7]


def _one_copied() -> list[Dataset]:
    slices = _axial()
    copy = classic(13, slices[4].ImagePositionPatient)
    copy.PixelData = slices[4].PixelData
    return [*slices, copy]


def _scout() -> list[Dataset]:
    kind = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    return [*_axial(), classic(20, (0, -100, 50), orientation=turned(90), ImageType=kind)]


def _rounded() -> list[Dataset]:
    places = [np.round((0, -0.9421 * n, 6.9368 * n), 1) for n in range(1, 21)]
    return [classic(n, place) for n, place in enumerate(places, 1)]


def _jitter() -> list[Dataset]:
    rng = np.random.default_rng(3)
    return [
        classic(n, np.array((0, 0, 3.0 * n)) + rng.choice((-0.004, 0.004), 3)) for n in range(1, 13)
    ]


def _two_passes() -> list[Dataset]:
    slices = _axial(AcquisitionNumber=1) + _axial(first=13, AcquisitionNumber=2)
    for one in slices[12:]:
        one.ImagePositionPatient[2] += 12 * 2.5 + 13.6
    return slices


def _two_steps() -> list[Dataset]:
    places = [5.0 * n for n in range(8)] + [37 + 3.0 * n for n in range(8)]
    return [classic(n, (0, 0, z)) for n, z in enumerate(places, 1)]


def _b_values() -> list[Dataset]:
    return [
        classic(6 * index + n, (0, 0, 4 * n), modality="MR", DiffusionBValue=float(b))
        for index, b in enumerate((0, 500, 1000))
        for n in range(1, 7)
    ]


def _enhanced() -> list[Dataset]:
    order = np.random.default_rng(1).permutation(12)
    frames = [classic(int(n) + 1, (0, 0, 3.0 * n), modality="MR") for n in order]
    whole = enhanced(frames)
    orientation = Dataset()
    orientation.ImageOrientationPatient = list(AXIAL)
    whole.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence = Sequence([orientation])
    return [whole]


SERIES: Final[dict[str, Callable[[], list[Dataset]]]] = {
    "12 axial slices, numbered from the head": _axial,
    "turned by 30 degrees": _oblique,
    "gantry tilted by -18.5 degrees": lambda: _tilted(-18.5),
    "gantry tilted by 16.5 degrees": lambda: _tilted(16.5),
    "one slice missing": _one_missing,
    "one slice copied under another UID": _one_copied,
    "a scout among the slices": _scout,
    "positions rounded to 0.1 mm": _rounded,
    "positions off by 0.004 mm": _jitter,
    "two passes that overlap": _two_passes,
    "steps of 5 mm, then of 3 mm": _two_steps,
    "three b-values": _b_values,
    "an enhanced image, frames in no order": _enhanced,
}
