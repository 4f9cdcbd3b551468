"""Headers with more than one plain view: odd windows, what an IOD asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydicom.sequence import Sequence
from pydicom.uid import (
    DigitalMammographyXRayImageStorageForPresentation,
    MRImageStorage,
    PositronEmissionTomographyImageStorage,
    XRayAngiographicImageStorage,
    XRayRadiofluoroscopicImageStorage,
)

from reference.synthetic.making import curve, lut, make_gray, ramp, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

__all__ = ["HEADER_MAKERS"]


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
    # The window fits the stored values, but the rescale leads far away from it: into black.
    ds = window(make_gray(ramp(0, 1000, "<u2"), 12), 500, 1000)
    ds.SOPClassUID, ds.Modality = MRImageStorage, "MR"
    ds.RescaleSlope, ds.RescaleIntercept = "0.001", "0"
    return ds


def _mr_window_of_rescaled() -> Dataset:
    ds = window(make_gray(ramp(0, 1000, "<u2"), 12), 1850, 3700)
    ds.SOPClassUID, ds.Modality = MRImageStorage, "MR"
    ds.RescaleSlope, ds.RescaleIntercept = "3.7", "0"
    return ds


def _pet_window_of_stored() -> Dataset:
    ds = window(make_gray(ramp(0, 1000, "<u2"), 12), 500, 1000)
    ds.SOPClassUID, ds.Modality = PositronEmissionTomographyImageStorage, "PT"
    ds.Units = "BQML"
    ds.RescaleSlope, ds.RescaleIntercept = "2.5", "0"
    return ds


def _window_below_the_values() -> Dataset:
    return window(make_gray(ramp(1000, 3000, "<u2"), 12), 40, 400)


def _window_above_the_values() -> Dataset:
    ds = window(make_gray(ramp(0, 500, "<u2"), 12, photometric="MONOCHROME1"), 2000, 400)
    ds.RescaleSlope, ds.RescaleIntercept = "1", "-1024"
    return ds


HEADER_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _narrow_and_real,
    _width_zero,
    _several_windows,
    _beam_intensity,
    _fluoroscopy_rescaled,
    _mammogram,
    _mr_window_of_stored,
    _mr_window_of_rescaled,
    _pet_window_of_stored,
    _window_below_the_values,
    _window_above_the_values,
)
"""What makes each dataset; the functions' names say what is in it."""
