"""Why a picture differs from DCMTK's, and the clause that says who is right.

Every dataset that does not agree has an entry; an entry for one that agrees is stale. Both
fail the comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reference.compare import Outcome

__all__ = ["DIFFERENCES", "VALUE_DIFFERENCES", "Difference", "reason_for"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One reason and the datasets that it holds for."""

    outcome: Outcome
    reason: str
    clause: str
    names: tuple[str, ...]


DIFFERENCES: Final = (
    Difference(
        "differs",
        "DCMTK adds up products that it has truncated to whole numbers and ends up to 1.9 levels "
        "from the formula; dicomkit rounds once and stays within 0.5",
        "PS3.3 C.7.6.3.1.2",
        (
            "pydicom-data/data/SC_ybr_full_uncompressed.dcm",
            "ybr full",
            "ybr full planar",
            "ybr full 422",
        ),
    ),
    Difference(
        "differs",
        "DCMTK takes a big-endian sample of 32 bits for two words in little-endian order; read as "
        "one big-endian number it equals the little-endian copy of the same image, bit for bit",
        "PS3.5 7.3",
        ("pydicom/test_files/rtdose_expb.dcm", "pydicom/test_files/rtdose_expb_1frame.dcm"),
    ),
    Difference(
        "neither",
        "the file ends before its pixel data does",
        "PS3.5 8.1.1",
        ("pydicom/test_files/MR_truncated.dcm",),
    ),
    Difference(
        "neither",
        "a stub of 250 bytes whose header claims an impossible size, made to test reading only",
        "PS3.5 A.4.4",
        ("pydicom/test_files/JPEG2000-embedded-sequence-delimiter.dcm",),
    ),
)


_INVERTED: Final = "SimpleITK inverts MONOCHROME1 before it rescales; PS3.3 C.7.6.3.1.2 does not"
_ONE_BIT: Final = "SimpleITK makes 255 of the bit that is set"
_LOSSY: Final = "two decoders of a lossy stream round 1.4 % of the samples to neighbouring values"

VALUE_DIFFERENCES: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("highdicom", "mlut_18.dcm"): "highdicom gives every value below 0 the table's last entry; "
        "pydicom and DCMTK look it up as dicomkit does (PS3.3 C.11.1.1.1)",
    }
    | {
        ("SimpleITK", name): why
        for why, names in (
            (_INVERTED, ("6154", "6247", "6278")),
            (_INVERTED, ("RG1_J2KI.dcm", "RG1_J2KR.dcm", "RG1_UNCI.dcm", "RG1_UNCR.dcm")),
            (_INVERTED, ("RG3_J2KI.dcm", "RG3_J2KR.dcm", "RG3_UNCI.dcm", "RG3_UNCR.dcm")),
            (
                _ONE_BIT,
                ("liver.dcm", "liver_expb.dcm", "liver_1frame.dcm", "liver_expb_1frame.dcm"),
            ),
            (_LOSSY, ("JPEG-lossy.dcm", "JPGExtended.dcm")),
            ("SimpleITK swaps the halves of big-endian 32-bit samples", ("rtdose_expb.dcm",)),
            ("SimpleITK ignores the Modality LUT Sequence", ("mlut_18.dcm",)),
        )
        for name in names
    }
)
"""Why values differ, by library and file name."""


def reason_for(name: str) -> Difference | None:
    """Find the entry of a dataset that does not agree."""
    return next((entry for entry in DIFFERENCES if name in entry.names), None)
