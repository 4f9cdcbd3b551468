"""Plain pixels, read from their file without its header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.dataset.files.headers import FileState
from dicomkit.dataset.files.opening import open_file
from dicomkit.dataset.modules.pixel_data import PixelSource
from dicomkit.dataset.modules.syntaxes import Packing
from dicomkit.image.reader import FrameReader
from dicomkit.streams.header import ITEM

if TYPE_CHECKING:
    from dicomkit.dataset.files.filesystems import File
    from dicomkit.dataset.modules.plain import PlainPixels
    from dicomkit.transforms.arrays import AnyArray

__all__ = ["read_plain"]


def read_plain(file: File, pixels: PlainPixels) -> AnyArray | None:
    """Give the stored values of a file's only frame, as an `Image` of it does.

    None where the file is no more what it was, or its pixels are not what the header says.

    Raises
    ------
    DicomKitError
        The file cannot be read.
    """
    with open_file(file) as source:
        if FileState(source.size, source.timestamp) != pixels.state:
            return None
        data = source.read(*pixels.place)
    # A transfer syntax may lie: these are compressed.
    if data.startswith(ITEM):
        return None
    opened = PixelSource(
        pixels.image, Packing.NATIVE, data, items=None, big_endian=False, swapped=False, notes=()
    )
    return FrameReader(opened, lenient=False, color=None).decode(0).values
