"""No NaN reaches a cast: it is drawn as background, whatever the steps and their numbers.

A NaN that is cast to an integer is a warning, which is an error here, and another number on every
processor.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from dicomkit.display.pipeline import DisplayPipeline, Role, Step
from dicomkit.transforms.channels import Channels
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.output import Quantize, to_uint8, to_uint16
from dicomkit.transforms.padding import PaddingMask
from dicomkit.transforms.palette import Palette, SupplementalPalette
from dicomkit.transforms.presentation import Invert, PresentationTable
from dicomkit.transforms.ranges import auto_window, window_between
from dicomkit.transforms.rescale import Rescale
from dicomkit.transforms.window import VoiTable, Window, apply_window

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dicomkit.transforms.arrays import AnyArray

FINITE = st.floats(allow_nan=False, allow_infinity=False)
SMALL = st.integers(-300, 300).map(float)
NUMBERS = st.one_of(SMALL, FINITE, st.sampled_from([1e308, -1e308, 5e-324, 1e39, -1e-39]))
NOT_ZERO = NUMBERS.filter(bool)
WHOLE = st.integers(-(1 << 16), 1 << 16)

windows = st.one_of(
    st.builds(Window, NUMBERS, NUMBERS.map(abs).filter(lambda width: width >= 1)),
    st.builds(
        Window,
        NUMBERS,
        NOT_ZERO.map(abs),
        st.sampled_from(["LINEAR_EXACT", "SIGMOID"]),
    ),
)
tables = st.builds(
    LookupTable, WHOLE, st.lists(st.integers(0, 255), min_size=1, max_size=9), st.just(8)
)
palettes = st.builds(
    Palette,
    st.integers(-300, 300),
    st.lists(st.tuples(*[st.integers(0, 65535)] * 3), min_size=1, max_size=5),
)
masks = st.tuples(NUMBERS, NUMBERS).map(lambda ends: PaddingMask(min(ends), max(ends)))
modalities = st.one_of(st.builds(Rescale, NOT_ZERO, NUMBERS), tables)
views = st.one_of(windows, st.builds(VoiTable, tables))
channels = st.tuples(views, views, views).map(Channels)
presentations = st.one_of(st.just(Invert()), st.builds(PresentationTable, tables))
depths = st.sampled_from([Quantize(8), Quantize(16)])

reals = arrays(
    st.sampled_from([np.float32, np.float64]), array_shapes(min_dims=1, max_dims=2, max_side=5)
)
integers = arrays(
    st.sampled_from([np.uint8, np.int8, np.uint16, np.int16, np.int32, np.uint32, np.int64]),
    array_shapes(min_dims=1, max_dims=2, max_side=5),
)
values = st.one_of(reals, integers)


@st.composite
def chains(draw: st.DrawFn, *, small: bool = False) -> DisplayPipeline:
    """Make a pipeline of any steps that the standard knows, in its order."""
    steps: list[Step] = []

    def add(role: Role, strategy: st.SearchStrategy[Any], chance: float = 0.5) -> None:
        if chance == 1 or draw(st.booleans()):
            steps.append(Step(role, draw(strategy), "drawn"))

    add("Padding", masks)
    add("Modality", modalities)
    three = draw(st.booleans())
    add("VOI", channels if three else views, 1)
    add("Presentation", presentations)
    if not three and draw(st.booleans()):
        gray = tuple(step.transform for step in steps)
        steps = [Step("Palette", SupplementalPalette(draw(palettes), gray), "drawn")]
    add("Output", depths, 1)
    return DisplayPipeline(tuple(steps), (-128, 127) if small else None)


def padding_of(pipeline: DisplayPipeline) -> PaddingMask | None:
    """Find the padding, also where it is inside a supplemental palette."""
    first: object = pipeline.steps[0].transform
    if isinstance(first, SupplementalPalette):
        first = first.gray[0]
    return first if isinstance(first, PaddingMask) else None


def background(pipeline: DisplayPipeline, stored: AnyArray) -> NDArray[np.bool_]:
    """Tell what is drawn as background: padding, and what is no number."""
    found: NDArray[np.bool_] = np.isnan(stored)
    mask = padding_of(pipeline)
    return found if mask is None else found | mask.covers(stored)


@settings(max_examples=200)
@given(pipeline=chains(), stored=values)
def test_whatever_is_stored_has_a_picture(pipeline: DisplayPipeline, stored: AnyArray) -> None:
    picture = pipeline(stored)
    assert picture.dtype in (np.uint8, np.uint16)
    assert not picture[background(pipeline, stored)].any()


@settings(max_examples=200)
@given(pipeline=chains(small=True))
# Neither end is black; the padding beside one of them is, and looks like the start of a ramp.
@example(
    DisplayPipeline(
        (
            Step("Padding", PaddingMask(-127, -127), ""),
            Step("VOI", Window(0, 1000), ""),
            Step("Output", Quantize(8), ""),
        ),
        (-128, 127),
    )
)
def test_the_table_of_every_stored_value_is_what_the_steps_make(pipeline: DisplayPipeline) -> None:
    stored = np.arange(-128, 128).astype(np.int8)
    picture = pipeline(stored)
    np.testing.assert_array_equal(picture, pipeline.by_steps(stored))
    assert not picture[background(pipeline, stored)].any()


@given(view=reals)
def test_a_view_becomes_levels(view: AnyArray) -> None:
    for levels in (to_uint8(view), to_uint16(view)):
        assert not levels[np.isnan(view)].any()
        assert (levels[view >= 1] == np.iinfo(levels.dtype).max).all()
        assert not levels[view <= 0].any()


@given(view=reals, low=NUMBERS, high=NUMBERS)
def test_a_view_of_any_range_becomes_levels(view: AnyArray, low: float, high: float) -> None:
    if not (low < high and math.isfinite(high - low)):
        return
    levels = to_uint8(view, (low, high))
    assert not levels[np.isnan(view)].any()
    assert (levels[view.astype(np.float64) >= high] == 255).all()


@given(given_values=values)
def test_any_values_have_a_window_of_their_own(given_values: AnyArray) -> None:
    for percentiles in ((0.5, 99.5), (0, 100)):
        window = auto_window(given_values, percentiles=percentiles)
        view = apply_window(given_values, window)
        assert np.array_equal(np.isnan(view), np.isnan(given_values))


@given(ends=st.tuples(NUMBERS, NUMBERS))
def test_between_any_two_values_lies_a_window(ends: tuple[float, float]) -> None:
    first, last = sorted(ends)
    view = window_between(first, last)(np.array([first, last]))
    assert view[0] == 0
    assert view[1] == (first != last)


def test_signalling_nans_are_background_too() -> None:
    stored = np.array([0x7FA00000, 0x3F800000], np.uint32).view(np.float32)
    steps = (Step("VOI", Window(0.5, 1, "LINEAR_EXACT"), ""), Step("Output", Quantize(8), ""))
    assert DisplayPipeline(steps, None)(stored).tolist() == [0, 255]


def test_padding_in_the_colours_of_a_supplemental_palette_is_background() -> None:
    """PS3.3 C.7.5.1.1.2: what is padding has no value, so no colour either."""
    gray = (PaddingMask(12, 12), Window(5, 10))
    mixed = SupplementalPalette(Palette(10, [[65535, 0, 0], [0, 65535, 0]]), gray)
    picture = to_uint8(mixed(np.array([10, 11, 12, 13])))
    assert picture.tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 0], [0, 255, 0]]
