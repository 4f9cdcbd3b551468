"""Functional groups: what is said of one frame, of all, and where one says nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import EnhancedCTImageStorage

from reference.synthetic.making import make_gray, ramp

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["GROUP_MAKERS"]


def _group(window: tuple[float, float] | None, rescale: tuple[float, float] | None) -> Dataset:
    group = Dataset()
    if window is not None:
        view = Dataset()
        view.WindowCenter, view.WindowWidth = window
        group.FrameVOILUTSequence = Sequence([view])
    if rescale is not None:
        values = Dataset()
        values.RescaleSlope, values.RescaleIntercept = rescale
        values.RescaleType = "HU"
        group.PixelValueTransformationSequence = Sequence([values])
    return group


def _image(shared: Dataset, *per_frame: Dataset) -> Dataset:
    ds = make_gray(np.stack([ramp(0, 4095, "<u2"), ramp(4095, 0, "<u2"), ramp(0, 2000, "<u2")]), 12)
    ds.SOPClassUID, ds.Modality = EnhancedCTImageStorage, "CT"
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    if per_frame:
        ds.PerFrameFunctionalGroupsSequence = Sequence(per_frame)
    return ds


def _functional_groups() -> Dataset:
    first, second = _group((40, 400), (1, -1024)), _group((300, 400), (1, -200))
    return _image(Dataset(), first, second, first)


def _shared_functional_groups() -> Dataset:
    return _image(_group((40, 400), (1, -1024)))


def _empty_frame_voi() -> Dataset:
    # PS3.3 C.7.6.16 has a macro in one place only; writers put an empty item in the other.
    empty, hollow = Dataset(), _group(None, None)
    empty.FrameVOILUTSequence = Sequence([])
    hollow.FrameVOILUTSequence = Sequence([Dataset()])
    hollow.FrameVOILUTSequence[0].WindowCenter = None
    hollow.FrameVOILUTSequence[0].WindowWidth = None
    return _image(_group((40, 400), (1, -1024)), empty, hollow, Dataset())


def _frames_rescaled_apart() -> Dataset:
    return _image(Dataset(), *(_group(None, (slope, 0)) for slope in (1, 2, 1)))


def _frames_of_which_one_has_a_window() -> Dataset:
    rescale = (1, -1024)
    return _image(Dataset(), *(_group(view, rescale) for view in (None, (40, 400), None)))


GROUP_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _functional_groups,
    _shared_functional_groups,
    _empty_frame_voi,
    _frames_rescaled_apart,
    _frames_of_which_one_has_a_window,
)
"""What makes each dataset; the functions' names say what is in it."""
