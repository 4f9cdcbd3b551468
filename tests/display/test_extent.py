from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from dicomkit.display.extent import Extent, count_dependent, view_extents, with_windows
from dicomkit.image.image import open_image
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]

TABLE = LookupTable(0, np.array([0, 255]), 8)


def extents(ds: Dataset, window: Any = None) -> tuple[Extent, ...] | None:  # noqa: ANN401
    return view_extents(open_image(ds), 0, window)


def extent(ds: Dataset, window: Any = None) -> Extent:  # noqa: ANN401
    found = extents(ds, window)
    assert found is not None
    (one,) = found
    return one


def test_a_window_reaches_from_just_black_to_just_white(grey: Make) -> None:
    # Values of 10 to 49: 40 whole numbers around 30 - 0.5.
    found = extent(grey([1, 2], WindowCenter=30, WindowWidth=40))
    assert (found.low, found.high) == (10, 49)
    assert found.window == Window(30, 40)
    exact = grey([1, 2], WindowCenter=0.5, WindowWidth=3, VOILUTFunction="LINEAR_EXACT")
    assert (extent(exact).low, extent(exact).high) == (-1, 2)


def test_equal_views_stay_what_they_are(grey: Make) -> None:
    sigmoid = grey([1, 2], WindowCenter=30, WindowWidth=40, VOILUTFunction="SIGMOID")
    both = extent(sigmoid) | extent(sigmoid)
    assert both.window == Window(30, 40, "SIGMOID")
    assert both.common is not None


def test_different_views_give_the_one_that_reaches_as_far(grey: Make) -> None:
    first = extent(grey([1, 2], WindowCenter=30, WindowWidth=40))
    second = extent(grey([1, 2], WindowCenter=100, WindowWidth=21))
    # 10 to 49 and 89.5 to 109.5.
    both = first | second
    assert both == second | first
    assert both.common is None
    assert both.window == Window(59.75, 99.5, "LINEAR_EXACT")
    # Whole numbers again with 0 to 200.
    third = extent(grey([0, 200]), "full")
    assert (both | third).window == Window(100.5, 201)
    # Once different, ever different.
    assert (both | first).common is None


def test_sigmoids_give_a_sigmoid_and_a_mixture_a_line(grey: Make) -> None:
    first = extent(grey([1, 2], WindowCenter=30, WindowWidth=40, VOILUTFunction="SIGMOID"))
    second = extent(grey([1, 2], WindowCenter=50, WindowWidth=40, VOILUTFunction="SIGMOID"))
    assert (first | second).window == Window(40, 60, "SIGMOID")
    line = extent(grey([10, 70]), "full")
    assert (first | line).window == Window(40.5, 61)


def test_computed_windows_reach_in_units(grey: Make) -> None:
    ds = grey(np.arange(1001), RescaleSlope=2, RescaleIntercept=-100)
    assert (extent(ds, "full").low, extent(ds, "full").high) == (-100, 1900)
    assert (extent(ds, "auto").low, extent(ds, "auto").high) == (-90, 1890)
    assert extent(ds) == extent(ds, "full")


def test_a_constant_image_reaches_nowhere(grey: Make) -> None:
    found = extent(grey([7, 7]))
    assert (found.low, found.high) == (7, 7)
    assert (found | extent(grey([7, 9]))).window == Window(8.5, 3)


def test_an_image_that_is_all_padding_says_nothing(grey: Make) -> None:
    assert extents(grey([7, 7], PixelPaddingValue=7)) == ()
    # But a view of its file's does.
    padded = grey([7, 7], PixelPaddingValue=7, WindowCenter=30, WindowWidth=40)
    assert extent(padded).window == Window(30, 40)


def test_a_table_has_no_ends(grey: Make, item: Make) -> None:
    lut = item(LUTDescriptor=[2, 0, 8])
    lut.add_new("LUTData", "OW", bytes([0, 0, 255, 0]))
    assert extents(grey([0, 1], VOILUTSequence=[lut])) is None
    # The caller's own is no view of the image.
    assert extents(grey([0, 1], WindowCenter=30, WindowWidth=40), TABLE) == ()


def test_ends_that_no_number_can_hold(grey: Make) -> None:
    far = grey([0, 1], WindowCenter=1.7e308, WindowWidth=1.7e308, VOILUTFunction="LINEAR_EXACT")
    assert extents(far) is None
    wide = [
        extent(grey([0, 1], WindowCenter=at, WindowWidth=1e307, VOILUTFunction="SIGMOID"))
        for at in (-1.6e308, 1.6e308)
    ]
    assert np.isfinite((wide[0] | wide[1]).window.width)


def test_only_windows_that_depend_on_the_image_have_extents(grey: Make) -> None:
    ds = grey([0, 100], WindowCenter=30, WindowWidth=40)
    found = extents(ds, (0, Window(1, 2), "full"))
    assert found is not None
    assert [(one.low, one.high) for one in found] == [(10, 49), (0, 100)]


def test_what_the_image_lacks_is_an_error(grey: Make) -> None:
    with pytest.raises(IndexError):
        extents(grey([0, 1]), 0)


@pytest.mark.parametrize(
    ("window", "count"),
    [
        (None, 1),
        (0, 1),
        (np.int64(1), 1),
        ("auto", 1),
        ("full", 1),
        ("brain", 0),
        (Window(1, 2), 0),
        (TABLE, 0),
        (("auto", "bone", None), 2),
        (["bone", "brain", TABLE], 0),
    ],
    ids=str,
)
def test_which_windows_depend_on_the_image(window: Any, count: int) -> None:  # noqa: ANN401
    assert count_dependent(window) == count


def test_windows_take_the_place_of_those_that_depend() -> None:
    one, two = Window(1, 2), Window(3, 4)
    assert with_windows("auto", (one,)) == one
    assert with_windows(["auto", "bone", 0], (one, two)) == (one, "bone", two)
    assert with_windows("bone", ()) == "bone"
