"""Who and what an instance belongs to: patient, study, series, instance."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeAlias

from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag

from dicomkit.dataset.elements.attributes import integer, numbers, text
from dicomkit.dataset.elements.charsets import DEFAULT_ENCODINGS, python_encodings
from dicomkit.dataset.elements.tags import dictionary_entry, shared_tag
from dicomkit.dataset.elements.values import REAL, TEXTS, WHOLE, Kind, first_text, parse_numbers
from dicomkit.dataset.files.headers import take_rest
from dicomkit.dataset.files.opening import open_file
from dicomkit.dataset.files.part10 import read_front
from dicomkit.dataset.files.pixels import PIXELS
from dicomkit.errors import DicomKitError
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydicom.dataelem import DataElement
    from pydicom.dataset import Dataset

    from dicomkit.dataset.files.elements import Elements
    from dicomkit.dataset.files.filesystems import File
    from dicomkit.dataset.files.headers import Header

__all__ = [
    "OWN_TAGS",
    "RECORD_TAGS",
    "Fields",
    "Identity",
    "SeriesIdentity",
    "encodings_of",
    "fields_in",
    "fields_of",
    "identity",
    "read_identity",
]

Fields: TypeAlias = dict[str, str | int | float]

_TEXTS: Final = {
    "patient_id": "PatientID",
    "patient_name": "PatientName",
    "study_instance_uid": "StudyInstanceUID",
    "study_date": "StudyDate",
    "study_time": "StudyTime",
    "study_id": "StudyID",
    "study_description": "StudyDescription",
    "series_instance_uid": "SeriesInstanceUID",
    "series_description": "SeriesDescription",
    "modality": "Modality",
    "sop_class_uid": "SOPClassUID",
    "sop_instance_uid": "SOPInstanceUID",
}
_INTEGERS: Final = {"series_number": "SeriesNumber", "instance_number": "InstanceNumber"}
_META_TEXTS: Final = {
    "sop_class_uid": "MediaStorageSOPClassUID",
    "sop_instance_uid": "MediaStorageSOPInstanceUID",
    "transfer_syntax_uid": "TransferSyntaxUID",
}
# PS3.3 F.3.2.2: what a directory record has in their place.
_RECORD_TEXTS: Final = {
    "sop_class_uid": "ReferencedSOPClassUIDInFile",
    "sop_instance_uid": "ReferencedSOPInstanceUIDInFile",
    "transfer_syntax_uid": "ReferencedTransferSyntaxUIDInFile",
}
# A dictionary finds the tags of raw elements without comparing them: they are the same objects.
_FIELDS: Final = {
    shared_tag(int(Tag(keyword))): name
    for table in (_TEXTS, _META_TEXTS, _RECORD_TEXTS)
    for name, keyword in table.items()
}
_VRS: Final = {tag: dictionary_entry(int(tag)).vr for tag in _FIELDS}
_NUMBERS: Final = {shared_tag(int(Tag(keyword))): name for name, keyword in _INTEGERS.items()}
_CHARACTER_SET: Final = shared_tag(0x00080005)
_POSITION: Final = shared_tag(0x00200032)
_ORIENTATION: Final = shared_tag(0x00200037)
# A dataset's own; what its File Meta Information or a record would say counts only there.
OWN_TAGS: Final = frozenset(
    map(int, (*map(Tag, _TEXTS.values()), *_NUMBERS, _CHARACTER_SET, _POSITION, _ORIENTATION))
)
RECORD_TAGS: Final = OWN_TAGS | frozenset(map(int, map(Tag, _RECORD_TEXTS.values())))
_END: Final = max(OWN_TAGS) + 1
_AXES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesIdentity:
    """What keeps instances together: their patient, study and series.

    An attribute that the file lacks, or that does not follow its VR's rules, is None.

    Attributes
    ----------
    patient_id, patient_name : str or None
        Not shown in the `repr`.
    study_instance_uid, study_date, study_time, study_id, study_description : str or None
        As written; dates are ``YYYYMMDD``.
    series_instance_uid, series_description, modality : str or None
        As written.
    series_number : int or None
        Not always unique.
    """

    patient_id: str | None = field(default=None, repr=False)
    patient_name: str | None = field(default=None, repr=False)
    study_instance_uid: str | None = None
    study_date: str | None = None
    study_time: str | None = None
    study_id: str | None = None
    study_description: str | None = field(default=None, repr=False)
    series_instance_uid: str | None = None
    series_number: int | None = None
    series_description: str | None = field(default=None, repr=False)
    modality: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity(SeriesIdentity):
    """What tells instances apart, too.

    Attributes
    ----------
    instance_number : int or None
        Not always unique.
    sop_class_uid, sop_instance_uid, transfer_syntax_uid : str or None
        What it is, which one it is, and how it is encoded.
    slice_position : float or None
        Where the slice lies along its normal, in mm (PS3.3 C.7.6.2.1.1).
    """

    sop_class_uid: str | None = None
    sop_instance_uid: str | None = None
    transfer_syntax_uid: str | None = None
    instance_number: int | None = None
    slice_position: float | None = None


def identity(ds: Dataset) -> Identity:
    """Take the identity out of a dataset.

    Examples
    --------
    >>> from pydicom.data import get_testdata_file
    >>> from dicomkit.dataset.files.reading import read_dataset
    >>> found = identity(read_dataset(get_testdata_file("CT_small.dcm", download=False)))
    >>> found.modality, found.series_number, found.instance_number
    ('CT', 1, 1)
    """
    found: Fields = {}
    meta = getattr(ds, "file_meta", None)
    if meta is not None:
        found |= _known({name: text(meta, keyword) for name, keyword in _META_TEXTS.items()})
    found |= _known({name: text(ds, keyword) for name, keyword in _TEXTS.items()})
    found |= _known({name: integer(ds, keyword) for name, keyword in _INTEGERS.items()})
    position = numbers(ds, "ImagePositionPatient")
    found |= _slice_position(position, numbers(ds, "ImageOrientationPatient"))
    return Identity(**found)  # type: ignore[arg-type] # the tables above decide


def read_identity(file: File, limits: Limits = DEFAULT_LIMITS) -> Fields:
    """Read the fields of an `Identity` from a file, and as little else of it as can be.

    What `read_dataset` finds is found, whatever the order of the elements.

    Raises
    ------
    DicomKitError
        As `read_dataset` does, if the fault lies before the end of what belongs to an identity.
    """
    elements: Elements = {}
    with open_file(file, limits) as source:
        front = read_front(source, limits)
        syntax, cursor = front.syntax, front.cursor
        cursor.take(front.encoding, elements, limits, stop=_END, wanted=OWN_TAGS)
        # A fault further on costs nobody what is known already.
        with suppress(DicomKitError):
            cursor.take(front.encoding, elements, limits, stop=PIXELS[0], wanted=OWN_TAGS)
            syntax, _ = take_rest(front, elements, OWN_TAGS, limits)
    return _file_fields(front.meta, syntax, elements)


def fields_in(header: Header) -> Fields:
    """Give the same of a header that was read already, for `OWN_TAGS` at least."""
    return _file_fields(header.meta, header.syntax, header.elements)


def _file_fields(meta: Elements, syntax: str, elements: Elements) -> Fields:
    said = fields_of(meta, DEFAULT_ENCODINGS)
    said["transfer_syntax_uid"] = str(syntax)
    return said | fields_of(elements, encodings_of(elements, DEFAULT_ENCODINGS))


def encodings_of(elements: Elements, default: tuple[str, ...]) -> tuple[str, ...]:
    """Name the character sets of raw elements, which may be those of what is around them."""
    stated = elements.get(_CHARACTER_SET)
    return _encodings(stated.value) if stated is not None and stated.value else default


def fields_of(elements: Elements, encodings: tuple[str, ...]) -> Fields:
    """Take the fields of an `Identity` out of raw elements: as `identity` does, but faster."""
    found: Fields = {}
    for tag, element in elements.items():
        if not element.value:
            continue
        if (name := _FIELDS.get(tag)) is not None:
            vr = element.VR if element.VR in TEXTS else _VRS[tag]
            if text := _first_text(element.value, vr, encodings):
                found[name] = text
        elif (name := _NUMBERS.get(tag)) is not None and (values := _parsed(element, "IS", WHOLE)):
            found[name] = values[0]
    if _POSITION in elements and _ORIENTATION in elements:
        position = _parsed(elements[_POSITION], "DS", REAL)
        found |= _slice_position(position, _parsed(elements[_ORIENTATION], "DS", REAL))
    return found


def _parsed(element: DataElement | RawDataElement, vr: str, kind: Kind) -> tuple[float, ...]:
    """Parse numbers as `integers` and `numbers` do; `vr` is the dictionary's."""
    if not isinstance(element, RawDataElement) or not element.value:
        return ()
    stated = element.VR if element.VR and element.VR != "UN" else vr
    little = element.is_little_endian
    return parse_numbers(element.value, stated, kind, little=little) or ()


# The headers of a series say the same again and again.
@lru_cache(maxsize=1 << 12)
def _first_text(value: bytes, vr: str, encodings: tuple[str, ...]) -> str | None:
    return first_text(value, vr, encodings)


@lru_cache(maxsize=1 << 6)
def _encodings(value: bytes) -> tuple[str, ...]:
    return tuple(python_encodings(value))


def _known(found: Mapping[str, str | int | None]) -> Fields:
    return {name: value for name, value in found.items() if value is not None}


def _slice_position(position: Sequence[float], orientation: Sequence[float]) -> Fields:
    """Project Image Position on the normal of Image Orientation (PS3.3 C.7.6.2.1.1)."""
    if len(position) != _AXES or len(orientation) != 2 * _AXES:
        return {}
    (a, b, c), (d, e, f) = orientation[:_AXES], orientation[_AXES:]
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    along = sum(p * n for p, n in zip(position, normal, strict=True))
    return {"slice_position": along} if math.isfinite(along) else {}
