"""One image to one file, or to a stream."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from dicomkit.errors import WriteError
from dicomkit.export.writing.atomic import write_file
from dicomkit.export.writing.encoding import DEFAULT_QUALITY, encode_image

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BinaryWriter", "save_image"]

# What a stream that takes only parts is offered at once.
_PART = 1 << 20


class BinaryWriter(Protocol):
    """A binary stream to write to: a file that was opened with ``"wb"``, `io.BytesIO`, ..."""

    def write(self, data: bytes, /) -> object:
        """Take bytes; a number says how many of them were taken."""
        ...


def save_image(
    image: NDArray[Any],
    target: str | os.PathLike[str] | BinaryWriter,
    /,
    *,
    format: str | None = None,  # noqa: A002 - what everyone calls it
    quality: int = DEFAULT_QUALITY,
    overwrite: bool = False,
) -> None:
    """Save an image in the format that the path's suffix names.

    PNG (8 and 16 bits), JPEG, TIFF (8 bits, and 16 for greyscale), WebP and BMP. What is
    written holds pixels only, no metadata. A file appears whole or not at all: a crash or a
    full disk leaves what was there before. A link at the path is replaced, not followed.

    Parameters
    ----------
    image : ndarray of uint8 or uint16, shape (rows, columns) or (rows, columns, 3)
        Greyscale or RGB, as `render` and `to_uint8` return it.
    target : path-like or binary stream
        Where to: a path in a folder that exists; or anything with ``write``, which is written
        to where it stands and is left open.
    format : str, optional
        As in `encode_image`. A path's own suffix is the default: ``.png``, ``.jpg``,
        ``.jpeg``, ``.tif``, ``.tiff``, ``.webp`` or ``.bmp``. A stream has none.
    quality : int
        1 to 100, for JPEG and WebP, as in `encode_image`.
    overwrite : bool
        Whether to replace a file that is there.

    Raises
    ------
    TypeError
        If `image` is not an array of uint8 or uint16, or the stream takes text.
    ValueError
        If the image's shape, its depth or the quality does not fit the format, or the format
        is not known, as that of a stream without `format`.
    LimitError
        If the format cannot hold so many rows, columns or bytes.
    WriteError
        If the target cannot be written, or is a file that exists and `overwrite` is false.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import numpy as np
    >>> ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_image(ramp, Path(folder) / "ramp.png")
    ...     [file.name for file in Path(folder).iterdir()]
    ['ramp.png']
    """
    if isinstance(target, str | os.PathLike):
        suffix = Path(target).suffix if format is None else format
        write_file(target, encode_image(image, suffix, quality=quality), overwrite=overwrite)
        return
    if not hasattr(target, "write"):
        msg = f"expected a path or a binary stream, not {type(target).__name__}"
        raise TypeError(msg)
    if format is None:
        msg = "a stream has no suffix that names a format: pass format='png', or another"
        raise ValueError(msg)
    data = encode_image(image, format, quality=quality)
    try:
        _write(target, data)
    except OSError as error:
        msg = f"cannot write to the stream: {error.strerror or type(error).__name__}"
        failure = WriteError(msg)
        failure.errno = error.errno
        raise failure from error
    except TypeError as error:
        msg = "expected a binary stream; this one takes no bytes"
        raise TypeError(msg) from error


def _write(stream: BinaryWriter, data: bytes) -> None:
    """Write everything to a stream; one without a buffer may take only a part at a time."""
    taken, rest = stream.write(data), memoryview(data)
    while isinstance(taken, int) and 0 < taken < len(rest):
        rest = rest[taken:]
        taken = stream.write(bytes(rest[:_PART]))
    if taken == 0 or (taken is None and isinstance(stream, io.RawIOBase)):
        raise BlockingIOError
