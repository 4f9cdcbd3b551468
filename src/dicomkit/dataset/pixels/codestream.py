"""Reading what a compressed stream says of itself, without decoding it.

Decoders believe a stream's header and take the memory that it asks for, and some of
them return half a picture for half a stream without a word. So headers are read and
ends are looked for before any decoder runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.pixels.jpeg import parse_jpeg
from dicomkit.dataset.pixels.jpeg2000 import parse_jpeg2000
from dicomkit.dataset.pixels.signatures import JP2, JPEG, SOC
from dicomkit.errors import DecodeError, TruncatedError

if TYPE_CHECKING:
    from dicomkit.dataset.pixels.header import StreamHeader

__all__ = ["parse_stream"]


def parse_stream(data: bytes) -> StreamHeader:
    """Read the header of whichever stream the bytes hold.

    The stream's own markers decide what it is, not the Transfer Syntax UID: files that
    name another member of the family are common.

    Raises
    ------
    TruncatedError
        The stream ends within its header.
    DecodeError
        The bytes are none of these streams, or its header makes no sense.
    InconsistentError
        The components of a JPEG 2000 stream differ in depth or sign.

    Examples
    --------
    >>> parse_stream(b"no picture")
    Traceback (most recent call last):
    ...
    dicomkit.errors.DecodeError: the frame begins with none of the JPEG family's markers
    """
    if data.startswith(JPEG):
        return parse_jpeg(data)
    if data.startswith((SOC, JP2)):
        return parse_jpeg2000(data)
    if any(signature.startswith(data) for signature in (JPEG, SOC, JP2)):
        msg = "the frame ends before its first marker does"
        raise TruncatedError(msg)
    msg = "the frame begins with none of the JPEG family's markers"
    raise DecodeError(msg)
