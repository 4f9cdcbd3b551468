"""Headers with more than one plain view: frames' own, odd windows, what an IOD asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForPresentation,
    EnhancedCTImageStorage,
    MRImageStorage,
    XRayAngiographicImageStorage,
    XRayRadiofluoroscopicImageStorage,
)

from reference.synthetic.making import curve, lut, make_gray, ramp, set_pixels, window

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HEADER_MAKERS"]


def _functional_groups() -> Dataset:
    frames = [ramp(0, 4095, "<u2"), ramp(4095, 0, "<u2")]
    ds = make_gray(frames[0], 12)
    ds.SOPClassUID = EnhancedCTImageStorage
    ds.NumberOfFrames = 2
    set_pixels(ds, np.concatenate(frames))
    ds.PerFrameFunctionalGroupsSequence = Sequence()
    for center, intercept in ((40, -1024), (300, -200)):
        view, values, group = Dataset(), Dataset(), Dataset()
        view.WindowCenter, view.WindowWidth = center, 400
        values.RescaleSlope, values.RescaleIntercept, values.RescaleType = 1, intercept, "HU"
        group.FrameVOILUTSequence = Sequence([view])
        group.PixelValueTransformationSequence = Sequence([values])
        ds.PerFrameFunctionalGroupsSequence.append(group)
    shared = Dataset()
    ds.SharedFunctionalGroupsSequence = Sequence([shared])
    return ds


def _shared_functional_groups() -> Dataset:
    ds = _functional_groups()
    ds.SharedFunctionalGroupsSequence[0].update(ds.PerFrameFunctionalGroupsSequence[0])
    del ds.PerFrameFunctionalGroupsSequence
    return ds


def _narrow_and_real() -> Dataset:
    # A real-world value of 0.01 a step, with the width below 1 that LINEAR does not allow.
    ds = window(make_gray(ramp(0, 100, "<u2"), 12), 0.5, 0.8)
    ds.RescaleSlope, ds.RescaleIntercept = "0.01", "0"
    return ds


def _width_zero() -> Dataset:
    return window(make_gray(ramp(100, 900, "<u2"), 12), 0, 0)


def _several_windows() -> Dataset:
    ds = window(make_gray(ramp(0, 4095, "<u2"), 12), 1000, 500)
    ds.WindowCenter, ds.WindowWidth = [1000, 3000], [500, 100]
    return ds


def _beam_intensity() -> Dataset:
    ds = window(make_gray(ramp(0, 4095, "<u2"), 12), 1000, 500)
    ds.SOPClassUID, ds.Modality = XRayAngiographicImageStorage, "XA"
    ds.PixelIntensityRelationship = "DISP"
    item = lut(0, curve(4096, 65535), 16)
    item.ModalityLUTType = "US"
    ds.ModalityLUTSequence = Sequence([item])
    return ds


def _fluoroscopy_rescaled() -> Dataset:
    ds = window(make_gray(ramp(0, 4095, "<u2"), 12), 1000, 500)
    ds.SOPClassUID, ds.Modality = XRayRadiofluoroscopicImageStorage, "RF"
    ds.PixelIntensityRelationship = "LIN"
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = "2", "-500", "US"
    return ds


def _mammogram() -> Dataset:
    ds = window(make_gray(ramp(0, 4095, "<u2"), 12, photometric="MONOCHROME1"), 2000, 3000)
    ds.SOPClassUID, ds.Modality = DigitalMammographyXRayImageStorageForPresentation, "MG"
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", 1
    ds.RescaleSlope, ds.RescaleIntercept, ds.RescaleType = "1", "0", "US"
    ds.PresentationLUTShape = "INVERSE"
    return ds


def _mr_window_of_stored() -> Dataset:
    # The window fits the stored values, the rescale leads far away from it.
    ds = window(make_gray(ramp(0, 1000, "<u2"), 12), 500, 1000)
    ds.SOPClassUID, ds.Modality = MRImageStorage, "MR"
    ds.RescaleSlope, ds.RescaleIntercept = "0.001", "0"
    return ds


def _mr_window_of_rescaled() -> Dataset:
    ds = window(make_gray(ramp(0, 1000, "<u2"), 12), 1850, 3700)
    ds.SOPClassUID, ds.Modality = MRImageStorage, "MR"
    ds.RescaleSlope, ds.RescaleIntercept = "3.7", "0"
    return ds


HEADER_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _functional_groups,
    _shared_functional_groups,
    _narrow_and_real,
    _width_zero,
    _several_windows,
    _beam_intensity,
    _fluoroscopy_rescaled,
    _mammogram,
    _mr_window_of_stored,
    _mr_window_of_rescaled,
)
"""What makes each dataset; the functions' names say what is in it."""
