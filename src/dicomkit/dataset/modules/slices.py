"""What a header says of its frames as slices: where they lie, and what tells them apart."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from dicomkit.dataset.elements.attributes import integer, text
from dicomkit.dataset.elements.functional_groups import count_groups, has_groups
from dicomkit.dataset.elements.tags import shared_tag
from dicomkit.dataset.modules.diffusion import PRIVATE_TAGS
from dicomkit.dataset.modules.image_pixel import photometric_and_samples
from dicomkit.dataset.modules.plane import PLANE_KEYWORDS, FramePlacer, place_again, slice_step
from dicomkit.dataset.modules.traits import (
    SEGMENT,
    SLICE_TRAIT_TAGS,
    TRAIT_KEYWORDS,
    Said,
    Trait,
    TraitFinder,
    of_numbers,
    of_text,
    traits_again,
)
from dicomkit.errors import LimitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.plane import Plane
    from dicomkit.limits import Limits
    from dicomkit.notes import Note

__all__ = [
    "FRAME_OF_REFERENCE",
    "ORIENTATION",
    "POSITION",
    "SLICE_TAGS",
    "SPACING",
    "FactFinder",
    "SliceFacts",
    "place_slice",
    "slice_facts",
]

FRAME_OF_REFERENCE: Final = "FrameOfReferenceUID"
ORIENTATION: Final = "ImageOrientationPatient"
POSITION: Final = "ImagePositionPatient"
SPACING: Final = "PixelSpacing"
# A number in a header costs nothing, and each frame that it declares costs time and memory.
_MOST_ALIKE: Final = 10_000
SLICE_TAGS: Final = PRIVATE_TAGS | frozenset(
    int(Tag(keyword))
    for keyword in (
        *PLANE_KEYWORDS,
        *TRAIT_KEYWORDS,
        "BitsAllocated",
        "Columns",
        "InstanceNumber",
        "NumberOfFrames",
        "PerFrameFunctionalGroupsSequence",
        "PhotometricInterpretation",
        "Rows",
        "SOPInstanceUID",
        "SamplesPerPixel",
        "SeriesInstanceUID",
        "SharedFunctionalGroupsSequence",
        "SpecificCharacterSet",
    )
)
"""All that `slice_facts` looks at."""
# In what the slices of a series differ as a rule.
_OF_SLICES: Final = SLICE_TRAIT_TAGS | frozenset(
    shared_tag(int(Tag(keyword)))
    for keyword in ("ImagePositionPatient", "InstanceNumber", "SOPInstanceUID")
)
# Where frames can have places, or more, of their own.
_PARTS: Final = frozenset(
    shared_tag(int(Tag(keyword)))
    for keyword in (
        "DetectorInformationSequence",
        "NumberOfFrames",
        "PerFrameFunctionalGroupsSequence",
        "SharedFunctionalGroupsSequence",
    )
)


@dataclass(frozen=True, slots=True)
class SliceFacts:
    """What a header says of one frame.

    Attributes
    ----------
    plane : Plane or None
        Where it lies.
    shape : tuple of int
        Rows, columns, and 3 for colour.
    step : float or None
        Spacing Between Slices.
    uid : str or None
        SOP Instance UID.
    number : int or None
        Instance Number.
    frame : int
        Counted from 0.
    group : tuple of Trait
        What slices of one volume have in common.
    traits : tuple of Trait
        What may tell slices at one place apart, in the order in which that is tried.
    mosaic : bool
        Whether it is many slices side by side, as Siemens writes them.
    notes : tuple of Note
        What was mended or assumed.
    """

    plane: Plane | None
    shape: tuple[int, ...]
    step: float | None
    uid: str | None
    number: int | None
    frame: int
    group: tuple[Trait, ...]
    traits: tuple[Trait, ...]
    mosaic: bool
    notes: tuple[Note, ...]


def slice_facts(ds: Dataset, limits: Limits) -> list[SliceFacts]:
    """Say what there is to know of every frame; of a dataset that is no image, nothing.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        A header is enough.
    limits : Limits
        How many frames may be declared.

    Raises
    ------
    LimitError
        There are more, or so many that the file says nothing of.
    InconsistentError
        Samples per Pixel is impossible.
    """
    rows, columns = integer(ds, "Rows"), integer(ds, "Columns")
    # A spectrum has rows and columns, but nothing of pixels.
    if rows is None or columns is None or integer(ds, "BitsAllocated") is None:
        return []
    if min(rows, columns) < 1:
        return []
    frames = _count(ds, limits)
    if frames - count_groups(ds) > _MOST_ALIKE:
        msg = (
            f"more than {_MOST_ALIKE} frames of which the file says nothing make no volume; "
            "stored_values gives them one by one"
        )
        raise LimitError(msg)
    return list(_facts(ds, frames, (rows, columns)))


class FactFinder:
    """Says of one header after another what `slice_facts` says of each.

    The headers of a series say nearly the same. Of one that differs from the last in its place, its
    name and its times alone, nothing else is looked at.

    Parameters
    ----------
    limits : Limits
        As in `slice_facts`.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._alike: tuple[object, ...] | None = None
        self._last: SliceFacts | None = None

    def find(self, ds: Dataset) -> list[SliceFacts]:
        """Say it of a header that nobody has looked at.

        Raises
        ------
        DicomKitError
            As `slice_facts`.
        """
        alike = _said_alike(ds)
        if self._last is not None and alike is not None and alike == self._alike:
            again = _facts_again(ds, self._last)
            if again is not None:
                return [again]
        found = slice_facts(ds, self._limits)
        # Where something was noted, it may be of the place.
        plain = alike is not None and len(found) == 1 and not found[0].notes
        self._alike, self._last = (alike, found[0]) if plain else (None, None)
        return found


def _said_alike(ds: Dataset) -> tuple[object, ...] | None:
    """Give all that the slices of a series say alike; None where frames have parts of their own."""
    if not ds.keys().isdisjoint(_PARTS):
        return None
    said: list[object] = []
    for element in ds.values():
        if not isinstance(element, RawDataElement):
            return None
        if element.tag not in _OF_SLICES:
            said += element.tag, element.VR, element.value, element.is_little_endian
    return tuple(said)


def _facts_again(ds: Dataset, last: SliceFacts) -> SliceFacts | None:
    plane = None if last.plane is None else place_again(ds, last.plane)
    if plane is None:
        return None
    return replace(
        last,
        plane=plane,
        uid=text(ds, "SOPInstanceUID"),
        number=integer(ds, "InstanceNumber"),
        traits=traits_again(ds, last.traits),
    )


def place_slice(ds: Dataset, frame: int, limits: Limits) -> Plane | None:
    """Find the plane of one frame; None where the dataset does not place it.

    Raises
    ------
    IndexError
        There is no such frame.
    LimitError
        More are declared than the limits allow.
    """
    frames = _count(ds, limits)
    if not 0 <= frame < frames:
        msg = f"frame {frame} was asked for, but the image has {frames}, counted from 0"
        raise IndexError(msg)
    said = Said(ds, frame, grouped=has_groups(ds))
    return None if _is_mosaic(said) else FramePlacer(ds, frames).place(frame, [])


def _is_mosaic(said: Said) -> bool:
    return "MOSAIC" in said.image_type.value


def _count(ds: Dataset, limits: Limits) -> int:
    frames = max(integer(ds, "NumberOfFrames") or 1, 1)
    if frames > limits.frames:
        # How many is not said: where tags are mixed up, the number is a patient's ID.
        msg = (
            f"more frames are declared than the limit of {limits.frames}; "
            "pass a larger Limits(frames=...) if that is meant"
        )
        raise LimitError(msg)
    return frames


def _facts(ds: Dataset, frames: int, size: tuple[int, int]) -> Iterator[SliceFacts]:
    uid, number = text(ds, "SOPInstanceUID"), integer(ds, "InstanceNumber")
    kind = _kind(ds)
    series = of_text("SeriesInstanceUID", "series", text(ds, "SeriesInstanceUID"), speakable=False)
    rows, columns = size
    rest = of_numbers("Rows", "rows", (rows,)), of_numbers("Columns", "columns", (columns,)), kind
    shape = (*size, 3) if kind.value == ("colour",) else size
    placer, finder = FramePlacer(ds, frames), TraitFinder(ds)
    grouped, own = has_groups(ds), count_groups(ds)
    last: SliceFacts | None = None
    for frame in range(frames):
        notes: list[Note] = []
        # Frames without groups of their own differ by their vectors alone.
        if last is not None and frame > own:
            last = replace(
                last,
                plane=None if last.mosaic else placer.place(frame, notes),
                frame=frame,
                traits=finder.find_alike(last.traits, frame),
                notes=(*notes,),
            )
        else:
            said = Said(ds, frame, grouped=grouped)
            mosaic = _is_mosaic(said)
            last = SliceFacts(
                plane=None if mosaic else placer.place(frame, notes),
                shape=shape,
                step=slice_step(ds, frame),
                uid=uid,
                number=number,
                frame=frame,
                group=(series, _localizer(said), said.find(SEGMENT), *rest),
                traits=finder.find(said),
                mosaic=mosaic,
                notes=(*notes,),
            )
        yield last


def _localizer(said: Said) -> Trait:
    if "LOCALIZER" in said.image_type.value:
        return of_text("ImageType", "image type", "LOCALIZER")
    return Trait("ImageType", "image type", (), "not LOCALIZER")


def _kind(ds: Dataset) -> Trait:
    """Say whether pixels are grey, colour or indices of a palette."""
    photometric, samples = photometric_and_samples(ds, [])
    palette = photometric == "PALETTE COLOR"
    kind = "colour" if samples > 1 else "palette" if palette else "grey"
    return of_text("PhotometricInterpretation", "pixels", kind)
