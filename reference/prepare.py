"""Copies that DCMTK can render, of files that it cannot.

None of this uses dicomkit. Each change is one whose outcome the standard fixes:
decompressing, writing out a table that stood in a short form, moving what a functional
group says of one frame to where a single image has it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass

import numpy as np
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels.decoders.base import get_decoder
from pydicom.uid import (
    UID,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000TransferSyntaxes,
)

__all__ = ["Prepared", "prepare", "rewrite"]

_MACROS = {
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept", "RescaleType"),
    "FrameVOILUTSequence": ("WindowCenter", "WindowWidth", "VOILUTFunction", "VOILUTSequence"),
}
_FUNCTIONAL_GROUPS = ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence")
_COLORS = ("Red", "Green", "Blue")
_WORD_BITS = 16


@dataclass(frozen=True, slots=True)
class Prepared:
    """A dataset for DCMTK, which of its frames is meant, and what was done to make it."""

    dataset: Dataset
    frame: int
    steps: tuple[str, ...]


def prepare(ds: Dataset, frame: int) -> Prepared:
    """Copy what DCMTK needs to be rewritten; with no steps, the dataset is the original."""
    changed = _own(ds)
    steps: list[str] = []
    if _hoist_functional_groups(ds, changed, frame):
        steps.append("functional groups moved to the root")
    if _write_out_palette(changed):
        steps.append("segmented palette written out")
    if _drop_impossible_window(changed):
        steps.append("window of no width taken out")
    if _enlarge_units(changed):
        steps.append("values and window times 1000, LINEAR_EXACT")
    if _restate_exact(changed):
        steps.append("LINEAR_EXACT c, w restated as LINEAR c + 0.5, w + 1")
    if _label_words(changed):
        steps.append("32-bit samples labelled OW")
    if _decompress(changed, frame):
        steps.append("decompressed by GDCM")
        frame = 0
    if _leave_padding_out(changed):
        steps.append("the range without padding given as a window")
    return Prepared(changed if steps else ds, frame, tuple(steps))


def rewrite(prepared: Prepared) -> Prepared:
    """Have pydicom write out again what DCMTK could not parse."""
    ds = _own(prepared.dataset)
    ds.file_meta.TransferSyntaxUID = ds.file_meta.get("TransferSyntaxUID", ImplicitVRLittleEndian)
    return Prepared(ds, prepared.frame, (*prepared.steps, "written out again by pydicom"))


def _own(ds: Dataset) -> Dataset:
    # Setting a keyword changes the element, and copy.copy would share the elements.
    changed = Dataset()
    for element in ds:
        if element.keyword == "PixelData":
            changed["PixelData"] = DataElement("PixelData", element.VR, element.value)
        elif element.keyword not in _FUNCTIONAL_GROUPS and element.tag.group:
            changed.add(copy.deepcopy(element))
    changed.file_meta = copy.deepcopy(getattr(ds, "file_meta", FileMetaDataset()))
    return changed


def _hoist_functional_groups(ds: Dataset, changed: Dataset, frame: int) -> bool:
    # PS3.3 C.7.6.16: what is not in the frame's group is in the shared one.
    per_frame, shared = (ds.get(keyword, []) for keyword in _FUNCTIONAL_GROUPS)
    groups = [*per_frame[frame : frame + 1], *shared]
    found = False
    for macro, keywords in _MACROS.items():
        holders = [group for group in groups if group.get(macro)]
        if holders:
            item = holders[0][macro].value[0]
            for keyword in keywords:
                if keyword in item:
                    changed[keyword] = copy.deepcopy(item[keyword])
                    found = True
    return found


def _write_out_palette(ds: Dataset) -> bool:
    if "SegmentedRedPaletteColorLookupTableData" not in ds:
        return False
    for color in _COLORS:
        keyword = f"{color}PaletteColorLookupTableData"
        words = np.frombuffer(ds[f"Segmented{keyword}"].value, _word(ds))
        setattr(ds, keyword, _expand_segments(words.tolist()).astype(_word(ds)).tobytes())
        delattr(ds, f"Segmented{keyword}")
    return True


def _leave_padding_out(ds: Dataset) -> bool:
    # PS3.3 C.7.5.1.1.2; DCMTK takes the padding into the range.
    if "PixelPaddingValue" not in ds or "WindowCenter" in ds or "VOILUTSequence" in ds:
        return False
    ends = ds.PixelPaddingValue, ds.get("PixelPaddingRangeLimit", ds.PixelPaddingValue)
    stored = ds.pixel_array
    meant = stored[(stored < min(ends)) | (stored > max(ends))]
    if meant.size in (0, stored.size):
        return False
    slope, intercept = float(ds.get("RescaleSlope", 1)), float(ds.get("RescaleIntercept", 0))
    low, high = sorted((meant.min() * slope + intercept, meant.max() * slope + intercept))
    ds.WindowCenter, ds.WindowWidth = float(low + high + 1) / 2, float(high - low + 1)
    return True


def _word(ds: Dataset) -> str:
    return "<u2" if UID(ds.file_meta.TransferSyntaxUID).is_little_endian else ">u2"


def _expand_segments(words: list[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    # PS3.3 C.7.9.2: discrete (0), linear (1) and indirect (2) segments.
    entries: list[float] = []
    at = 0
    while at < len(words):
        at = _expand_segment(words, at, entries)
    return np.rint(np.asarray(entries, np.float64))


def _expand_segment(words: list[int], at: int, entries: list[float]) -> int:
    kind, length = words[at], words[at + 1]
    if kind == 0:
        entries += words[at + 2 : at + 2 + length]
        return at + 2 + length
    if kind == 1:
        # The line starts after the last entry and ends at the segment's own.
        start = entries[-1]
        entries += np.linspace(start, words[at + 2], length + 1)[1:].tolist()
        return at + 3
    copied = words[at + 2] + (words[at + 3] << 16)
    for _ in range(length):
        copied = _expand_segment(words, copied, entries)
    return at + 4


def _drop_impossible_window(ds: Dataset) -> bool:
    # PS3.3 C.11.2.1.2: a width is above 0. DCMTK then shows the range of the stored bits.
    if ds.get("WindowWidth") is None or np.min(ds.WindowWidth) > 0:
        return False
    del ds.WindowCenter, ds.WindowWidth
    return True


def _enlarge_units(ds: Dataset) -> bool:
    # A width below 1 is one of LINEAR_EXACT; DCMTK's values after the Modality step are whole.
    if ds.get("WindowWidth") is None or np.min(ds.WindowWidth) >= 1 or "RescaleSlope" not in ds:
        return False
    ds.VOILUTFunction = "LINEAR_EXACT"
    for keyword in ("RescaleSlope", "RescaleIntercept", "WindowCenter", "WindowWidth"):
        setattr(ds, keyword, f"{float(ds[keyword].value) * 1000:g}")
    return True


def _restate_exact(ds: Dataset) -> bool:
    # PS3.3 C.11.2.1.3.2 is C.11.2.1.2.1 with c + 0.5 and w + 1; DCMTK only knows the latter.
    if ds.get("VOILUTFunction") != "LINEAR_EXACT":
        return False
    for keyword, more in (("WindowCenter", 0.5), ("WindowWidth", 1.0)):
        values = np.atleast_1d(np.asarray(ds[keyword].value, np.float64))
        setattr(ds, keyword, [float(value) + more for value in values])
    ds.VOILUTFunction = "LINEAR"
    return True


def _label_words(ds: Dataset) -> bool:
    syntax = UID(ds.file_meta.get("TransferSyntaxUID", ImplicitVRLittleEndian))
    if syntax.is_compressed or ds.BitsAllocated <= _WORD_BITS or ds["PixelData"].VR != "OB":
        return False
    ds["PixelData"] = DataElement("PixelData", "OW", ds.PixelData)
    return True


def _decompress(ds: Dataset, frame: int) -> bool:
    syntax = ds.file_meta.get("TransferSyntaxUID")
    if syntax not in JPEG2000TransferSyntaxes:
        return False
    values, properties = get_decoder(syntax).as_array(
        ds, index=frame, raw=True, decoding_plugin="gdcm"
    )
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.PhotometricInterpretation = str(properties["photometric_interpretation"])
    ds.PlanarConfiguration = 0
    ds.BitsAllocated = values.itemsize * 8
    ds.BitsStored = int(properties["bits_stored"])
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = int(values.dtype.kind == "i")
    ds.NumberOfFrames = 1
    data = values.tobytes() + b"\0" * (values.nbytes % 2)
    ds["PixelData"] = DataElement("PixelData", "OW" if values.itemsize > 1 else "OB", data)
    return True
