"""Lines that stand in for tables: proven on every entry, or not made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.transforms.output import to_uint8
from dicomkit.transforms.ramp import Ramp, find_ramp
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    import numpy.typing as npt


def table(window: Window, stored: npt.NDArray[np.integer]) -> tuple[Ramp | None, list[int]]:
    view = window(stored)
    levels = to_uint8(view)
    return find_ramp(stored, view, levels), levels.tolist()


UNSIGNED = np.arange(4096, dtype=np.uint16)
SIGNED = np.arange(-2048, 2048, dtype=np.int16)


def test_the_levels_of_a_line_by_hand() -> None:
    # 255 / 99 a value, black up to -10: 24.5 becomes 63.1, 25.5 becomes 65.7.
    ramp = Ramp(-10, 89, 255 / 99, 255 * 10 / 99 + 0.5)
    assert ramp(np.array([-2000, -10, -9, 0, 40, 88, 89, 2000], np.int16)).tolist() == [
        0, 0, 3, 26, 129, 252, 255, 255,
    ]  # fmt: skip


@pytest.mark.parametrize(
    "window",
    [Window(1064, 100), Window(1000, 2000), Window(-3000, 7000), Window(424.25, 1500.5)],
    ids=str,
)
def test_usual_windows_are_lines(window: Window) -> None:
    ramp, levels = table(window, UNSIGNED)
    assert ramp is not None
    assert ramp(UNSIGNED).tolist() == levels


def test_values_of_both_signs() -> None:
    ramp, levels = table(Window(40, 400), SIGNED)
    assert ramp is not None
    assert ramp(SIGNED).tolist() == levels


def test_a_line_that_falls() -> None:
    view = 1 - Window(1064, 100)(UNSIGNED)
    levels = to_uint8(view)
    ramp = find_ramp(UNSIGNED, view, levels)
    assert ramp is not None
    assert ramp.slope < 0
    assert ramp(UNSIGNED).tolist() == levels.tolist()


@pytest.mark.parametrize(
    "window", [Window(1064, 100, "SIGMOID"), Window(1064, 1), Window(9000, 10)], ids=str
)
def test_what_is_no_line_has_none(window: Window) -> None:
    ramp, _ = table(window, UNSIGNED)
    assert ramp is None


@pytest.mark.parametrize("value", range(1001, 1110, 9))
def test_one_entry_beside_the_line_is_enough(value: int) -> None:
    view = Window(1064, 100)(UNSIGNED)
    levels = to_uint8(view)
    levels[value] ^= 1
    assert find_ramp(UNSIGNED, view, levels) is None


@given(
    center=st.floats(-5000, 70000),
    width=st.floats(1, 70000),
    exact=st.booleans(),
    signed=st.booleans(),
    bits=st.sampled_from([8, 10, 12, 16]),
)
def test_a_line_is_its_table_or_is_not_made(
    *, center: float, width: float, exact: bool, signed: bool, bits: int
) -> None:
    first = -(1 << (bits - 1)) if signed else 0
    stored = np.arange(first, first + (1 << bits)).astype(np.int16 if signed else np.uint16)
    ramp, levels = table(Window(center, width, "LINEAR_EXACT" if exact else "LINEAR"), stored)
    assert ramp is None or ramp(stored).tolist() == levels


def test_any_layout_and_size_gives_the_same() -> None:
    ramp, levels = table(Window(1064, 100), UNSIGNED)
    assert ramp is not None
    expected = np.array(levels, np.uint8)
    stored = np.random.default_rng(0).integers(0, 4096, (600, 500)).astype(np.uint16)
    stored.flags.writeable = False
    for same in (stored, stored.astype(">u2"), np.asfortranarray(stored), stored[::-1, ::2]):
        picture = ramp(same)
        assert picture.dtype == np.uint8
        np.testing.assert_array_equal(picture, expected[same])
    assert ramp(stored[:0]).shape == (0, 500)
    assert ramp(stored[0, 0]).shape == ()


@pytest.mark.parametrize(
    ("dtype", "takes"),
    [("u1", False), ("i1", False), ("u2", True), ("i2", True), ("i4", False), ("f4", False)],
)
def test_integers_that_hold_both_ends_are_taken(dtype: str, *, takes: bool) -> None:
    assert Ramp(10, 300, 1, 0).takes(np.dtype(dtype)) is takes
    assert Ramp(-10, 100, 1, 0).takes(np.dtype("i1"))
    assert not Ramp(-10, 100, 1, 0).takes(np.dtype("u2"))
