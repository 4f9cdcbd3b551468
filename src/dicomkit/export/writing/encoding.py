"""An image array as the bytes of a picture file, without metadata."""

from __future__ import annotations

import io
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from PIL import Image

from dicomkit.display.png import encode_png
from dicomkit.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

__all__ = [
    "DEFAULT_QUALITY",
    "FORMATS",
    "ImageArray",
    "PictureFile",
    "PictureFormat",
    "check_image",
    "check_quality",
    "encode_image",
    "picture_suffix",
]

ImageArray: TypeAlias = "NDArray[np.uint8] | NDArray[np.uint16]"

DEFAULT_QUALITY = 90


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """What a kind of picture file can hold.

    Parameters
    ----------
    name : str
        Its name, as Pillow has it.
    greyscale_bits, colour_bits : tuple of int
        The depths that dicomkit writes.
    longest_side : int
        The most rows or columns.
    """

    name: str
    greyscale_bits: tuple[int, ...] = (8,)
    colour_bits: tuple[int, ...] = (8,)
    longest_side: int = 2**31 - 1


_JPEG = PictureFormat("JPEG", longest_side=65_500)
_TIFF = PictureFormat("TIFF", greyscale_bits=(8, 16))

FORMATS: Mapping[str, PictureFormat] = MappingProxyType(
    {
        ".png": PictureFormat("PNG", greyscale_bits=(8, 16), colour_bits=(8, 16)),
        ".jpg": _JPEG,
        ".jpeg": _JPEG,
        ".tif": _TIFF,
        ".tiff": _TIFF,
        ".webp": PictureFormat("WEBP", longest_side=16_383),
        ".bmp": PictureFormat("BMP"),
    }
)
"""The picture formats by suffix."""

# All of these formats count in 32 bits somewhere.
_MOST_BYTES = 2**31 - 1
_BEST_QUALITY = 100
_GREYSCALE_AXES, _COLOUR_AXES, _RGB = 2, 3, 3


def encode_image(
    image: NDArray[Any],
    /,
    format: str,  # noqa: A002 - what everyone calls it
    *,
    quality: int = DEFAULT_QUALITY,
) -> bytes:
    r"""Encode an image as a picture file in memory.

    Parameters
    ----------
    image : ndarray of uint8 or uint16, shape (rows, columns) or (rows, columns, 3)
        Greyscale or RGB, as `render` and `to_uint8` return it. PNG takes both depths, TIFF
        16 bits for greyscale only, the others 8 bits.
    format : str
        ``"png"``, ``"jpg"``, ``"jpeg"``, ``"tif"``, ``"tiff"``, ``"webp"`` or ``"bmp"``, in
        either case, with or without a dot in front.
    quality : int
        1 to 100, for JPEG and WebP, which lose detail. Pillow's own default is 75; 90 keeps
        the noise texture of soft tissue at about half as many bytes again. JPEG keeps the
        colours at full resolution (4:4:4). PNG, TIFF (uncompressed) and BMP keep every value.

    Returns
    -------
    bytes
        The whole file. It holds pixels and nothing else: no date, name or text.

    Raises
    ------
    TypeError
        If `image` is not an array of uint8 or uint16.
    ValueError
        If its shape, its depth or the quality does not fit the format, or there is no such
        format.
    LimitError
        If the format cannot hold so many rows, columns or bytes.

    Examples
    --------
    >>> encode_image(np.zeros((2, 2), np.uint8), "png")[:4]
    b'\x89PNG'
    """
    suffix = picture_suffix(format)
    form = FORMATS[suffix]
    check_quality(quality)
    check_image(image, form)
    if form.name == "PNG":
        return encode_png(image)
    native = np.ascontiguousarray(image, dtype=image.dtype.newbyteorder("="))
    picture = Image.fromarray(native)
    target = PictureFile(suffix)
    if form.name == "JPEG":
        picture.save(target, quality=quality, subsampling="4:4:4")
    elif form.name == "WEBP":
        picture.save(target, quality=quality)
    else:
        picture.save(target)
    return target.getvalue()


def picture_suffix(name: str) -> str:
    """Find the suffix of a picture format.

    Parameters
    ----------
    name : str
        Such as ``"png"`` or ``".PNG"``.

    Returns
    -------
    str
        One of `FORMATS`.

    Raises
    ------
    ValueError
        If dicomkit does not write such files.

    Examples
    --------
    >>> picture_suffix("JPG")
    '.jpg'
    """
    suffix = f".{name.removeprefix('.').lower()}"
    if suffix not in FORMATS:
        known = ", ".join(known.removeprefix(".") for known in FORMATS)
        msg = f"unknown picture format {name!r}: use one of {known}, as format=... or as a suffix"
        raise ValueError(msg)
    return suffix


def check_quality(quality: int) -> None:
    """Refuse a quality that no encoder has.

    Parameters
    ----------
    quality : int
        1 to 100.

    Raises
    ------
    ValueError
        If it is anything else.

    Examples
    --------
    >>> check_quality(90)
    """
    if not 1 <= quality <= _BEST_QUALITY:
        msg = f"quality must be a whole number from 1 to 100, not {quality!r}"
        raise ValueError(msg)


class PictureFile(io.BytesIO):
    """A file in memory whose name says its format: newer Pillow loads no other than that."""

    def __init__(self, suffix: str) -> None:
        super().__init__()
        self.name: str = f"picture{suffix}"


def check_image(image: NDArray[Any], form: PictureFormat) -> None:
    """Refuse what a picture file cannot hold, as `encode_image` says."""
    if not isinstance(image, np.ndarray):
        msg = f"an image is a numpy array, not {type(image).__name__}; numpy.asarray may make one"
        raise TypeError(msg)
    if image.dtype.kind != "u" or image.itemsize not in (1, 2):
        msg = (
            f"an image holds uint8 or uint16, not {image.dtype}; "
            "to_uint8(apply_window(values, window)) makes one of values"
        )
        raise TypeError(msg)
    colour = image.ndim == _COLOUR_AXES and image.shape[-1] == _RGB
    if not colour and image.ndim != _GREYSCALE_AXES:
        msg = (
            "an image has the shape (rows, columns) or (rows, columns, 3), "
            f"not {image.shape}; save several frames one by one, as image[0], image[1], ..."
        )
        raise ValueError(msg)
    rows, columns = image.shape[:2]
    if not rows or not columns:
        msg = f"an image has at least one pixel, not the shape {image.shape}"
        raise ValueError(msg)
    bits = 8 * image.itemsize
    if bits not in (form.colour_bits if colour else form.greyscale_bits):
        what = "RGB" if colour else "greyscale"
        msg = f"{form.name} holds no {what} of {bits} bits here; use PNG, or to_uint8 first"
        raise ValueError(msg)
    if max(rows, columns) > form.longest_side or image.nbytes > _MOST_BYTES:
        msg = (
            f"{form.name} holds at most {form.longest_side} pixels a side and 2 GiB in all, "
            f"not {rows} x {columns}"
        )
        raise LimitError(msg)
