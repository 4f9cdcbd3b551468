"""Animated pictures, written frame by frame: APNG, GIF and WebP.

Pillow encodes each frame. Its own writers of animations take a generator, but keep every frame
that it gave until the last one is there, which would be the whole film.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
from PIL import Image

from dicomkit.display.png import SIGNATURE, chunk, png_data, png_header
from dicomkit.errors import LimitError
from dicomkit.export.writing.encoding import PictureFile, encode_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.export.writing.encoding import ImageArray

    Shown = Iterator[tuple[ImageArray, int]]

__all__ = ["write_apng", "write_gif", "write_webp"]

_MOST_BYTES = 2**32 - 2
_LOOPS = b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00"
_IMAGE = 0x2C


def write_apng(file: BinaryIO, shown: Shown, quality: int) -> Iterator[int]:
    """Write an animated PNG (PNG, third edition, 11.3.6).

    Parameters
    ----------
    file : binary file
        Empty, and for seeking too.
    shown : iterator of (ndarray, int)
        Frames, and how many milliseconds each is shown.
    quality : int
        PNG keeps every value.

    Yields
    ------
    int
        How many frames are written, after each of them. The file is whole at the end.
    """
    del quality
    frames = numbered = counted = 0
    file.write(SIGNATURE)
    for image, ticks in shown:
        if not frames:
            file.write(chunk(b"IHDR", png_header(image)))
            counted = file.tell()
            file.write(_animation_control(0))
        rows, columns = image.shape[:2]
        # The whole picture, shown so long, left as it is, in the place of the one before.
        control = (numbered, columns, rows, 0, 0, ticks, 1000, 0, 0)
        file.write(chunk(b"fcTL", struct.pack(">IIIIIHHBB", *control)))
        numbered += 1
        data = png_data(image)
        if frames:
            data = struct.pack(">I", numbered) + data
            numbered += 1
        file.write(chunk(b"fdAT" if frames else b"IDAT", data))
        frames += 1
        yield frames
    file.write(chunk(b"IEND", b""))
    if frames:
        file.seek(counted)
        file.write(_animation_control(frames))


def _animation_control(frames: int) -> bytes:
    # It plays for ever.
    return chunk(b"acTL", struct.pack(">II", frames, 0))


def write_gif(file: BinaryIO, shown: Shown, quality: int) -> Iterator[int]:
    """Write an animated GIF (GIF89a), as `write_apng` does.

    It counts hundredths of a second. Each frame has its own 256 colours, which are all greys that
    there are.
    """
    del quality
    for number, (image, ticks) in enumerate(shown, 1):
        data = PictureFile(".gif")
        picture = Image.fromarray(np.asarray(image, np.uint8))
        if picture.mode == "RGB":
            # Others let go of colours that few pixels have, such as those of a Doppler scan.
            picture = picture.quantize(256, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
        picture.save(data, optimize=False)
        whole = data.getvalue()
        size, flags = whole[6:10], whole[10]
        palette = whole[13 : 13 + (3 << (flags & 7) + 1)] if flags & 0x80 else b""
        start = _image_at(whole, 13 + len(palette))
        if number == 1:
            file.write(b"GIF89a" + size + b"\x70\x00\x00" + _LOOPS)
        # The next frame is drawn over it.
        file.write(struct.pack("<4sHBB", b"\x21\xf9\x04\x04", ticks, 0, 0))
        local = whole[start + 9]
        if palette:
            local = local & 0x40 | 0x80 | flags & 7
        file.write(whole[start : start + 9] + bytes([local]) + palette + whole[start + 10 : -1])
        yield number
    file.write(b"\x3b")


def _image_at(data: bytes, at: int) -> int:
    """Find where the image begins behind any extensions."""
    while data[at] != _IMAGE:
        at += 2
        while data[at]:
            at += data[at] + 1
        at += 1
    return at


def write_webp(file: BinaryIO, shown: Shown, quality: int) -> Iterator[int]:
    """Write an animated WebP (RFC 9649), as `write_apng` does."""
    for number, (image, ticks) in enumerate(shown, 1):
        rows, columns = image.shape[:2]
        size = _three(columns - 1) + _three(rows - 1)
        if number == 1:
            file.write(b"RIFF\0\0\0\0WEBP")
            # There is animation and nothing else; it plays for ever.
            file.write(_riff(b"VP8X", b"\x02\0\0\0" + size))
            file.write(_riff(b"ANIM", bytes(6)))
        # Behind the file's own header, and one of extensions where there is one, is the picture.
        data = encode_image(image, "webp", quality=quality)[12:]
        while not data.startswith((b"VP8 ", b"VP8L")):
            data = data[8 + int.from_bytes(data[4:8], "little") :]
        # At the left and top, shown so long, in the place of the one before.
        file.write(_riff(b"ANMF", bytes(6) + size + _three(ticks) + b"\x02" + data))
        yield number
    whole = file.tell()
    if whole > _MOST_BYTES:
        msg = "an animated WebP holds at most 4 GiB"
        raise LimitError(msg)
    file.seek(4)
    file.write(struct.pack("<I", max(whole - 8, 0)))


def _riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _three(number: int) -> bytes:
    return number.to_bytes(3, "little")
