"""Copies that DCMTK can render, of files that it cannot.

None of this uses dicomkit. Each change is one whose outcome the standard fixes:
decompressing, writing out a table that stood in a short form, moving what a functional
group says of some frames to where a single image has it.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

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

from reference import formulas

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Prepared", "Run", "prepare", "rewrite"]

_MACROS = {
    "PixelValueTransformationSequence": ("RescaleSlope", "RescaleIntercept", "RescaleType"),
    "FrameVOILUTSequence": ("WindowCenter", "WindowWidth", "VOILUTFunction", "VOILUTSequence"),
}
_FUNCTIONAL_GROUPS = ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence")
_VIEWS = ("WindowCenter", "VOILUTSequence")
_COLORS = ("Red", "Green", "Blue")
_WORD_BITS = 16


@dataclass(frozen=True, slots=True)
class Run:
    """What DCMTK is given, and for which frames what it says holds; None is all."""

    dataset: Dataset
    frames: tuple[int, ...] | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """The datasets for DCMTK, what was done to make them, and whether a formula gave a view."""

    runs: tuple[Run, ...]
    steps: tuple[str, ...]
    view_by_formula: bool = False


def prepare(ds: Dataset) -> Prepared:
    """Copy what DCMTK needs to be rewritten; with no steps, the dataset is the original.

    There is a run for all frames, or one for those of which the functional groups say the same.
    """
    changed = _own(ds)
    steps = []
    if _write_out_palette(changed):
        steps.append("segmented palette written out")
    if _label_words(changed):
        steps.append("32-bit samples labelled OW")
    if _decompress(changed):
        steps.append("decompressed by GDCM")
    runs = []
    for said, frames in _said_of_frames(ds):
        run = Run(_own(changed), frames)
        run.dataset.update(said)
        if said:
            steps.append("functional groups moved to the root")
        steps += _mend_window(run.dataset)
        runs.append(run)
    view = _view_by_formula(runs)
    if view:
        steps.append(view)
    if not steps:
        return Prepared((Run(ds, None),), ())
    return Prepared(tuple(runs), tuple(dict.fromkeys(steps)), view is not None)


def rewrite(prepared: Prepared) -> Prepared:
    """Have pydicom write out again what DCMTK could not parse."""
    runs = tuple(replace(run, dataset=_own(run.dataset)) for run in prepared.runs)
    for run in runs:
        meta = run.dataset.file_meta
        meta.TransferSyntaxUID = meta.get("TransferSyntaxUID", ImplicitVRLittleEndian)
    return replace(prepared, runs=runs, steps=(*prepared.steps, "written out again by pydicom"))


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


def _said_of_frames(ds: Dataset) -> list[tuple[Dataset, tuple[int, ...] | None]]:
    """Gather what functional groups say, with the frames of which they say it."""
    per_frame, shared = (ds.get(keyword) or [] for keyword in _FUNCTIONAL_GROUPS)
    if not per_frame:
        return [(_said([*shared]), None)]
    found: list[tuple[Dataset, list[int]]] = []
    for frame, group in enumerate(per_frame[: int(ds.get("NumberOfFrames") or 1)]):
        said = _said([group, *shared])
        same = next((frames for other, frames in found if other == said), None)
        if same is None:
            found.append((said, [frame]))
        else:
            same.append(frame)
    return [(said, tuple(frames) if found[1:] else None) for said, frames in found]


def _said(groups: list[Dataset]) -> Dataset:
    # PS3.3 C.7.6.16: what is not in the frame's group is in the shared one. Empty says nothing.
    said = Dataset()
    for macro, keywords in _MACROS.items():
        items = [group[macro].value[0] for group in groups if group.get(macro)]
        told = [item for item in items if any(not element.is_empty for element in item)]
        for keyword in keywords:
            if told and keyword in told[0]:
                said[keyword] = copy.deepcopy(told[0][keyword])
    return said


def _mend_window(ds: Dataset) -> list[str]:
    steps = []
    if _drop_impossible_window(ds):
        steps.append("window of no width taken out")
    if _enlarge_units(ds):
        steps.append("values and window times 1000, LINEAR_EXACT")
    if _restate_exact(ds):
        steps.append("LINEAR_EXACT c, w restated as LINEAR c + 0.5, w + 1")
    return steps


def _view_by_formula(runs: list[Run]) -> str | None:
    without = [run.dataset for run in runs if not any(run.dataset.get(key) for key in _VIEWS)]

    @cache
    def stored() -> list[NDArray[np.number]]:
        frames = formulas.stored_frames(runs[0].dataset)
        return [frames if run.frames is None else frames[list(run.frames)] for run in runs]

    view = formulas.view([run.dataset for run in runs], stored) if without else None
    if view is None:
        return None
    for ds in without:
        ds.update(view.elements)
    return view.what


def _write_out_palette(ds: Dataset) -> bool:
    if "SegmentedRedPaletteColorLookupTableData" not in ds:
        return False
    for color in _COLORS:
        keyword = f"{color}PaletteColorLookupTableData"
        words = np.frombuffer(ds[f"Segmented{keyword}"].value, _word(ds))
        setattr(ds, keyword, _expand_segments(words.tolist()).astype(_word(ds)).tobytes())
        delattr(ds, f"Segmented{keyword}")
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


def _decompress(ds: Dataset) -> bool:
    syntax = ds.file_meta.get("TransferSyntaxUID")
    if syntax not in JPEG2000TransferSyntaxes:
        return False
    values, properties = get_decoder(syntax).as_array(ds, raw=True, decoding_plugin="gdcm")
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.PhotometricInterpretation = str(properties["photometric_interpretation"])
    ds.PlanarConfiguration = 0
    ds.BitsAllocated = values.itemsize * 8
    ds.BitsStored = int(properties["bits_stored"])
    ds.HighBit = ds.BitsStored - 1
    ds.PixelRepresentation = int(values.dtype.kind == "i")
    data = values.tobytes() + b"\0" * (values.nbytes % 2)
    ds["PixelData"] = DataElement("PixelData", "OW" if values.itemsize > 1 else "OB", data)
    return True
