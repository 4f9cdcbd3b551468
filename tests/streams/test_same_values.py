"""The extra's decoders and the core packages' give the same values of whatever both take."""

from __future__ import annotations

import sys
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image
from tests.pixels import decode
from tests.streams.lossless import lossless_jpeg

from dicomkit.errors import DecodeError, TruncatedError
from dicomkit.streams.decoders import parse_stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.pixels import Encoders, Values

    from dicomkit.streams.decoders import DecodedStream
    from dicomkit.streams.header import SampleColor

imagecodecs: Any = pytest.importorskip("imagecodecs")

y, x = np.mgrid[:40, :56]
WAVE = 0.5 + 0.5 * np.sin(x / 7) * np.cos(y / 5)
NOISE = np.random.default_rng(3).random((40, 56))
DEPTHS = [(bits, signed) for bits in range(2, 17) for signed in (False, True)]


def content(bits: int, *, signed: bool = False, color: bool = False) -> Values:
    """Give smooth content with some noise that touches both ends of its range."""
    highest = (1 << bits) - 1
    values = ((0.9 * WAVE + 0.1 * NOISE) * highest).astype(np.int64)
    values[0, :2] = 0, highest
    values -= (1 << (bits - 1)) * signed
    kind = np.dtype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")
    planes = (values, values[::-1], values[:, ::-1])
    return np.stack(planes, -1).astype(kind) if color else values.astype(kind)


CONTENTS = [
    pytest.param(content(8), id="8 bits"),
    pytest.param(content(16), id="16 bits"),
    pytest.param(content(8, color=True), id="colour"),
]


def htj2k(values: Values, **options: Any) -> bytes:  # noqa: ANN401 - the encoder's
    """Code with OpenJPH, which older imagecodecs have not."""
    part = getattr(imagecodecs, "HTJ2K", None)
    if part is None or not part.available:
        pytest.skip("imagecodecs has no encoder of HTJ2K")
    return bytes(imagecodecs.htj2k_encode(values, **options))


def by_both(data: bytes, monkeypatch: pytest.MonkeyPatch) -> DecodedStream:
    """Decode with the extra and without it, and compare."""
    color: SampleColor | None = "rgb" if parse_stream(data).components == 3 else None
    extra = decode(data, color)
    with monkeypatch.context() as hidden:
        hidden.setitem(sys.modules, "imagecodecs", None)
        core = decode(data, color)
    assert (extra.color, extra.notes) == (core.color, core.notes)
    assert_array_equal(extra.values, core.values)
    return extra


@pytest.mark.parametrize("bits", range(2, 17))
@pytest.mark.parametrize("color", [False, True])
def test_jpeg_lossless(bits: int, monkeypatch: pytest.MonkeyPatch, *, color: bool) -> None:
    values = content(bits, color=color)
    for predictor in range(1, 8):
        data = lossless_jpeg(values, bits, predictor=predictor, restart_rows=predictor - 1)
        assert_array_equal(by_both(data, monkeypatch).values, values)


@pytest.mark.parametrize("bits", range(2, 17))
@pytest.mark.parametrize("near", [0, 1])
@pytest.mark.parametrize("interleave", [None, 0, 1, 2])
def test_jpeg_ls(
    encoders: Encoders,
    monkeypatch: pytest.MonkeyPatch,
    bits: int,
    near: int,
    interleave: int | None,
) -> None:
    values = content(bits, color=interleave is not None)
    data = encoders.jpeg_ls(values, bits, near=near, interleave=interleave or 0)
    found = by_both(data, monkeypatch).values
    assert np.abs(found.astype(int) - values).max() <= near


@pytest.mark.parametrize(("bits", "signed"), DEPTHS)
def test_jpeg_2000(
    encoders: Encoders, monkeypatch: pytest.MonkeyPatch, bits: int, *, signed: bool
) -> None:
    values = content(bits, signed=signed)
    assert_array_equal(by_both(encoders.jpeg2000(values, bits), monkeypatch).values, values)


@pytest.mark.parametrize("mct", [False, True])
@pytest.mark.parametrize("bits", [2, 5, 8])
def test_jpeg_2000_in_colour(
    encoders: Encoders, monkeypatch: pytest.MonkeyPatch, bits: int, *, mct: bool
) -> None:
    values = content(bits, color=True)
    data = encoders.jpeg2000(values, bits, mct=mct)
    assert_array_equal(by_both(data, monkeypatch).values, values)


@pytest.mark.parametrize("reversible", [False, True])
@pytest.mark.parametrize("values", CONTENTS)
def test_high_throughput(
    monkeypatch: pytest.MonkeyPatch, values: Values, *, reversible: bool
) -> None:
    level = None if reversible else 0.001
    data = htj2k(values, level=level, reversible=reversible)
    assert parse_stream(data).kind == "htj2k"
    found = by_both(data, monkeypatch).values
    limit = 0 if reversible else int(values.max()) // 20
    assert np.abs(found.astype(int) - values).max() <= limit


@pytest.mark.parametrize("values", CONTENTS)
def test_lossy_jpeg_2000(monkeypatch: pytest.MonkeyPatch, values: Values) -> None:
    data = imagecodecs.jpeg2k_encode(values, level=40, codecformat="j2k", reversible=False)
    assert parse_stream(bytes(data)).lossy
    by_both(bytes(data), monkeypatch)


@pytest.mark.parametrize("values", [CONTENTS[0], CONTENTS[2]])
def test_baseline(monkeypatch: pytest.MonkeyPatch, values: Values) -> None:
    buffer = BytesIO()
    Image.fromarray(values).save(buffer, "JPEG")
    by_both(buffer.getvalue(), monkeypatch)


# What stays, whoever decodes -------------------------------------------------------------------


def jpeg2000(values: Values) -> bytes:
    return bytes(imagecodecs.jpeg2k_encode(values, level=0, codecformat="j2k"))


CODERS: dict[str, Callable[[Values], bytes]] = {
    "JPEG Lossless": lambda values: lossless_jpeg(values, 16),
    "JPEG-LS": lambda values: bytes(imagecodecs.jpegls_encode(values)),
    "JPEG 2000": jpeg2000,
    "HTJ2K": htj2k,
}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("coder", CODERS)
def test_a_stream_that_ends_too_early_is_known_before_it_is_decoded(coder: str) -> None:
    data = CODERS[coder](content(16))
    for size in range(20, len(data) - 2, 97):
        try:
            header = parse_stream(data[:size])
        except (TruncatedError, DecodeError):
            continue
        assert not header.complete
