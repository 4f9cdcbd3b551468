"""The headers of JPEG (ITU-T T.81) and JPEG-LS (ITU-T T.87) streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from dicomkit.dataset.pixels.codestream import StreamHeader
from dicomkit.errors import DecodeError, TruncatedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.dataset.pixels.codestream import StreamColor, StreamKind

__all__ = ["mend_spectral_selection", "parse_jpeg"]

_SOI = b"\xff\xd8"
_EOI = b"\xff\xd9"
_SOS = 0xDA
_APP0 = 0xE0
_APP14 = 0xEE
_SOF55 = 0xF7
# TEM and the restart markers stand alone, without a length.
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
# T.81 table B.1: C0 to CF but for DHT, JPG and DAC.
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
_SEQUENTIAL_DCT = frozenset({0xC0, 0xC1, 0xC9})
_MOST_SEGMENTS = 4096
_COLOR_COMPONENTS = 3
_RGB_IDENTIFIERS = (b"RGB", b"rgb")
_ADOBE: dict[int | None, StreamColor] = {0: "rgb", 1: "ybr"}


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the SOF segment holds."""

    marker: int
    precision: int
    rows: int
    columns: int
    identifiers: tuple[int, ...]
    sampling: tuple[int, ...]


def parse_jpeg(data: bytes) -> StreamHeader:
    """Read the header of a JPEG or JPEG-LS stream.

    Parameters
    ----------
    data : bytes
        The stream, from its SOI marker; bytes behind its EOI marker do not matter.

    Raises
    ------
    TruncatedError
        The stream ends before its first scan.
    DecodeError
        The bytes are not a JPEG stream, or its segments make no sense.

    Examples
    --------
    >>> sof = bytes.fromhex("ffc0000b0800020003010111 00".replace(" ", ""))
    >>> sos = bytes.fromhex("ffda0008 01 01 00 00 3f 00".replace(" ", ""))
    >>> header = parse_jpeg(b"\\xff\\xd8" + sof + sos + b"\\x12\\xff\\xd9")
    >>> header.kind, header.rows, header.columns, header.precision, header.complete
    ('jpeg', 2, 3, 8, True)
    """
    frame: _Frame | None = None
    jfif, adobe = False, None
    for marker, start, stop in _segments(data):
        body = data[start:stop]
        if marker == _APP0 and body.startswith(b"JFIF\0"):
            jfif = True
        elif marker == _APP14 and body.startswith(b"Adobe") and len(body) > 11:  # noqa: PLR2004
            adobe = body[11]
        elif marker in _SOF or marker == _SOF55:
            frame = _frame(marker, body)
        elif marker == _SOS:
            if frame is None:
                msg = "the JPEG stream has a scan before its frame header"
                raise DecodeError(msg)
            return _header(data, frame, body, stop, _color(frame, jfif=jfif, adobe=adobe))
    msg = "the JPEG stream ends before its first scan"
    raise TruncatedError(msg)


def mend_spectral_selection(data: bytes) -> bytes:
    """Write 0 to 63 as the spectral selection of each scan of a sequential DCT stream.

    No other values are allowed in one (T.81 table B.3), so what they should be is certain.
    """
    mended = bytearray(data)
    for marker, start, stop in _segments(data):
        if marker == _SOS:
            # Entropy-coded data cannot hold a marker: what looks like one, is one.
            at = start - 4
            while at >= 0:
                stop = at + 2 + int.from_bytes(mended[at + 2 : at + 4], "big")
                mended[stop - 3 : stop] = b"\x00\x3f\x00"
                at = mended.find(b"\xff\xda", stop)
    return bytes(mended)


def _segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and stop of each segment's body, up to the first scan's."""
    if not data.startswith(_SOI):
        msg = "the bytes are not a JPEG stream: they do not begin with an SOI marker"
        raise DecodeError(msg)
    at = len(_SOI)
    for _ in range(_MOST_SEGMENTS):
        if at + 1 >= len(data):
            return
        if data[at] != 0xFF:  # noqa: PLR2004 - the first byte of every marker
            msg = "the JPEG stream has something else where a marker belongs"
            raise DecodeError(msg)
        marker = data[at + 1]
        if marker == 0xFF:  # noqa: PLR2004 - a fill byte (T.81 B.1.1.2)
            # Skipped in one stride: hostile streams have megabytes of them.
            at += len(data) - at - len(data[at:].lstrip(b"\xff")) - 1
            continue
        at += 2
        if marker in _STANDALONE:
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        if at + length > len(data) or at + 2 > len(data):
            return
        if length < 2:  # noqa: PLR2004 - the length counts its own two bytes
            msg = "the JPEG stream has a segment of impossible length"
            raise DecodeError(msg)
        yield marker, at + 2, at + length
        if marker == _SOS:
            return
        at += length
    msg = f"the JPEG stream has more than {_MOST_SEGMENTS} segments before its first scan"
    raise DecodeError(msg)


def _frame(marker: int, body: bytes) -> _Frame:
    # T.81 B.2.2: P, Y, X, Nf, then C, H and V, Tq for each component.
    count = body[5] if len(body) > 5 else 0  # noqa: PLR2004
    if count == 0 or len(body) < 6 + 3 * count:
        msg = "the JPEG stream's frame header is too short for its components"
        raise DecodeError(msg)
    return _Frame(
        marker,
        precision=body[0],
        rows=int.from_bytes(body[1:3], "big"),
        columns=int.from_bytes(body[3:5], "big"),
        identifiers=tuple(body[6 : 6 + 3 * count : 3]),
        sampling=tuple(body[7 : 7 + 3 * count : 3]),
    )


def _header(
    data: bytes, frame: _Frame, scan: bytes, stop: int, color: StreamColor | None
) -> StreamHeader:
    kind: StreamKind = "jpeg"
    if frame.marker == _SOF55:
        kind = "jpeg-ls"
    elif frame.marker in _LOSSLESS:
        kind = "jpeg-lossless"
    # The last three bytes of a scan header: Ss, Se, Ah and Al; for JPEG-LS: NEAR, ILV, Al.
    tail = scan[-3:]
    if len(scan) < 6:  # noqa: PLR2004 - Ns, one component's two bytes, and the three
        msg = "the JPEG stream's scan header is too short"
        raise DecodeError(msg)
    return StreamHeader(
        kind=kind,
        rows=frame.rows,
        columns=frame.columns,
        components=len(frame.identifiers),
        precision=frame.precision,
        # Neither coding can put an EOI marker into entropy-coded data.
        complete=data.rfind(_EOI, stop) >= 0,
        lossy=kind == "jpeg" or (kind == "jpeg-ls" and tail[0] > 0),
        color=color,
        fault=frame.marker in _SEQUENTIAL_DCT and tail != b"\x00\x3f\x00",
    )


def _color(frame: _Frame, *, jfif: bool, adobe: int | None) -> StreamColor | None:
    """Say which colour the stream speaks of, as libjpeg believes its markers."""
    if len(frame.identifiers) != _COLOR_COMPONENTS or frame.marker == _SOF55:
        return None
    if bytes(frame.identifiers) in _RGB_IDENTIFIERS:
        return "rgb"
    # JFIF is a lossy format: in a lossless stream its marker is a habit of the writer.
    if jfif and frame.marker not in _LOSSLESS:
        return "ybr"
    if adobe in _ADOBE:
        return _ADOBE[adobe]
    # Nobody keeps fewer samples of green and blue than of red.
    return "ybr" if len(set(frame.sampling)) > 1 else None
