"""Decoding a stream by itself, for the tests of decoders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dicomkit.dataset.pixels.codecs import decode_stream
from dicomkit.dataset.pixels.codestream import parse_stream

if TYPE_CHECKING:
    from dicomkit.dataset.pixels.codecs import DecodedStream


def decode(data: bytes, color: Literal["rgb", "ybr"] | None = None) -> DecodedStream:
    return decode_stream(data, parse_stream(data), color, "a syntax")
