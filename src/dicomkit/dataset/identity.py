"""Who and what an instance belongs to: patient, study, series, instance."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from pydicom.dataset import Dataset
from pydicom.tag import BaseTag, Tag

from dicomkit.dataset.elements.attributes import integer, numbers, text
from dicomkit.dataset.elements.charsets import DEFAULT_ENCODINGS, decode_text, python_encodings
from dicomkit.dataset.files.part10 import read_front
from dicomkit.dataset.files.sources import open_file
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from dicomkit.dataset.files.elements import Elements

__all__ = [
    "IDENTITY_TAGS",
    "Fields",
    "Identity",
    "SeriesIdentity",
    "encodings_of",
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
_FIELDS: Final = {
    Tag(keyword): name
    for table in (_TEXTS, _INTEGERS, _META_TEXTS, _RECORD_TEXTS)
    for name, keyword in table.items()
}
_CHARACTER_SET: Final = BaseTag(0x00080005)
_POSITION: Final = BaseTag(0x00200032)
_ORIENTATION: Final = BaseTag(0x00200037)
IDENTITY_TAGS: Final = frozenset(map(int, (*_FIELDS, _CHARACTER_SET, _POSITION, _ORIENTATION)))
_END: Final = max(IDENTITY_TAGS) + 1
_INTEGER: Final = re.compile(r"[+-]?\d{1,12}", re.ASCII)
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
    found |= _slice_position(ds)
    return Identity(**found)  # type: ignore[arg-type] # the tables above decide


def read_identity(path: str | os.PathLike[str], limits: Limits = DEFAULT_LIMITS) -> Fields:
    """Read the fields of an `Identity` from a file, and as little else of it as can be.

    Raises
    ------
    DicomKitError
        As `read_dataset` does, if the fault lies before the end of what is read.
    """
    elements: Elements = {}
    with open_file(path) as source:
        front = read_front(source, limits)
        front.cursor.take(front.encoding, elements, limits, stop=_END, wanted=IDENTITY_TAGS)
    encodings = encodings_of(elements, DEFAULT_ENCODINGS)
    stated = {**fields_of(front.meta, DEFAULT_ENCODINGS), "transfer_syntax_uid": str(front.syntax)}
    return stated | fields_of(elements, encodings)


def encodings_of(elements: Elements, default: Sequence[str]) -> Sequence[str]:
    """Name the character sets of raw elements, which may be those of what is around them."""
    stated = elements.get(_CHARACTER_SET)
    return python_encodings(stated.value) if stated is not None and stated.value else default


def fields_of(elements: Elements, encodings: Sequence[str]) -> Fields:
    """Take the fields of an `Identity` out of raw elements: as `identity` does, but faster."""
    found: Fields = {}
    for tag, element in elements.items():
        name = _FIELDS.get(tag)
        if name is None or not element.value:
            continue
        decoded, _ = decode_text(element.value, encodings)
        value = decoded.partition("\\")[0].strip(" \0")
        if name not in _INTEGERS:
            if value:
                found[name] = value
        elif _INTEGER.fullmatch(value):
            found[name] = int(value)
    if _POSITION in elements:
        found |= _slice_position(Dataset(elements))
    return found


def _known(found: Mapping[str, str | int | None]) -> Fields:
    return {name: value for name, value in found.items() if value is not None}


def _slice_position(ds: Dataset) -> Fields:
    """Project Image Position on the normal of Image Orientation (PS3.3 C.7.6.2.1.1)."""
    position = numbers(ds, "ImagePositionPatient")
    orientation = numbers(ds, "ImageOrientationPatient")
    if len(position) != _AXES or len(orientation) != 2 * _AXES:
        return {}
    (a, b, c), (d, e, f) = orientation[:_AXES], orientation[_AXES:]
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    along = sum(p * n for p, n in zip(position, normal, strict=True))
    return {"slice_position": along} if math.isfinite(along) else {}
