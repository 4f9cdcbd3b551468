from __future__ import annotations

import numpy as np
import pytest

from dicomkit.transforms.channels import Channels, FullScale
from dicomkit.transforms.window import Window, apply_window


def test_each_channel_is_its_own_step() -> None:
    values = np.arange(-50, 120).reshape(10, 17)
    windows = (Window(40, 80), Window(0, 1), Window(20, 9.5, "SIGMOID"))
    colors = Channels(windows)(values)
    assert colors.shape == (10, 17, 3)
    for position, window in enumerate(windows):
        assert np.array_equal(colors[..., position], apply_window(values, window))


def test_channels_are_named_in_order() -> None:
    assert str(Channels((Window(1, 2), Window(3, 4), Window(5, 6)))) == (
        "center 1, width 2, LINEAR | center 3, width 4, LINEAR | center 5, width 6, LINEAR"
    )


@pytest.mark.parametrize("bits", [1, 7, 8, 12, 16])
def test_all_bits_set_is_full_intensity(bits: int) -> None:
    white = 2**bits - 1
    samples = np.arange(white + 1, dtype=np.uint16)
    scaled = FullScale(bits)(samples)
    assert scaled.dtype == np.float32
    assert (scaled[0], scaled[-1]) == (0, 1)
    assert np.array_equal(scaled, (samples / white).astype(np.float32))


@pytest.mark.parametrize("bits", [8, 12, 16])
def test_c_7_6_3_1_2_the_least_sample_is_the_least_intensity(bits: int) -> None:
    half = 2 ** (bits - 1)
    signed = np.arange(-half, half, dtype=np.int16)
    unsigned = np.arange(2 * half, dtype=np.uint16)
    assert np.array_equal(FullScale(bits, signed=True)(signed), FullScale(bits)(unsigned))


def test_the_scale_is_printed() -> None:
    assert str(FullScale(8)) == "0..255 as 0..1"
    assert str(FullScale(8, signed=True)) == "-128..127 as 0..1"
