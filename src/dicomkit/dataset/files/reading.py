"""Reading a dataset from a path, bytes or a stream (PS3.10 7)."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import TYPE_CHECKING, Final, NamedTuple

from pydicom.charset import default_encoding
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.tag import BaseTag
from pydicom.uid import UID

from dicomkit.dataset.elements.attributes import integer
from dicomkit.dataset.elements.charsets import python_encodings
from dicomkit.dataset.elements.tags import shared_tag
from dicomkit.dataset.files.deferred import FileStream
from dicomkit.dataset.files.encoding import UNDEFINED, Encoding, read_header
from dicomkit.dataset.files.filesystems import StoredFile
from dicomkit.dataset.files.opening import open_file
from dicomkit.dataset.files.part10 import TRANSFER_SYNTAX, Front, read_front
from dicomkit.dataset.files.pixels import PIXELS, fragments_end, pixels_syntax, read_pixels
from dicomkit.dataset.files.sources import MemorySource, stream_source
from dicomkit.errors import DicomKitError, InconsistentError, LimitError, ReadError, TruncatedError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.dataset.files.elements import Elements
    from dicomkit.dataset.files.filesystems import File
    from dicomkit.dataset.files.sources import BinaryReader, Source

__all__ = ["read_dataset"]

_CHARACTER_SET: Final = BaseTag(0x00080005)
_LARGE: Final = 1 << 23


def read_dataset(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryReader,
    /,
    *,
    stop_before_pixels: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> FileDataset:
    """Read a DICOM dataset.

    Files without the preamble, without File Meta Information or without a Transfer Syntax
    UID are recognised, and so are those that state a wrong one of the uncompressed
    syntaxes. ``ds.file_meta.TransferSyntaxUID`` is what was found.

    Parameters
    ----------
    source : path, Instance, bytes or binary stream
        A path may lead into a zip, as ``exam.zip/DICOM/IM1`` does; an `Instance` of a walk
        knows where its file is. A stream is whatever has ``read``: a file, `io.BytesIO`, what
        `gzip.open` or a socket gives. It is read from where it stands, and is left open; one
        that cannot seek is read as a whole.
    stop_before_pixels : bool
        Stop at the pixel data (7FE0,0008), (7FE0,0009) or (7FE0,0010); nothing from there on
        is read from a file.
    limits : Limits
        ``inflated_bytes`` bounds a deflated dataset and a file that is compressed in a zip,
        ``depth`` the nesting of sequences.

    Returns
    -------
    pydicom.dataset.FileDataset
        Its elements are converted when they are asked for, as those of `pydicom.dcmread`
        are. Pixel data that the file cuts short is there as far as it goes. Pixel data of
        several frames and more than 8 MiB stay in the file at `source` until they are asked
        for, so that frames can be read one by one; the file has to stay as it is.

    Raises
    ------
    NotDicomError
        The source is empty or not DICOM.
    TruncatedError
        It ends before its pixel data, or inside an element where it has none.
    LimitError
        It inflates to more, or nests deeper, than `limits` allow.
    DecodeError
        Its deflated dataset cannot be inflated.
    InconsistentError
        A sequence does not consist of items.
    ReadError
        It is no regular file, or cannot be opened or read. This is an `OSError` whose cause
        is the system's own, such as a `FileNotFoundError`, or what the stream raised.
    UnsupportedError
        It lies in a zip and is compressed otherwise than by deflate.
    TypeError
        It is something else, such as a stream of text.

    Notes
    -----
    PS3.10 section 7 (file format), PS3.5 section 7 (data set) and annex A (transfer
    syntaxes).

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> ds = read_dataset(get_testdata_file("no_meta.dcm", download=False))
    >>> ds.Modality, ds.file_meta.TransferSyntaxUID.name
    ('CT', 'Explicit VR Little Endian')
    """
    with _opened(source, limits) as (opened, origin):
        front = read_front(opened, limits)
        elements = dict(front.command)
        syntax = _read_body(
            front,
            elements,
            limits,
            stop_before_pixels=stop_before_pixels,
            may_defer=origin is not None,
        )
    if not elements:
        msg = "the dataset has no elements"
        raise TruncatedError(msg, path=None if origin is None else origin.file)
    return _assemble(front, elements, syntax, origin)


class _Origin(NamedTuple):
    """The file that a dataset was read from, and which state of it."""

    file: File
    on_disk: bool
    timestamp: float | None


@contextmanager
def _opened(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryReader, limits: Limits
) -> Iterator[tuple[Source, _Origin | None]]:
    """Open whatever was given, and say where it lies if it is a file."""
    try:
        if isinstance(source, bytes | bytearray | memoryview):
            yield MemorySource(bytes(source)), None
        elif isinstance(source, str | os.PathLike):
            with open_file(source, limits) as opened:
                yield opened, _Origin(_lasting(source), opened.on_disk, opened.timestamp)
        elif hasattr(source, "read"):
            yield stream_source(source), None
        else:
            msg = f"expected a path, bytes or a binary stream, not {type(source).__name__}"
            raise TypeError(msg)
    except DicomKitError:
        raise
    except OSError as error:
        msg = "the stream cannot be read"
        raise ReadError(msg) from error
    except MemoryError as error:
        msg = "there is not enough memory to read the source"
        raise LimitError(msg) from error


def _lasting(file: File) -> File:
    """Name a file so that what stays in it is found from any folder."""
    filesystem = getattr(file, "filesystem", None)
    if filesystem is not None:
        return StoredFile(os.fspath(file), filesystem)
    return os.path.abspath(file)  # noqa: PTH100 - links stay as they are


def _read_body(
    front: Front,
    elements: Elements,
    limits: Limits,
    *,
    stop_before_pixels: bool,
    may_defer: bool,
) -> str:
    """Read the dataset, and say which transfer syntax it turned out to have."""
    cursor, encoding, syntax = front.cursor, front.encoding, front.syntax
    cursor.take(encoding, elements, limits, stop=PIXELS[0])
    if cursor.at_end:
        return syntax
    tag, vr, length, start = read_header(cursor.buffer, cursor.pos, encoding)
    if tag not in PIXELS:
        cursor.take(encoding, elements, limits)
        return syntax
    start += cursor.base
    syntax = pixels_syntax(syntax, cursor.source, start, length, encoding)
    if stop_before_pixels:
        return syntax
    value, end = None, _deferred_end(cursor.source, start, length, encoding)
    if end is None or not may_defer or (integer(Dataset(elements), "NumberOfFrames") or 1) == 1:
        value, end = read_pixels(cursor.source, start, length, encoding)
    key = shared_tag(tag)
    elements[key] = RawDataElement(
        key, vr, length, value, start, not encoding.explicit, encoding.little
    )
    cursor.jump(end)
    # A fault behind the pixels costs nobody the picture.
    with suppress(TruncatedError, InconsistentError):
        cursor.take(encoding, elements, limits)
    return syntax


def _deferred_end(source: Source, start: int, length: int, encoding: Encoding) -> int | None:
    """Say where pixel data end that can stay in their file: large, whole, as they should be."""
    # What was inflated is nowhere but in memory.
    if isinstance(source, MemorySource) or source.size - start < _LARGE:
        return None
    if length != UNDEFINED:
        end: int | None = start + length
    else:
        # Without VRs, pydicom, which reads the value when it is asked for, would expect another.
        end = fragments_end(source, start, encoding) if encoding.explicit else None
    return end if end is not None and start + _LARGE <= end <= source.size else None


def _assemble(
    front: Front,
    elements: Elements,
    syntax: str,
    origin: _Origin | None,
) -> FileDataset:
    """Make what pydicom makes of a file that it has read."""
    implicit, little = not front.encoding.explicit, front.encoding.little
    meta = FileMetaDataset(front.meta)
    meta.set_original_encoding(
        is_implicit_vr=False, is_little_endian=True, character_encoding=default_encoding
    )
    if syntax != front.stated:
        # By its keyword, pydicom would first convert what was stated, and quote it in a warning.
        meta[TRANSFER_SYNTAX] = DataElement(TRANSFER_SYNTAX, "UI", UID(syntax))
    place = origin.file if origin is not None and origin.on_disk else BytesIO()
    ds = FileDataset(place, elements, front.preamble, meta, implicit, little)
    # Everything is read; the empty stand-in must not pass for a source to read on from.
    ds.buffer = None
    if origin is not None and not origin.on_disk:
        ds.filename = os.fspath(origin.file)
        ds.timestamp = origin.timestamp
        ds.buffer = FileStream(origin.file, origin.timestamp)
    stated = elements.get(_CHARACTER_SET)
    encodings = default_encoding if stated is None else python_encodings(stated.value or b"")
    ds.set_original_encoding(implicit, little, encodings)
    return ds
