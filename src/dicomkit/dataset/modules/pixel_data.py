"""The pixel data of one dataset, opened: what they are and where each frame lies."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pydicom.tag import Tag

from dicomkit.dataset.elements.attributes import raw
from dicomkit.dataset.files.deferred import pixel_bytes
from dicomkit.dataset.modules.image_pixel import pixel_keyword
from dicomkit.dataset.modules.private_pixels import has_private_pixels, private_pixels
from dicomkit.dataset.modules.syntaxes import (
    BIG_ENDIAN,
    Packing,
    expected_kinds,
    packing,
    syntax_name,
)
from dicomkit.errors import DicomKitError, InconsistentError, NoPixelsError, UnsupportedError
from dicomkit.notes import Note
from dicomkit.streams.fragments import EncapsulatedFrames
from dicomkit.streams.header import ITEM, begins_jpeg_xl, begins_rle, begins_stream

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.image_pixel import ImageDescription
    from dicomkit.streams.header import PixelBytes
    from dicomkit.streams.video import VideoFrames

__all__ = ["PixelSource", "elements_of_frames", "has_frame_groups", "has_masks", "open_pixels"]

_UNPACKED = Note("encapsulation_missing", "the compressed frames are not in items")
_OVERLAY_BITS = 0x0100
_OVERLAY_DATA = 0x3000
_FRAME_GROUPS = Tag("PerFrameFunctionalGroupsSequence")
_MASKS = Tag("MaskSubtractionSequence")
_FRAMES = (
    Tag("PixelData"),
    Tag("FloatPixelData"),
    Tag("DoubleFloatPixelData"),
    Tag("ExtendedOffsetTable"),
    Tag("SharedFunctionalGroupsSequence"),
    _FRAME_GROUPS,
    # What frames of segmentations mean.
    Tag("SegmentSequence"),
    Tag("SegmentationType"),
    Tag("MaximumFractionalValue"),
    Tag("PixelPaddingValue"),
    Tag("TotalPixelMatrixOriginSequence"),
)


@dataclass(frozen=True, slots=True)
class PixelSource:
    """Opened pixel data.

    Attributes
    ----------
    image : ImageDescription
        What the dataset says, mended where the data prove it wrong.
    packing : Packing
        How the frames lie in the data.
    data : bytes or FileBytes
        The element's value, in memory or in its file.
    items : EncapsulatedFrames or None
        The frames in it, where each is compressed by itself.
    big_endian, swapped : bool
        As `decode_native` takes them.
    spare_bits : bool
        Whether words have bits that nothing, such as an overlay, may use.
    video : VideoFrames or None
        The frames in it, where one stream holds them all.
    notes : tuple of Note
        What was mended.
    """

    image: ImageDescription
    packing: Packing
    data: PixelBytes
    items: EncapsulatedFrames | None
    big_endian: bool
    swapped: bool
    notes: tuple[Note, ...]
    spare_bits: bool = False
    video: VideoFrames | None = None


def open_pixels(ds: Dataset, image: ImageDescription) -> PixelSource:
    """Find out what a dataset's pixel data are; `image` is what it says of them.

    The transfer syntax says it, unless the data themselves show that it is wrong: items
    where there should be none, or the reverse.

    Raises
    ------
    NoPixelsError
        There is no pixel data element, or nothing in it.
    InconsistentError
        The data are not what the transfer syntax says nor anything else that is known.
    UnsupportedError
        The transfer syntax is one that no decoder exists for.
    """
    keyword = pixel_keyword(ds)
    data = None if keyword is None else pixel_bytes(ds, keyword)
    if not data and has_private_pixels(ds):
        return _private(ds, image)
    if keyword is None or not data:
        msg = "the pixel data element is empty"
        raise NoPixelsError(msg)
    notes: list[Note] = []
    # An icon in a file has no File Meta Information of its own, and may be coded like the file.
    announced = getattr(ds, "file_meta", None) is not None
    kind = _packing(data, image, notes, announced=announced)
    if kind is Packing.NATIVE:
        return _native(ds, keyword, data, image, notes)
    if kind is Packing.VIDEO:
        return _video(data, image, notes)
    if not data.startswith(ITEM):
        # A stream that was written without items is one fragment.
        data = _in_items(data)
    table, lengths = raw(ds, "ExtendedOffsetTable"), raw(ds, "ExtendedOffsetTableLengths")
    items = EncapsulatedFrames(
        data,
        image.frames,
        begins=_beginning(kind, image.transfer_syntax),
        extended=(table, lengths) if table and lengths else None,
    )
    if image.samples > 1 and kind is Packing.STREAM:
        image = _of_own_depth(image, items, notes)
    return PixelSource(
        image,
        kind,
        data,
        items,
        big_endian=False,
        swapped=False,
        notes=(*notes,),
        spare_bits=image.bits_stored < image.bits_allocated and not _has_embedded_overlay(ds),
    )


def _in_items(data: PixelBytes) -> bytes:
    return b"".join((ITEM, bytes(4), ITEM, len(data).to_bytes(4, "little"), data[:]))


def _video(data: PixelBytes, image: ImageDescription, notes: list[Note]) -> PixelSource:
    from dicomkit.streams.video import VideoFrames
    from dicomkit.streams.video_formats import begins_video

    if data.startswith(ITEM):
        spans = EncapsulatedFrames(data, image.frames, begins=begins_video).spans
    else:
        # A stream that was written without items.
        spans = [(0, len(data))]
    frames = VideoFrames(data, spans, rows=image.rows, columns=image.columns, declared=image.frames)
    # Whoever asks for a frame is told if there is none to say it.
    with suppress(DicomKitError):
        image = _of_depth(image, frames.depth, notes)
    return PixelSource(
        image,
        Packing.VIDEO,
        data,
        items=None,
        big_endian=False,
        swapped=False,
        notes=(*notes,),
        video=frames,
    )


def _beginning(kind: Packing, syntax: str) -> Callable[[PixelBytes, int], bool]:
    """Say what tells how a frame begins."""
    if kind is Packing.RLE:
        return begins_rle
    return begins_jpeg_xl if "jpeg-xl" in expected_kinds(syntax) else begins_stream


def _private(ds: Dataset, image: ImageDescription) -> PixelSource:
    count = image.frames * image.rows * image.columns
    data, note = private_pixels(ds, count, image.bits_allocated * image.samples)
    return PixelSource(
        image, Packing.NATIVE, data, items=None, big_endian=False, swapped=False, notes=(note,)
    )


def _of_own_depth(
    image: ImageDescription, items: EncapsulatedFrames, notes: list[Note]
) -> ImageDescription:
    """Take Bits Stored of colour from the first frame's stream, which decides (PS3.5 8.2)."""
    from dicomkit.streams.decoders import parse_stream

    try:
        data, _ = items.frame(0)
        depth = parse_stream(data).precision
    except DicomKitError:
        # Whoever asks for that frame is told.
        return image
    return _of_depth(image, depth, notes)


def _of_depth(image: ImageDescription, depth: int, notes: list[Note]) -> ImageDescription:
    if depth == image.bits_stored or not 1 <= depth <= image.bits_allocated:
        return image
    message = f"Bits Stored is {image.bits_stored}, but the stream has {depth} bits"
    notes.append(Note("depth_contradicted", message))
    return replace(image, bits_stored=depth, high_bit=depth - 1)


def _has_embedded_overlay(ds: Dataset) -> bool:
    """Tell whether unused bits of the pixel data may hold an overlay (PS3.5 8.1.2)."""
    groups = range(0x6000, 0x6020, 2)
    return any(
        (group, _OVERLAY_BITS) in ds and (group, _OVERLAY_DATA) not in ds for group in groups
    )


def _packing(
    data: PixelBytes, image: ImageDescription, notes: list[Note], *, announced: bool
) -> Packing:
    """Say how the frames are packed, by the data where they contradict the transfer syntax."""
    syntax = image.transfer_syntax
    kind = packing(syntax)
    if kind is Packing.UNSUPPORTED:
        msg = f"no decoder exists for {syntax_name(syntax)}"
        raise UnsupportedError(msg)
    if image.kind != "integer" and kind in {Packing.RLE, Packing.STREAM}:
        # No codec holds floats: whatever the syntax says, they are as they are.
        return Packing.NATIVE
    size = image.native_bytes
    fits = size <= len(data) <= size + 1
    if kind in {Packing.NATIVE, Packing.UNKNOWN}:
        found = _begun(data)
        if found is not None:
            if announced:
                message = "the transfer syntax says that frames are native"
                notes.append(Note("encapsulation_unannounced", message))
            return found
        if kind is Packing.UNKNOWN and not fits:
            msg = (
                f"the pixel data of {syntax_name(syntax)} are not native and begin no known stream"
            )
            raise UnsupportedError(msg)
        return Packing.NATIVE
    if data.startswith(ITEM):
        # One stream a frame is no video, whatever is said of it.
        return (_begun(data) or kind) if kind is Packing.VIDEO else kind
    if kind is Packing.VIDEO and _is_bare_video(data):
        notes.append(_UNPACKED)
        return kind
    if begins_stream(data) or fits:
        notes.append(_UNPACKED)
        return Packing.STREAM if begins_stream(data) else Packing.NATIVE
    msg = "the transfer syntax says that the pixel data are in items, but they are not"
    raise InconsistentError(msg)


def _is_bare_video(data: PixelBytes) -> bool:
    from dicomkit.streams.video_formats import begins_video

    return begins_video(data)


def _begun(data: PixelBytes) -> Packing | None:
    """Say what data begin that are compressed frames in items, the first of which may be empty."""
    if not data.startswith(ITEM):
        return None
    length = int.from_bytes(data[4:8], "little")
    table = data.startswith(ITEM, 8 + length)
    start = 8 + length + 8 if table else 8
    if not table and not length:
        return None
    if begins_rle(data, start):
        return Packing.RLE
    return Packing.STREAM if begins_stream(data, start) else None


def _native(
    ds: Dataset, keyword: str, data: PixelBytes, image: ImageDescription, notes: list[Note]
) -> PixelSource:
    big_endian = image.transfer_syntax in BIG_ENDIAN
    if image.is_subsampled:
        full = replace(image, photometric="YBR_FULL")
        if len(data) >= full.native_bytes:
            message = (
                "YBR_FULL_422 with chroma for every pixel, read as YBR_FULL; "
                "if it is RGB, sample_color='rgb' says so"
            )
            notes.append(Note("subsampling_contradicted", message))
            image = full
    # PS3.5 8.1.1: a sample takes one bit or whole bytes. Older files put 12 bits into words of
    # 16 all the same, or pack them: the length tells which.
    wide = replace(image, bits_allocated=image.bits_allocated + -image.bits_allocated % 8)
    packed = len(data) - image.native_bytes <= 1
    if wide != image and not packed and 0 <= len(data) - wide.native_bytes <= 1:
        bits = f"{image.bits_allocated} bits allocated"
        notes.append(Note("allocation_contradicted", f"{bits}, but samples take whole bytes"))
        image = wide
    surplus = len(data) - image.native_bytes
    # One byte makes the length even.
    if surplus > 1:
        notes.append(Note("surplus_bytes", f"{surplus} bytes lie behind the last frame"))
    return PixelSource(
        image,
        Packing.NATIVE,
        data,
        items=None,
        big_endian=big_endian,
        swapped=big_endian and ds.get_item(keyword, keep_deferred=True).VR == "OW",
        notes=(*notes,),
    )


def elements_of_frames(ds: Dataset) -> tuple[object, ...]:
    """Give the very objects that hold an image's frames and what is said of each.

    Where they are the same ones as before, an image opened once can be gone on with.
    """
    elements = [ds.get_item(tag, keep_deferred=True) for tag in _FRAMES if tag in ds]
    return (*elements, *(element.value for element in elements))


def has_frame_groups(ds: Dataset) -> bool:
    """Tell whether functional groups may say of one frame what holds for no other."""
    return _FRAME_GROUPS in ds


def has_masks(ds: Dataset) -> bool:
    """Tell whether frames may be meant to be subtracted from each other (PS3.3 C.7.6.10)."""
    return _MASKS in ds
