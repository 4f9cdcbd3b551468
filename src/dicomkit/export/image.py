"""One image to one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dicomkit.export.writing.atomic import write_file
from dicomkit.export.writing.encoding import DEFAULT_QUALITY, encode_image

if TYPE_CHECKING:
    import os

    from numpy.typing import NDArray

__all__ = ["save_image"]


def save_image(
    image: NDArray[Any],
    path: str | os.PathLike[str],
    /,
    *,
    quality: int = DEFAULT_QUALITY,
    overwrite: bool = True,
) -> None:
    """Save an image in the format that the path's suffix names.

    PNG (8 and 16 bits), JPEG, TIFF (8 bits, and 16 for greyscale), WebP and BMP. The
    file holds pixels only, no metadata. It appears whole or not at all: a crash or a
    full disk leaves what was there before. A link at `path` is replaced, not followed.

    Parameters
    ----------
    image : ndarray of uint8 or uint16, shape (rows, columns) or (rows, columns, 3)
        Greyscale or RGB, as `render` and `to_uint8` return it.
    path : path-like
        Where to, in a folder that exists; ``.png``, ``.jpg``, ``.jpeg``, ``.tif``,
        ``.tiff``, ``.webp`` or ``.bmp``.
    quality : int
        1 to 100, for JPEG and WebP. Pillow's own default is 75; 90 keeps the noise
        texture of soft tissue at about half as many bytes again.
    overwrite : bool
        Whether to replace a file that is there.

    Raises
    ------
    TypeError
        If `image` is not an array of uint8 or uint16.
    ValueError
        If its shape, its depth or the quality does not fit the format, or the suffix is
        not known.
    LimitError
        If the format cannot hold so many rows, columns or bytes.
    WriteError
        If the file cannot be written, or exists and `overwrite` is false.

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
    target = Path(path)
    write_file(target, encode_image(image, target.suffix, quality=quality), overwrite=overwrite)
