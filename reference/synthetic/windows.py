"""Windows of every function, and greys that are turned round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pydicom.sequence import Sequence

from reference.synthetic.making import curve, lut, make_gray, ramp, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

__all__ = ["WINDOW_MAKERS"]


def _linear() -> Dataset:
    return window(make_gray(ramp(0, 4095, "<u2"), 12), 1000, 500)


def _linear_fractional() -> Dataset:
    return window(make_gray(ramp(0, 255, "<u2"), 12), 100.25, 77.5)


def _linear_one() -> Dataset:
    return window(make_gray(ramp(0, 255, "<u1"), 8), 128, 1)


def _linear_two() -> Dataset:
    return window(make_gray(ramp(0, 255, "<u1"), 8), 128, 2)


def _linear_exact() -> Dataset:
    return window(make_gray(ramp(0, 4095, "<u2"), 12), 1000, 20, "LINEAR_EXACT")


def _linear_exact_one() -> Dataset:
    return window(make_gray(ramp(0, 255, "<u1"), 8), 128, 1, "LINEAR_EXACT")


def _sigmoid() -> Dataset:
    return window(make_gray(ramp(0, 4095, "<u2"), 12), 1500, 900, "SIGMOID")


def _monochrome1() -> Dataset:
    return window(make_gray(ramp(0, 4095, "<u2"), 12, photometric="MONOCHROME1"), 1000, 500)


def _monochrome1_no_view() -> Dataset:
    return make_gray(ramp(100, 4000, "<u2"), 12, photometric="MONOCHROME1")


def _monochrome1_sigmoid() -> Dataset:
    ds = make_gray(ramp(0, 4095, "<u2"), 12, photometric="MONOCHROME1")
    return window(ds, 1500, 900, "SIGMOID")


def _monochrome1_lut() -> Dataset:
    ds = make_gray(ramp(0, 4095, "<u2"), 12, photometric="MONOCHROME1")
    ds.VOILUTSequence = Sequence([lut(0, curve(4096, 4095), 12)])
    return ds


def _shape_inverse() -> Dataset:
    ds = _linear()
    ds.PresentationLUTShape = "INVERSE"
    return ds


def _shape_inverse_monochrome1() -> Dataset:
    ds = _monochrome1()
    ds.PresentationLUTShape = "INVERSE"
    return ds


def _shape_identity_monochrome1() -> Dataset:
    ds = _monochrome1()
    ds.PresentationLUTShape = "IDENTITY"
    return ds


WINDOW_MAKERS: Final[tuple[Callable[[], Dataset], ...]] = (
    _linear,
    _linear_fractional,
    _linear_one,
    _linear_two,
    _linear_exact,
    _linear_exact_one,
    _sigmoid,
    _monochrome1,
    _monochrome1_no_view,
    _monochrome1_sigmoid,
    _monochrome1_lut,
    _shape_inverse,
    _shape_inverse_monochrome1,
    _shape_identity_monochrome1,
)
"""What makes each dataset; the functions' names say what is in it."""
