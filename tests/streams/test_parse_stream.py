"""Which family a stream belongs to, and that no bytes raise anything but our errors."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.errors import DecodeError, DicomKitError, TruncatedError
from dicomkit.streams.decoders import parse_stream
from dicomkit.streams.header import begins_stream

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SC_rgb_jpeg_dcmtk.dcm", "jpeg"),
        ("JPGExtended.dcm", "jpeg"),
        ("JPEG-LL.dcm", "jpeg-lossless"),
        ("JPEGLSNearLossless_16.dcm", "jpeg-ls"),
        ("MR_small_jp2klossless.dcm", "jpeg-2000"),
        ("GDCMJ2K_TextGBR.dcm", "jpeg-2000"),
    ],
)
def test_real_streams(stream: Callable[[str], bytes], name: str, kind: str) -> None:
    data = stream(name)
    assert begins_stream(data)
    assert begins_stream(b"12345" + data, 5)
    header = parse_stream(data)
    assert header.kind == kind
    assert header.complete


@pytest.mark.parametrize("data", [b"", b"\xff", b"\xff\xd8", b"\xff\x4f", b"\0\0\0\x0cjP"])
def test_what_ends_before_it_shows_what_it_is(data: bytes) -> None:
    assert not begins_stream(data)
    with pytest.raises(TruncatedError):
        parse_stream(data)


@pytest.mark.parametrize("data", [b"G", b"\xff\xd9", b"\xff\x4f\xff\x52", b"\0\0\0\x0cjQ"])
def test_what_begins_no_stream(data: bytes) -> None:
    assert not begins_stream(data)
    with pytest.raises(DecodeError):
        parse_stream(data)


@given(st.binary(max_size=64), st.sampled_from([b"\xff\xd8\xff", b"\xff\x4f\xff\x51", b""]))
def test_any_bytes(data: bytes, magic: bytes) -> None:
    with suppress(DicomKitError):
        parse_stream(magic + data)
