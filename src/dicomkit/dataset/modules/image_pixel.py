"""The Image Pixel module (PS3.3 C.7.6.3) as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydicom.tag import Tag
from pydicom.uid import (
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from dicomkit.dataset.elements.attributes import integer, text
from dicomkit.dataset.elements.datasets import check_dataset
from dicomkit.dataset.modules.private_pixels import has_private_pixels
from dicomkit.dataset.modules.syntaxes import expected_kinds
from dicomkit.errors import InconsistentError, LimitError, NoPixelsError
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.notes import Note
from dicomkit.transforms.bits import container

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

__all__ = [
    "ImageDescription",
    "PixelKind",
    "check_limits",
    "describe_image",
    "photometric_and_samples",
    "pixel_keyword",
    "transfer_syntax",
]

PixelKind = Literal["integer", "float32", "float64"]

_KINDS: dict[str, PixelKind] = {
    "PixelData": "integer",
    "FloatPixelData": "float32",
    "DoubleFloatPixelData": "float64",
}
# A dataset finds a tag faster than a keyword.
_PIXELS = tuple((keyword, Tag(keyword)) for keyword in _KINDS)
_ALLOCATED = {"float32": 32, "float64": 64}
_ICONS = Tag("IconImageSequence")
# Without any of these, what lies in the pixel data element was never meant as an image.
_NEEDED = (
    Tag("Rows"),
    Tag("Columns"),
    Tag("BitsAllocated"),
    Tag("SamplesPerPixel"),
    Tag("PhotometricInterpretation"),
)
_COLOR_SAMPLES = {"RGB": 3, "YBR_FULL": 3, "YBR_FULL_422": 3, "YBR_RCT": 3, "YBR_ICT": 3}
# One sample a pixel under a name of three is a contradiction, and an error elsewhere.
_KNOWN = ("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", *_COLOR_SAMPLES)
_MOST_BITS = 64


@dataclass(frozen=True, slots=True)
class ImageDescription:
    """How the pixels of a dataset are stored.

    Attributes
    ----------
    rows, columns, frames, samples : int
        The shape; ``samples`` is Samples per Pixel.
    photometric : str
        Photometric Interpretation.
    bits_allocated, bits_stored, high_bit : int
        The place of a sample in its word.
    signed : bool
        Whether Pixel Representation says two's complement.
    planar : int
        Planar Configuration, 0 or 1.
    kind : {"integer", "float32", "float64"}
        Which of the three pixel data elements is there.
    transfer_syntax : str
        The Transfer Syntax UID.
    notes : tuple of Note
        What was missing or impossible and which value was taken instead.
    """

    rows: int
    columns: int
    frames: int
    samples: int
    photometric: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    signed: bool
    planar: int
    kind: PixelKind
    transfer_syntax: str
    notes: tuple[Note, ...] = ()

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The type of stored values: the smallest that holds Bits Allocated."""
        if self.kind != "integer":
            return np.dtype(self.kind)
        return container(self.bits_allocated, signed=self.signed)

    @property
    def is_gray(self) -> bool:
        """Whether a pixel is one grey value, neither several samples nor an index of a palette."""
        return self.samples == 1 and self.photometric != "PALETTE COLOR"

    @property
    def is_subsampled(self) -> bool:
        """Whether two native pixels share their chroma: Y, Y, CB, CR (PS3.3 C.7.6.3.1.2)."""
        return self.photometric == "YBR_FULL_422" and self.samples == 3  # noqa: PLR2004 - colour

    @property
    def frame_bits(self) -> int:
        """How many bits one native frame takes; frames of 1 bit a pixel may share bytes."""
        samples = 2 if self.is_subsampled else self.samples
        return self.rows * self.columns * samples * self.bits_allocated

    @property
    def native_bytes(self) -> int:
        """How many bytes all frames take without compression."""
        return -(-self.frames * self.frame_bits // 8)

    @property
    def stored_range(self) -> tuple[int, int]:
        """The lowest and highest stored value that Bits Stored can hold."""
        if self.signed:
            half = 1 << (self.bits_stored - 1)
            return -half, half - 1
        return 0, (1 << self.bits_stored) - 1


def pixel_keyword(ds: Dataset) -> str | None:
    """Name the pixel data element that the dataset has, or None."""
    return next((keyword for keyword, tag in _PIXELS if tag in ds), None)


def describe_image(ds: Dataset, limits: Limits = DEFAULT_LIMITS) -> ImageDescription:
    """Gather the Image Pixel attributes, mending what has one sure reading.

    Raises
    ------
    TypeError
        It is no dataset.
    NoPixelsError
        There is no pixel data element, or nothing that describes what is in it.
    InconsistentError
        Rows, Columns or Bits Allocated are missing or impossible.
    LimitError
        A frame, or the number of frames, is larger than `limits` allow.
    """
    check_dataset(ds)
    keyword = pixel_keyword(ds)
    if keyword is None and has_private_pixels(ds):
        keyword = "PixelData"
    if keyword is None:
        msg = "the dataset has no pixel data: it is not an image, or its pixels were not read"
        if _ICONS in ds:
            msg = (
                "the dataset has no pixel data of its own; "
                "a small picture of it is in the Icon Image Sequence, whose item is an image"
            )
        raise NoPixelsError(msg)
    if not any(needed in ds for needed in _NEEDED):
        msg = "the dataset says nothing of an image: its pixel data element alone is none"
        raise NoPixelsError(msg)
    kind = _KINDS[keyword]
    notes: list[Note] = []
    rows, columns = integer(ds, "Rows", notes), integer(ds, "Columns", notes)
    if not rows or not columns or min(rows, columns) < 1:
        msg = "(0028,0010) Rows or (0028,0011) Columns is missing or not above 0"
        raise InconsistentError(msg)
    photometric, samples = photometric_and_samples(ds, notes)
    allocated, stored, high = _bits(ds, kind, notes)
    syntax = transfer_syntax(ds)
    gray = samples == 1 and stored > 1
    # Samples of native RGB can have a sign; the codecs of colour know none (PS3.5 8.2).
    signable = gray or (photometric == "RGB" and not expected_kinds(syntax))
    description = ImageDescription(
        rows=rows,
        columns=columns,
        frames=_frames(ds, notes),
        samples=samples,
        photometric=photometric,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=high,
        signed=_signed(ds, notes, signable=signable),
        planar=1 if integer(ds, "PlanarConfiguration", notes) == 1 else 0,
        kind=kind,
        transfer_syntax=syntax,
        notes=tuple(notes),
    )
    check_limits(description, limits)
    return description


def transfer_syntax(ds: Dataset) -> str:
    """Give the Transfer Syntax UID, from the encoding it was read with where it is not stated."""
    meta = getattr(ds, "file_meta", None)
    stated = None if meta is None else text(meta, "TransferSyntaxUID")
    if stated:
        return stated
    implicit, little = ds.original_encoding
    if implicit:
        return str(ImplicitVRLittleEndian)
    return str(ExplicitVRBigEndian if little is False else ExplicitVRLittleEndian)


def photometric_and_samples(ds: Dataset, notes: list[Note]) -> tuple[str, int]:
    """Give Photometric Interpretation and Samples per Pixel, each by the other where it lacks.

    Raises
    ------
    InconsistentError
        There are as many samples as no image has.
    """
    samples = integer(ds, "SamplesPerPixel", notes)
    # A code string has no small letters (PS3.5 6.2), whatever some files have.
    photometric = (text(ds, "PhotometricInterpretation") or "").upper()
    if samples is None:
        samples = _COLOR_SAMPLES.get(photometric, 1)
        notes.append(Note("samples_assumed", f"Samples per Pixel is missing: {samples} assumed"))
    if samples not in (1, 3, 4):
        msg = f"(0028,0002) Samples per Pixel is {samples}; 1, 3 and 4 are known"
        raise InconsistentError(msg)
    if not photometric or (samples == 1 and photometric not in _KNOWN):
        fault = "unknown" if photometric else "missing"
        photometric = "MONOCHROME2" if samples == 1 else "RGB"
        notes.append(
            Note("photometric_assumed", f"Photometric Interpretation {fault}: {photometric}")
        )
    return photometric, samples


def _bits(ds: Dataset, kind: PixelKind, notes: list[Note]) -> tuple[int, int, int]:
    if kind != "integer":
        size = _ALLOCATED[kind]
        return size, size, size - 1
    allocated = integer(ds, "BitsAllocated", notes)
    if allocated is None or not 1 <= allocated <= _MOST_BITS:
        msg = "(0028,0100) Bits Allocated is missing or not between 1 and 64"
        raise InconsistentError(msg)
    stored = integer(ds, "BitsStored", notes)
    if stored is None or not 1 <= stored <= allocated:
        notes.append(Note("bits_stored_assumed", f"Bits Stored is missing or wrong: {allocated}"))
        stored = allocated
    high = integer(ds, "HighBit", notes)
    if high is None or not stored - 1 <= high < allocated:
        notes.append(Note("high_bit_assumed", f"High Bit is missing or wrong: {stored - 1}"))
        high = stored - 1
    return allocated, stored, high


def _signed(ds: Dataset, notes: list[Note], *, signable: bool) -> bool:
    if integer(ds, "PixelRepresentation", notes) != 1:
        return False
    if not signable:
        notes.append(Note("sign_ignored", "Pixel Representation 1 has no meaning in such an image"))
    return signable


def _frames(ds: Dataset, notes: list[Note]) -> int:
    frames = integer(ds, "NumberOfFrames", notes)
    if frames is None:
        return 1
    if frames < 1:
        notes.append(Note("frames_assumed", "Number of Frames is below 1: 1 assumed"))
        return 1
    return frames


def check_limits(image: ImageDescription, limits: Limits) -> None:
    """Refuse frames that are too large, and too many of them.

    Raises
    ------
    LimitError
        They are.
    """
    size = image.rows * image.columns * image.samples * -(-image.bits_allocated // 8)
    if size > limits.frame_bytes:
        msg = (
            f"one frame of {image.rows} x {image.columns} would take {size} bytes, over the limit "
            f"of {limits.frame_bytes}; pass a larger Limits(frame_bytes=...) if that is meant"
        )
        raise LimitError(msg)
    if image.frames > limits.frames:
        # How many is not said: where tags are mixed up, the number is a patient's ID.
        msg = (
            f"more frames are declared than the limit of {limits.frames}; "
            "pass a larger Limits(frames=...) if that is meant"
        )
        raise LimitError(msg)
