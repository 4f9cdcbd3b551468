r"""The decoders: which takes what, how each is called, and the order in which they are asked.

The first one that is installed is taken:

===================== ================== ==================================================
stream                decoder            why
===================== ================== ==================================================
JPEG, 8 bits          Pillow             libjpeg-turbo: 4 to 5 times as fast as libjpeg,
                                         and it refuses a stream that ends too early
JPEG, 12 bits         pylibjpeg-libjpeg  with or without an extra, the same values
\                     imagecodecs        libjpeg-turbo 3: values that are one off, as T.83
                                         allows, where the other is not installed
JPEG Lossless         imagecodecs        libjpeg-turbo 3: 6 times as fast
\                     pylibjpeg-libjpeg  the same values, without an extra
JPEG-LS               imagecodecs        CharLS: 2 to 14 times as fast as libjpeg; it noticed
                                         89 to 99 % of damaged streams, libjpeg 7 to 12 %
\                     pylibjpeg-libjpeg  the same values, without an extra
HTJ2K, reversible     imagecodecs        OpenJPH: twice as fast as OpenJPEG; of irreversible
                                         streams it wraps values at the ends of their range
JPEG 2000, HTJ2K      imagecodecs        OpenJPEG: every depth and sign
\                     Pillow             the same values up to 16 bits grey and 8 bits
                                         colour, without an extra
JPEG XL               imagecodecs        libjxl
===================== ================== ==================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from dicomkit.errors import TruncatedError
from dicomkit.streams.jpeg import bare_jpeg
from dicomkit.streams.jpeg_mending import shifted_back, without_padding, without_points

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import ModuleType

    from dicomkit.streams.header import SampleColor, StreamHeader, StreamKind
    from dicomkit.transforms.bits import Cells

__all__ = ["DECODERS", "EXTRA", "Decoder"]

EXTRA = 'pip install "dicomkit[codecs]"'
# A core package, but its licence makes some leave it out.
_CORE = "pip install pylibjpeg-libjpeg"
_COLOR = (1, 3)
_BYTE = 8
_WORD = 16


@dataclass(frozen=True, slots=True)
class Decoder:
    """One way to decode a kind of stream.

    Attributes
    ----------
    module : str
        The module that it needs.
    decode : callable
        What calls it: with the module, the codestream alone, its header, and the colour that
        its samples are coded in. Plain JPEG Lossless says that it has 16 bits by then.
    suits : callable
        Whether it takes such a stream.
    forgiving : bool
        Whether it gives what there is of a stream without its end.
    install : str
        How to get it.
    part : str or None
        What the module must have been built with.
    makes_rgb : bool
        Whether colour comes out as RGB, whatever it was coded in.
    """

    module: str
    decode: Callable[[ModuleType, bytes, StreamHeader, SampleColor | None], Cells]
    suits: Callable[[StreamHeader], bool]
    forgiving: bool = True
    install: str = EXTRA
    part: str | None = None
    makes_rgb: bool = False

    def run(self, data: bytes, header: StreamHeader, color: SampleColor | None) -> Cells:
        """Decode with the module, which is installed."""
        return self.decode(import_module(self.module), data, header, color)

    def find(self) -> ModuleType | None:
        """Give the module, or None where it is not installed."""
        try:
            module = import_module(self.module)
        except ImportError:
            return None
        # Older ones lack some parts, and so do those for some machines.
        part = None if self.part is None else getattr(module, self.part, None)
        return module if self.part is None or (part is not None and part.available) else None


def _pillow_jpeg(
    module: ModuleType, data: bytes, header: StreamHeader, color: SampleColor | None
) -> Cells:
    del header
    # Not Image.open: its limit on pixels is a global of the process, ours is an argument.
    with module.JpegImageFile(BytesIO(bare_jpeg(data, color))) as image:
        return np.asarray(image)


def _pillow_jpeg2000(
    module: ModuleType, data: bytes, header: StreamHeader, color: SampleColor | None
) -> Cells:
    del color
    with module.Jpeg2KImageFile(BytesIO(data)) as image:
        values: Cells = np.asarray(image)
    # Pillow moves samples to the high end of 8 or 16 bits, and signed ones above 0.
    width = 8 * values.dtype.itemsize
    values = values >> values.dtype.type(width - header.precision)
    if not header.signed:
        return values
    return values.astype(np.int32) - (1 << (header.precision - 1))


def _libjpeg(
    module: ModuleType, data: bytes, header: StreamHeader, color: SampleColor | None
) -> Cells:
    del header, color
    values: Cells = module.decode(data)
    return values


def _turbo(
    module: ModuleType, data: bytes, header: StreamHeader, color: SampleColor | None
) -> Cells:
    del color
    # Without markers that speak of colour, and from one colour to the same: it converts nothing.
    same = "RGB" if header.components == 3 else None  # noqa: PLR2004 - colour
    bare = bare_jpeg(data, None)
    values: Cells = module.jpeg8_decode(bare, colorspace=same, outcolorspace=same)
    return values


def _charls(
    module: ModuleType, data: bytes, header: StreamHeader, color: SampleColor | None
) -> Cells:
    del color
    # CharLS refuses a point transform, whose only other effect is the shift.
    data = without_points(data, header)
    try:
        values: Cells = module.jpegls_decode(data)
    except module.JpeglsError:
        sound = without_padding(data, header)
        if sound == data:
            raise
        values = module.jpegls_decode(sound)
    return shifted_back(values, header)


def _openjpeg(
    module: ModuleType, data: bytes, header: StreamHeader, color: SampleColor | None
) -> Cells:
    del header, color
    values: Cells = module.jpeg2k_decode(data, numthreads=1)
    return values


def _openjph(
    module: ModuleType, data: bytes, header: StreamHeader, color: SampleColor | None
) -> Cells:
    del header, color
    values: Cells = module.htj2k_decode(data)
    return values


def _libjxl(
    module: ModuleType, data: bytes, header: StreamHeader, color: SampleColor | None
) -> Cells:
    del header, color
    try:
        values: Cells = module.jpegxl_decode(data, keeporientation=True, numthreads=1)
    except module.JpegxlError as error:
        if "NEED_MORE_INPUT" in str(error):
            msg = "the JPEG XL stream ends too early"
            raise TruncatedError(msg) from None
        raise
    return values


def _any(header: StreamHeader) -> bool:
    del header
    return True


def _is_dct(header: StreamHeader) -> bool:
    return header.precision in (_BYTE, 12)


_OPENJPEG = Decoder(
    "imagecodecs",
    _openjpeg,
    lambda header: header.precision <= 32,  # noqa: PLR2004
    part="JPEG2K",
)
_PILLOW_JPEG2000 = Decoder(
    "PIL.Jpeg2KImagePlugin",
    _pillow_jpeg2000,
    lambda header: (
        header.precision <= (_WORD if header.components == 1 else _BYTE)
        and header.components in _COLOR
    ),
)
DECODERS: Mapping[StreamKind, tuple[Decoder, ...]] = {
    "jpeg": (
        Decoder(
            "PIL.JpegImagePlugin",
            _pillow_jpeg,
            lambda header: header.precision == _BYTE and header.components in _COLOR,
            makes_rgb=True,
        ),
        Decoder("libjpeg", _libjpeg, _any, install=_CORE),
        Decoder("imagecodecs", _turbo, _is_dct, part="JPEG8"),
    ),
    "jpeg-lossless": (
        Decoder("imagecodecs", _turbo, lambda header: header.plain, part="JPEG8"),
        Decoder(
            "libjpeg",
            _libjpeg,
            lambda header: header.plain or not header.points,
            install=_CORE,
        ),
    ),
    "jpeg-ls": (
        Decoder("imagecodecs", _charls, _any, forgiving=False, part="JPEGLS"),
        Decoder("libjpeg", _libjpeg, lambda header: not header.hp_transform, install=_CORE),
    ),
    "jpeg-2000": (_OPENJPEG, _PILLOW_JPEG2000),
    "htj2k": (
        Decoder(
            "imagecodecs",
            _openjph,
            lambda header: header.precision <= _WORD and not (header.lossy or header.subsampled),
            forgiving=False,
            part="HTJ2K",
        ),
        _OPENJPEG,
        _PILLOW_JPEG2000,
    ),
    "jpeg-xl": (
        Decoder("imagecodecs", _libjxl, lambda header: header.precision <= _WORD, part="JPEGXL"),
    ),
}
