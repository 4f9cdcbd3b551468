"""The headers of JPEG (ITU-T T.81) and JPEG-LS (ITU-T T.87) streams."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from dicomkit.errors import DecodeError, LimitError, TruncatedError
from dicomkit.streams.header import StreamHeader
from dicomkit.streams.jpeg_segments import scan_headers, segments

if TYPE_CHECKING:
    from dicomkit.streams.header import SampleColor, StreamKind

__all__ = ["bare_jpeg", "parse_jpeg"]

_SOI = b"\xff\xd8"
_EOI = b"\xff\xd9"
_SOS = 0xDA
# With the length that it always has.
_DNL = b"\xff\xdc\x00\x04"
_APP0 = 0xE0
_APP8 = 0xE8
_APP14 = 0xEE
_COM = 0xFE
_SOF55 = 0xF7
# T.81 table B.1: C0 to CF but for DHT, JPG and DAC.
_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LOSSLESS = frozenset({0xC3, 0xC7, 0xCB, 0xCF})
# Bits that a block takes at the least: progressive scans can say of many that they are empty.
_HUFFMAN_DCT = {0xC0: 2, 0xC1: 2, 0xC2: 1}
_HUFFMAN_LOSSLESS = 0xC3
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
# Encoders make about ten of the one kind, of the other one for each component. Each may take
# a few bytes only, but goes over the whole picture.
_MOST_PROGRESSIVE_SCANS = 100
_MOST_SCANS = 4
# Visiting one that is empty takes some 100 ns where it is coded by arithmetic or has 12 bits.
_WORK_A_BLOCK = 8
_SEQUENTIAL_DCT = frozenset({0xC0, 0xC1, 0xC9})
# A segment's length counts the two bytes of the length itself.
_LENGTH_BYTES = 2
_ADOBE_BYTES = 12
_FRAME_BYTES = 6
# Length, Ns, one component's two bytes and the last three.
_LEAST_SCAN = 8
_COLOR_COMPONENTS = 3
_RGB_IDENTIFIERS = (b"RGB", b"rgb")
_ADOBE: dict[int | None, SampleColor] = {0: "rgb", 1: "ybr"}


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
    r"""Read the header of a JPEG or JPEG-LS stream.

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
    LimitError
        It has more scans than anyone writes.

    Examples
    --------
    >>> sof = bytes.fromhex("ffc0000b0800020003010111 00".replace(" ", ""))
    >>> sos = bytes.fromhex("ffda0008 01 01 00 00 3f 00".replace(" ", ""))
    >>> header = parse_jpeg(b"\xff\xd8" + sof + sos + b"\x12\xff\xd9")
    >>> header.kind, header.rows, header.columns, header.precision, header.complete
    ('jpeg', 2, 3, 8, True)
    """
    frame: _Frame | None = None
    frame_at = 0
    jfif, adobe, transformed = False, None, False
    for marker, start, stop in segments(data):
        body = data[start:stop]
        if marker == _APP0 and body.startswith(b"JFIF\0"):
            jfif = True
        elif marker == _APP14 and body.startswith(b"Adobe") and len(body) >= _ADOBE_BYTES:
            adobe = body[_ADOBE_BYTES - 1]
        elif marker == _APP8 and body.startswith(b"mrfx"):
            transformed = body[4:5] > b"\0"
        elif marker in _SOF or marker == _SOF55:
            if frame is not None:
                msg = "the JPEG stream has two frame headers"
                raise DecodeError(msg)
            frame, frame_at = _frame(marker, body), start
        elif marker == _SOS:
            if frame is None:
                msg = "the JPEG stream has a scan before its frame header"
                raise DecodeError(msg)
            late = frame.rows == 0
            if late:
                frame = replace(frame, rows=_late_lines(data, stop))
            header = _header(data, frame, body, stop)
            scans = _scans(data, frame, body, stop)
            return replace(
                header,
                color=_color(frame, jfif=jfif, adobe=adobe),
                hp_transform=transformed,
                frame_at=frame_at,
                late_lines=late,
                points=_points(frame, scans),
                scans=len(scans),
                work=_visits(frame, scans) * _WORK_A_BLOCK,
            )
    msg = "the JPEG stream ends before its first scan"
    raise TruncatedError(msg)


def bare_jpeg(data: bytes, color: SampleColor | None) -> bytes:
    """Leave of a stream what decoding needs, and say in its own terms which colour it is in.

    Decoders look at JFIF and Adobe markers and at component identifiers, each in an order
    of its own; one Adobe marker alone is understood by all of them. Application segments
    may hold Exif and more that nobody asked to have parsed.

    Parameters
    ----------
    data : bytes
        The stream, whose header was read before.
    color : {"rgb", "ybr"} or None
        The colour that its samples are coded in; None for one component.
    """
    kept = [_SOI]
    if color is not None:
        # APP14: version 100, two flags, then the transform, 0 for none and 1 for YCC.
        transform = b"\0" if color == "rgb" else b"\1"
        kept.append(b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00" + transform)
    body = len(_SOI)
    for marker, start, body in segments(data):
        if not _APP0 <= marker <= _COM:
            kept.append(data[start - 4 : body])
    return b"".join((*kept, data[body:]))


def _frame(marker: int, body: bytes) -> _Frame:
    # T.81 B.2.2: P, Y, X, Nf, then C, H and V, Tq for each component.
    count = body[5] if len(body) >= _FRAME_BYTES else 0
    if count == 0 or len(body) < _FRAME_BYTES + 3 * count:
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


def _header(data: bytes, frame: _Frame, scan: bytes, body: int) -> StreamHeader:
    kind: StreamKind = "jpeg"
    if frame.marker == _SOF55:
        kind = "jpeg-ls"
    elif frame.marker in _LOSSLESS:
        kind = "jpeg-lossless"
    # The last three bytes of a scan header: Ss, Se, Ah and Al; for JPEG-LS: NEAR, ILV, Al.
    tail = scan[-3:]
    if len(scan) + _LENGTH_BYTES < _LEAST_SCAN:
        msg = "the JPEG stream's scan header is too short"
        raise DecodeError(msg)
    # Neither coding can put an EOI marker into entropy-coded data.
    end = data.rfind(_EOI, body)
    return StreamHeader(
        kind=kind,
        rows=frame.rows,
        columns=frame.columns,
        components=len(frame.identifiers),
        precision=frame.precision,
        complete=end >= body + _least_bytes(frame),
        start=0,
        body=body,
        stop=len(data) if end < 0 else end + len(_EOI),
        lossy=kind == "jpeg" or (kind == "jpeg-ls" and tail[0] > 0),
        scan_fault=_is_faulty(frame.marker, tail),
        plain=frame.marker == _HUFFMAN_LOSSLESS and len(set(frame.sampling)) == 1,
    )


def _is_faulty(marker: int, tail: bytes) -> bool:
    # T.81 table B.3: sequential DCT has Ss 0, Se 63, Ah 0, Al 0; lossless has Se 0, Ah 0.
    if marker in _SEQUENTIAL_DCT:
        return tail != b"\x00\x3f\x00"
    return marker in _LOSSLESS and (tail[1] > 0 or tail[2] >> 4 > 0)


def _late_lines(data: bytes, body: int) -> int:
    """Give the number of lines that stands behind the first scan (T.81 B.2.5); 0 without it."""
    at = data.find(_DNL, body)
    return 0 if at < 0 else int.from_bytes(data[at + len(_DNL) :][:2], "big")


def _scans(data: bytes, frame: _Frame, first: bytes, body: int) -> list[bytes]:
    """Give the headers of all scans; `body` is where the `first` one's data begin."""
    progressive = frame.marker in _PROGRESSIVE
    most = _MOST_PROGRESSIVE_SCANS if progressive else _MOST_SCANS
    scans = [first]
    for start, stop in scan_headers(data, body):
        scans.append(data[start:stop])
        if len(scans) > most:
            msg = f"the JPEG stream goes over its picture in more than {most} scans"
            raise LimitError(msg)
    return scans


def _visits(frame: _Frame, scans: list[bytes]) -> int:
    """Count the blocks of all scans; a decoder visits each, whether or not there is data for it."""
    if frame.marker in _LOSSLESS or frame.marker == _SOF55:
        return 0
    highest, widest = (max(factor >> shift & 15 for factor in frame.sampling) for shift in (0, 4))
    blocks = {
        name: -(-frame.rows * (factor & 15) // (8 * highest or 8))
        * -(-frame.columns * (factor >> 4) // (8 * widest or 8))
        for name, factor in zip(frame.identifiers, frame.sampling, strict=True)
    }
    return sum(
        blocks.get(name, 0) for scan in scans if scan for name in scan[1 : 1 + 2 * scan[0] : 2]
    )


def _points(frame: _Frame, scans: list[bytes]) -> tuple[int, ...]:
    """Give each component's point transform: Al in the header of its scan (T.81 B.2.3)."""
    if frame.marker not in _LOSSLESS and frame.marker != _SOF55:
        return ()
    points = dict.fromkeys(frame.identifiers, 0)
    for scan in scans:
        count = scan[0] if scan else 0
        points |= dict.fromkeys(scan[1 : 1 + 2 * count : 2], scan[-1] & 0x0F if scan else 0)
    found = tuple(points[name] for name in frame.identifiers)
    if max(found) >= frame.precision:
        msg = "the JPEG stream's point transform leaves nothing of its samples"
        raise DecodeError(msg)
    return found if any(found) else ()


def _least_bytes(frame: _Frame) -> int:
    """Give how short the coded data of a whole picture can be.

    A Huffman code has one bit at the least, and a block needs two of them: one for its
    mean and one that says that nothing else follows.
    """
    count = len(frame.identifiers)
    # A component alone is coded block by block, whatever its sampling factors say.
    high, wide = (
        max(factor >> shift & 15 for factor in frame.sampling) if count > 1 else 1
        for shift in (0, 4)
    )
    if frame.marker in _HUFFMAN_DCT:
        units = -(-frame.rows // (8 * high or 8)) * -(-frame.columns // (8 * wide or 8))
        return units * count * _HUFFMAN_DCT[frame.marker] // 8
    if frame.marker == _HUFFMAN_LOSSLESS:
        return (frame.rows // (high or 1)) * (frame.columns // (wide or 1)) * count // 8
    return 0


def _color(frame: _Frame, *, jfif: bool, adobe: int | None) -> SampleColor | None:
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
