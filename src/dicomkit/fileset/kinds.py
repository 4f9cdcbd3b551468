"""Directory record types (PS3.3 F.4) for instances that no DICOMDIR lists."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from pydicom.uid import UID

from dicomkit.dataset.elements.values import well_formed_uid

__all__ = ["name_record_type"]

# PS3.3 table F.4-1 knows types by SOP Class; the classes' names (PS3.6 annex A) tell them apart.
# The first that fits counts. Types that have been retired are those of PS3.3-2004.
_BY_NAME: Final = tuple(
    (re.compile(pattern), record_type)
    for pattern, record_type in (
        (r"\bSR\b|Procedure Log|Prescription Report|Volume Report", "SR DOCUMENT"),
        (r"Presentation State|Structured Display", "PRESENTATION"),
        (r"Waveform", "WAVEFORM"),
        (r"Image Storage", "IMAGE"),
        (r"RT Dose", "RT DOSE"),
        (r"RT Structure Set", "RT STRUCTURE SET"),
        (r"RT (Ion )?Plan", "RT PLAN"),
        (r"RT .*Treatment (Summary )?Record", "RT TREAT RECORD"),
        # The second generation (PS3.3 A.86).
        (r"RT (Physician Intent|Segment Annotation|Treatment Preparation)", "RADIOTHERAPY"),
        (r"RT Patient Position|Radiation (Set|(Salvage )?Record|Storage)", "RADIOTHERAPY"),
        (r"RT .*Delivery Instruction", "PLAN"),
        (r"Encapsulated", "ENCAP DOC"),
        (r"Key Object", "KEY OBJECT DOC"),
        (r"Spectroscopy", "SPECTROSCOPY"),
        (r"Raw Data", "RAW DATA"),
        (r"Registration", "REGISTRATION"),
        (r"Fiducials", "FIDUCIAL"),
        (r"Real World Value", "VALUE MAP"),
        (r"Stereometric", "STEREOMETRIC"),
        (r"Measurements|Lens Calculations", "MEASUREMENT"),
        (r"Surface Scan", "SURFACE SCAN"),
        (r"Surface Segmentation", "SURFACE"),
        (r"Tractography", "TRACT"),
        (r"Assessment", "ASSESSMENT"),
        (r"Simple Annotations", "ANNOTATION"),
        (r"Inventory", "INVENTORY"),
        (r"Hanging", "HANGING PROTOCOL"),
        (r"Color Palette", "PALETTE"),
        (r"Implant Assembly", "IMPLANT ASSY"),
        (r"Implant Template Group", "IMPLANT GROUP"),
        (r"Implant Template", "IMPLANT"),
        (r"Standalone .*Curve", "CURVE"),
        (r"Standalone Overlay", "OVERLAY"),
        (r"Standalone Modality LUT", "MODALITY LUT"),
        (r"Standalone VOI LUT", "VOI LUT"),
        (r"Stored Print", "STORED PRINT"),
        (r"Detached Patient", "PATIENT"),
        (r"Detached Visit", "VISIT"),
        (r"Detached Study", "STUDY"),
        (r"Detached Results", "RESULTS"),
        (r"Detached Interpretation", "INTERPRETATION"),
        # They have no type of their own, and no pixels either.
        (r"Procedure Protocol|Protocol Approval|Threat Detection", "PRIVATE"),
    )
)


@lru_cache(maxsize=256)
def name_record_type(sop_class: str, otherwise: str = "IMAGE") -> str:
    """Name the type of record that a DICOMDIR holds for a SOP Class.

    Parameters
    ----------
    sop_class : str
        Its UID.
    otherwise : str
        The answer for what is in no dictionary.

    Examples
    --------
    >>> name_record_type("1.2.840.10008.5.1.4.1.1.88.33")
    'SR DOCUMENT'
    """
    if well_formed_uid(sop_class.encode()) is None:
        return otherwise
    name = UID(sop_class).name
    if name == sop_class:
        return otherwise
    return next((kind for pattern, kind in _BY_NAME if pattern.search(name)), "IMAGE")
