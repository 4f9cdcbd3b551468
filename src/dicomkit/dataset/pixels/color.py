"""Which colour the samples of an image are coded in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dicomkit.errors import InconsistentError, UnsupportedError
from dicomkit.notes import Note

if TYPE_CHECKING:
    from dicomkit.dataset.description import ImageDescription
    from dicomkit.dataset.pixels.header import SampleColor, StreamHeader

__all__ = ["sample_color"]

# PS3.3 C.7.6.3.1.2. What JPEG 2000 transformed comes out of its decoder as RGB.
_COLORS: dict[str, SampleColor] = {
    "RGB": "rgb",
    "YBR_FULL": "ybr",
    "YBR_FULL_422": "ybr",
    "YBR_RCT": "rgb",
    "YBR_ICT": "rgb",
}
# JPEG knows the full range alone, whatever a file calls it.
_PARTIAL = ("YBR_PARTIAL_420", "YBR_PARTIAL_422")
_ONE_SAMPLE = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR")


def sample_color(
    image: ImageDescription, header: StreamHeader | None = None
) -> tuple[SampleColor | None, tuple[Note, ...]]:
    """Say which colour an image's samples are coded in, None for one sample a pixel.

    A compressed stream's own markers decide; where it is silent, or there is none, the
    Photometric Interpretation does.

    Raises
    ------
    InconsistentError
        Samples per Pixel and Photometric Interpretation exclude each other.
    UnsupportedError
        A colour model that is retired or unknown.
    """
    name = image.photometric
    if image.samples == 1:
        if name not in _COLORS:
            return None, ()
        if header is None:
            msg = f"Photometric Interpretation {name} needs 3 samples per pixel, not 1"
            raise InconsistentError(msg)
        # PS3.5 8.2.1: the stream controls the decoding, and it has one component, too.
        message = f"the stream has one component, which Photometric Interpretation {name} has not"
        return None, (Note("photometric_contradicted", message),)
    if name in _ONE_SAMPLE or (name in _COLORS and image.samples != 3):  # noqa: PLR2004 - colour
        msg = f"Photometric Interpretation {name} does not go with {image.samples} samples"
        raise InconsistentError(msg)
    stated = _COLORS.get(name)
    if stated is None and header is not None and name in _PARTIAL:
        stated = "ybr"
    if stated is None:
        msg = "this Photometric Interpretation of several samples is retired or unknown"
        raise UnsupportedError(msg)
    if header is None or header.color is None or header.color == stated:
        return stated, ()
    note = Note(
        "photometric_contradicted",
        f"the stream says that its samples are {header.color.upper()}, "
        f"not what Photometric Interpretation {name} stands for",
    )
    return header.color, (note,)
