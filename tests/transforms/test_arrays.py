"""What every transform promises alike: shape, dtype, purity, and the same bits from any array."""

from __future__ import annotations

import copy
import pickle
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from dicomkit.transforms.arrays import blockwise
from dicomkit.transforms.channels import Channels, FullScale
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.output import Quantize
from dicomkit.transforms.padding import PaddingMask
from dicomkit.transforms.palette import GrayToRgb, Palette, SupplementalPalette
from dicomkit.transforms.presentation import Invert, PresentationTable
from dicomkit.transforms.rescale import Rescale
from dicomkit.transforms.window import VoiTable, Window

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

ENTRIES = [0, 3, 9, 27, 81, 243]
COLORS = [[0, 0, 0], [257, 514, 771], [65535, 32768, 1]]


def steps() -> dict[str, Callable[[Any], npt.NDArray[Any]]]:
    """Make every kind of step afresh, so that equal ones are not the same object."""
    return {
        "rescale": Rescale(0.37, -1024.5, "HU"),
        "table": LookupTable(-2, ENTRIES, 8),
        "voi table": VoiTable(LookupTable(3, [1, 4, 9], 4)),
        "linear": Window(40, 81.5),
        "threshold": Window(40, 1),
        "exact": Window(40, 0.75, "LINEAR_EXACT"),
        "sigmoid": Window(40, 80, "SIGMOID"),
        "quantize8": Quantize(8),
        "quantize16": Quantize(16),
        "padding": PaddingMask(-3, 12),
        "palette": Palette(1, COLORS),
        "supplemental": SupplementalPalette(Palette(9, COLORS), (Window(4, 8),)),
        "grey as colour": GrayToRgb(),
        "invert": Invert(),
        "presentation": PresentationTable(LookupTable(0, ENTRIES, 8)),
        "channels": Channels((Window(1, 2), LookupTable(0, [7, 9], 4), Window(3, 2))),
        "samples": FullScale(12),
    }


DTYPES = {
    **dict.fromkeys(steps(), np.dtype(np.float32)),
    "quantize8": np.dtype(np.uint8),
    "quantize16": np.dtype(np.uint16),
    "padding": np.dtype(np.float64),
}
COLOR = {"palette", "supplemental", "grey as colour", "channels"}
every_step = pytest.mark.parametrize("name", steps())

VALUES = arrays(
    st.sampled_from(
        [np.uint8, np.int8, np.uint16, np.int16, np.int32, np.uint32, np.float32, np.float64]
    ),
    array_shapes(min_dims=1, max_dims=3, min_side=0, max_side=5),
)


def same_bits(one: npt.NDArray[Any], other: npt.NDArray[Any]) -> bool:
    return (one.shape, one.dtype, one.tobytes()) == (other.shape, other.dtype, other.tobytes())


@every_step
@settings(max_examples=30)
@given(values=VALUES)
def test_shape_dtype_and_purity(name: str, values: npt.NDArray[Any]) -> None:
    before = values.copy()
    values.flags.writeable = False
    result = steps()[name](values)
    assert result.shape == values.shape + ((3,) if name in COLOR else ())
    if name != "grey as colour":  # It repeats a view as it is.
        assert result.dtype == DTYPES[name]
    assert same_bits(values, before)
    assert not np.shares_memory(result, values)


@every_step
@settings(max_examples=30)
@given(values=VALUES)
def test_layout_does_not_change_a_bit(name: str, values: npt.NDArray[Any]) -> None:
    step = steps()[name]
    straight = step(values)
    padded = np.repeat(values, 2, axis=0)[::2]
    assert same_bits(step(padded), straight)
    fortran = step(np.asfortranarray(values))
    assert same_bits(np.ascontiguousarray(fortran), straight)
    backwards = step(values[::-1])
    assert same_bits(np.ascontiguousarray(backwards), np.ascontiguousarray(straight[::-1]))
    swapped = step(values.astype(values.dtype.newbyteorder()))
    assert np.array_equal(swapped, straight, equal_nan=True)


@every_step
def test_one_value_at_a_time_gives_the_same_bits(name: str) -> None:
    step = steps()[name]
    values = np.linspace(-90, 170, 1041)
    alone = np.stack([step(value) for value in values])
    assert same_bits(alone, step(values))


@every_step
def test_position_in_the_array_does_not_change_a_bit(name: str) -> None:
    """Blocks and vector lanes must not show: 70 001 samples are two blocks and a bit."""
    step = steps()[name]
    pattern = np.linspace(-90, 170, 70_001)
    turned = np.roll(pattern, 12_345)
    assert same_bits(step(turned), np.roll(step(pattern), 12_345, axis=0))


@every_step
@pytest.mark.parametrize("shape", [(0,), (3, 0), (0, 4, 5)])
def test_empty_arrays_stay_empty(name: str, shape: tuple[int, ...]) -> None:
    result = steps()[name](np.empty(shape, np.int16))
    assert result.shape == shape + ((3,) if name in COLOR else ())


@every_step
@pytest.mark.parametrize("value", [0, 7.5, True, np.int16(-3), np.array(2.0)])
def test_single_values_give_arrays_without_axes(name: str, value: npt.ArrayLike) -> None:
    result = steps()[name](value)
    assert isinstance(result, np.ndarray)
    assert result.shape == ((3,) if name in COLOR else ())


@every_step
def test_nothing_is_not_a_number_but_what_was_none(name: str) -> None:
    values = np.array([np.nan, -np.inf, np.inf, 1.7e308, -1.7e308, 1e39, 20.0])
    result = np.isnan(steps()[name](values).astype(np.float64))
    expected = np.array([not name.startswith("quantize"), *[False] * 6])
    assert all(np.array_equal(channel, expected) for channel in result.reshape(7, -1).T)


@every_step
def test_a_signalling_nan_is_a_nan_like_any_other(name: str) -> None:
    """Float Pixel Data may hold any bits; the processor signals this NaN when it is converted."""
    signalling = np.array([0x7FA00000], np.uint32).view(np.float32)
    step = steps()[name]
    assert np.array_equal(step(signalling), step(np.array([np.nan], np.float32)), equal_nan=True)


@pytest.mark.parametrize("name", sorted(steps().keys() - {"grey as colour", "padding"}))
@pytest.mark.parametrize("value", [1j, "1", None])
def test_what_is_no_real_number_is_a_type_error(name: str, value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        steps()[name](np.array([value]))


@every_step
def test_equal_steps_are_one_key(name: str) -> None:
    one, other = steps()[name], steps()[name]
    assert one is not other
    assert one == other
    assert hash(one) == hash(other)
    assert {one: "kept"}[other] == "kept"
    assert one != object()
    assert len(set(steps().values())) == len(steps())


@every_step
@pytest.mark.parametrize("through", [lambda step: pickle.loads(pickle.dumps(step)), copy.deepcopy])  # noqa: S301 - our own
def test_steps_travel(name: str, through: Callable[[Any], Any]) -> None:
    step = steps()[name]
    other = through(step)
    assert other == step
    assert hash(other) == hash(step)
    values = np.arange(-20, 100)
    assert same_bits(other(values), step(values))
    if isinstance(other, LookupTable | Palette):
        assert not other.entries.flags.writeable


@every_step
def test_steps_are_frozen(name: str) -> None:
    step = steps()[name]
    with pytest.raises((AttributeError, TypeError)):
        step.center = 1  # type: ignore[attr-defined]


@given(values=VALUES)
def test_blockwise_hands_out_contiguous_blocks_in_order(values: npt.NDArray[Any]) -> None:
    seen = []

    def step(block: npt.NDArray[Any]) -> npt.NDArray[Any]:
        assert block.flags.c_contiguous
        assert block.ndim == 1
        seen.append(block)
        return np.zeros(block.shape)

    blockwise(values[..., ::-1], step, np.float32)
    gathered = np.concatenate([np.empty(0, values.dtype), *seen])
    assert gathered.tobytes() == values[..., ::-1].tobytes()
