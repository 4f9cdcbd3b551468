"""Reading a dataset from a path, bytes or a stream (PS3.10 7)."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO, Final

from pydicom.charset import default_encoding
from pydicom.dataelem import DataElement, RawDataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.tag import BaseTag
from pydicom.uid import UID

from dicomkit.dataset.elements.attributes import integer
from dicomkit.dataset.elements.charsets import python_encodings
from dicomkit.dataset.elements.tags import shared_tag
from dicomkit.dataset.files.encoding import (
    ITEM,
    SEQUENCE_END,
    UNDEFINED,
    Encoding,
    Incomplete,
    read_header,
    read_item_header,
)
from dicomkit.dataset.files.nesting import encapsulated_end
from dicomkit.dataset.files.part10 import TRANSFER_SYNTAX, Front, read_front
from dicomkit.dataset.files.recognition import NATIVE, name_encapsulated
from dicomkit.dataset.files.sources import MemorySource, Source, StreamSource, open_file
from dicomkit.errors import DicomKitError, InconsistentError, LimitError, ReadError, TruncatedError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.dataset.files.elements import Elements


__all__ = ["read_dataset"]

_CHARACTER_SET: Final = BaseTag(0x00080005)
# Float Pixel Data, Double Float Pixel Data, Pixel Data.
_PIXELS: Final = (0x7FE00008, 0x7FE00009, 0x7FE00010)
# Enough of a compressed stream to see its own header.
_STREAM_HEAD: Final = 1 << 16
_LARGE: Final = 1 << 23
_ITEM_HEADER: Final = 8


def read_dataset(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO,
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
    source : path, bytes or binary stream
        A stream is read from where it stands, and is left open.
    stop_before_pixels : bool
        Stop at the pixel data (7FE0,0008), (7FE0,0009) or (7FE0,0010); nothing from there on
        is read from a file.
    limits : Limits
        ``inflated_bytes`` bounds a deflated dataset, ``depth`` the nesting of sequences.

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
        is the system's own, such as a `FileNotFoundError`.

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
    with _opened(source) as (opened, filename):
        front = read_front(opened, limits)
        elements = dict(front.command)
        syntax = _read_body(
            front,
            elements,
            limits,
            stop_before_pixels=stop_before_pixels,
            may_defer=filename is not None,
        )
    if not elements:
        msg = "the dataset has no elements"
        raise TruncatedError(msg, path=filename)
    return _assemble(front, elements, syntax, filename)


@contextmanager
def _opened(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO,
) -> Iterator[tuple[Source, str | None]]:
    """Open whatever was given, and name it where it is a file."""
    try:
        if isinstance(source, bytes | bytearray | memoryview):
            yield MemorySource(bytes(source)), None
        elif isinstance(source, str | os.PathLike):
            with open_file(source) as file:
                # What stays in the file must be found from any folder.
                yield file, os.path.abspath(source)  # noqa: PTH100 - links stay as they are
        elif hasattr(source, "read"):
            yield _stream(source), None
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


def _stream(stream: BinaryIO) -> Source:
    if getattr(stream, "seekable", bool)():
        return StreamSource(stream)
    data = stream.read()
    if not isinstance(data, bytes):
        msg = f"expected a binary stream; this one gives {type(data).__name__}"
        raise TypeError(msg)
    return MemorySource(data)


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
    cursor.take(encoding, elements, limits, stop=_PIXELS[0])
    if cursor.at_end:
        return syntax
    tag, vr, length, start = read_header(cursor.buffer, cursor.pos, encoding)
    if tag not in _PIXELS:
        cursor.take(encoding, elements, limits)
        return syntax
    start += cursor.base
    if length == UNDEFINED and syntax in NATIVE:
        syntax = name_encapsulated(cursor.source.read(start, _STREAM_HEAD), encoding)
    if stop_before_pixels:
        return syntax
    value, end = None, _deferred_end(cursor.source, start, length, encoding)
    if end is None or not may_defer or (integer(Dataset(elements), "NumberOfFrames") or 1) == 1:
        value, end = _pixel_value(cursor.source, start, length, encoding)
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
    if not isinstance(source, StreamSource) or source.size - start < _LARGE:
        return None
    end = start + length
    if length == UNDEFINED:
        # pydicom, which reads the value when it is asked for, would expect another VR.
        if not encoding.explicit:
            return None
        end = start
        tag = ITEM
        while tag == ITEM:
            head = source.read(end, _ITEM_HEADER)
            if len(head) < _ITEM_HEADER:
                return None
            tag, length, _ = read_item_header(head, 0, encoding)
            end += _ITEM_HEADER + (length if tag == ITEM else 0)
        if tag != SEQUENCE_END:
            return None
    return end if start + _LARGE <= end <= source.size else None


def _pixel_value(source: Source, start: int, length: int, encoding: Encoding) -> tuple[bytes, int]:
    """Read pixel data as far as it goes, and say where it ends."""
    if length != UNDEFINED:
        return source.read(start, length), min(start + length, source.size)
    value = source.read(start, source.size - start)
    try:
        end, after = encapsulated_end(value, 0, encoding)
    except Incomplete:
        return value, source.size
    return value[:end], start + after


def _assemble(
    front: Front,
    elements: Elements,
    syntax: str,
    filename: str | None,
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
    ds = FileDataset(filename or BytesIO(), elements, front.preamble, meta, implicit, little)
    # Everything is read; the empty stand-in must not pass for a source to read on from.
    ds.buffer = None
    stated = elements.get(_CHARACTER_SET)
    encodings = default_encoding if stated is None else python_encodings(stated.value or b"")
    ds.set_original_encoding(implicit, little, encodings)
    return ds
