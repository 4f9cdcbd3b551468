"""Pixels that nothing has to be found out of but their bytes: one native grey frame in its file."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from dicomkit.dataset.elements.tags import shared_tag
from dicomkit.dataset.files.recognition import NATIVE
from dicomkit.dataset.modules.image_pixel import describe_image
from dicomkit.dataset.modules.modality import modality_step
from dicomkit.errors import DicomKitError

if TYPE_CHECKING:
    from pydicom.tag import BaseTag

    from dicomkit.dataset.files.encoding import Encoding
    from dicomkit.dataset.files.headers import FileState, Header, PixelPlace
    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.dataset.modules.modality import ModalityStep
    from dicomkit.limits import Limits

__all__ = ["PLAIN_TAGS", "PlainPixels", "plain_pixels"]


def _tags(*keywords: str) -> frozenset[BaseTag]:
    return frozenset(shared_tag(int(Tag(keyword))) for keyword in keywords)


# All that such a frame's values depend on.
_SAID: Final = _tags(
    "BitsAllocated",
    "BitsStored",
    "Columns",
    "HighBit",
    "Modality",
    "NumberOfFrames",
    "PhotometricInterpretation",
    "PixelIntensityRelationship",
    "PixelRepresentation",
    "PlanarConfiguration",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "Rows",
    "SOPClassUID",
    "SamplesPerPixel",
    "SpecificCharacterSet",
)
# With any of these, there is more to look at.
_MORE: Final = _tags(
    "ModalityLUTSequence",
    "PerFrameFunctionalGroupsSequence",
    "SharedFunctionalGroupsSequence",
)
PLAIN_TAGS: Final = frozenset(map(int, _SAID | _MORE))
"""All that `plain_pixels` looks at."""
_PIXEL_DATA: Final = shared_tag(0x7FE00010)
_LONGEST: Final = 64


class _Understood(NamedTuple):
    """What such pixels are, and what turns them into values."""

    image: ImageDescription
    modality: ModalityStep


class PlainPixels(NamedTuple):
    """One frame's pixels as they lie in a file, and all that turns them into values.

    It is small, and equal in most of its parts for all slices of a series.

    Attributes
    ----------
    image : ImageDescription
        Of one native grey frame.
    modality : ModalityStep
        Its Modality step.
    place : PixelPlace
        Where its bytes are.
    state : FileState
        Which state of the file this is true of.
    """

    image: ImageDescription
    modality: ModalityStep
    place: PixelPlace
    state: FileState


def plain_pixels(header: Header, limits: Limits) -> PlainPixels | None:
    """Say what is to be known of a file's pixels, of which `PLAIN_TAGS` were read.

    None where they are anything else than one native grey frame, or where anything is amiss:
    whoever opens the file will see.
    """
    place, elements = header.pixels, header.elements
    if place is None or header.syntax not in NATIVE or not header.encoding.little:
        return None
    if not _MORE.isdisjoint(elements):
        return None
    said = tuple(
        (tag, element.VR, element.value or b"") for tag, element in elements.items() if tag in _SAID
    )
    if any(len(value) > _LONGEST for _, _, value in said):
        return None
    known = _understand(said, header.encoding, limits)
    # One byte makes the length even.
    if known is None or not 0 <= place.length - known.image.native_bytes <= 1:
        return None
    return PlainPixels(*known, place, header.state)


# The headers of a series say the same again and again.
@lru_cache(1 << 6)
def _understand(
    said: tuple[tuple[BaseTag, str | None, bytes], ...], encoding: Encoding, limits: Limits
) -> _Understood | None:
    implicit, little = not encoding.explicit, encoding.little
    ds = Dataset(
        {
            tag: RawDataElement(tag, vr, len(value), value, 0, implicit, little)
            for tag, vr, value in (*said, (_PIXEL_DATA, "OW", b""))
        }
    )
    ds.set_original_encoding(implicit, little)
    try:
        image = describe_image(ds, limits)
    except DicomKitError:
        return None
    if not image.is_gray or image.frames > 1:
        return None
    return _Understood(image, modality_step(ds, 0, image))
