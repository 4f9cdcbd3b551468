"""What may tell slices at one place apart: echoes, b-values, types, times, ..."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from pydicom.datadict import dictionary_has_tag, keyword_for_tag
from pydicom.tag import Tag

from dicomkit.dataset.elements.attributes import (
    integer,
    integers,
    items,
    numbers,
    text,
    texts,
)
from dicomkit.dataset.elements.functional_groups import macro
from dicomkit.dataset.elements.private import PrivateBlocks
from dicomkit.dataset.elements.tags import shared_tag
from dicomkit.dataset.modules.diffusion import b_value, gradient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydicom.dataset import Dataset
    from pydicom.tag import BaseTag

__all__ = [
    "CONTRASTS",
    "PASSES",
    "SEGMENT",
    "SLICE_TRAIT_TAGS",
    "TRAIT_KEYWORDS",
    "Said",
    "Trait",
    "TraitFinder",
    "of_numbers",
    "of_text",
    "traits_again",
]

TraitValue: TypeAlias = tuple[float, ...] | tuple[str, ...]

# What tells the passes of a scan apart.
PASSES: Final = ("AcquisitionNumber", "FrameAcquisitionNumber", "StackID")
# What the values of one volume have been taken with.
CONTRASTS: Final = frozenset({
    "ComplexImageComponent", "DiffusionBValue", "EchoTime", "EffectiveEchoTime", "InversionTime",
    "InversionTimes",
})  # fmt: skip
# What else a text says could be anything, a name as well: it is not repeated in a message.
_TERMS: Final = frozenset({
    "ORIGINAL", "DERIVED", "PRIMARY", "SECONDARY", "AXIAL", "LOCALIZER", "MPR", "OTHER",
    "DIFFUSION", "NONE", "ND", "NORM", "M", "P", "R", "I", "MAGNITUDE", "PHASE", "REAL",
    "IMAGINARY", "MIXED", "FFE", "SE", "IR", "ADC", "FA", "TRACEW", "TENSOR", "T1", "T2", "PCA",
    "M_FFE", "P_FFE", "M_SE", "M_IR", "WATER", "FAT", "IN_PHASE", "OUT_PHASE", "W", "F", "IP",
    "OP", "MAP_T1", "MAP_T2", "SUB", "MIN", "MAX", "MEAN", "SUM", "ISOTROPIC", "DIRECTIONAL",
    "BMATRIX",
})  # fmt: skip
# The dimensions of a multi-frame image that are places (C.7.6.17).
_PLACES: Final = frozenset((0x00209056, 0x00209057, 0x00200032, 0x00201041))
# What is worth remembering.
_FEW, _SHORT = 8, 64


class Trait(NamedTuple):
    """One thing that a file says of a slice.

    Attributes
    ----------
    keyword : str
        The attribute.
    word : str
        What people call it.
    value : tuple of float, or of str
        Empty where it is absent. Traits of one keyword can be compared.
    label : str
        The value for a person.
    speakable : bool
        Whether a message may hold the value.
    is_index : bool
        Whether it is a number in a file's own count of values (C.7.6.17), not a value: the two
        cannot be compared.
    """

    keyword: str
    word: str
    value: TraitValue
    label: str
    speakable: bool = True
    is_index: bool = False


class _Source(NamedTuple):
    """Where an attribute is looked for: in macros, then in the file; and what people call it.

    `tags` are those of the keywords, and `absent` is what is said where there is none of them.
    """

    word: str
    sequences: tuple[str, ...]
    keywords: tuple[str, ...]
    is_number: bool
    speakable: bool
    tags: frozenset[BaseTag]
    absent: Trait


def _source(
    word: str,
    sequences: tuple[str, ...],
    keywords: tuple[str, ...],
    *,
    is_number: bool = True,
    speakable: bool = True,
) -> _Source:
    tags = frozenset(shared_tag(int(Tag(keyword))) for keyword in keywords)
    absent = Trait(keywords[0], word, (), "none")
    return _Source(word, sequences, keywords, is_number, speakable, tags, absent)


_FRAME_TYPES: Final = (
    "MRImageFrameTypeSequence",
    "CTImageFrameTypeSequence",
    "PETFrameTypeSequence",
    "XAXRFFrameCharacteristicsSequence",
)
_CONTENT: Final = ("FrameContentSequence",)
_CARDIAC: Final = ("CardiacSynchronizationSequence",)
# In the order in which they are tried.
_BEFORE_DIFFUSION: Final = (
    _source("echo time", ("MREchoSequence",), ("EffectiveEchoTime", "EchoTime")),
    _source("echo", (), ("EchoNumbers",)),
)
SEGMENT: Final = _source(
    "segment", ("SegmentIdentificationSequence",), ("ReferencedSegmentNumber",)
)
_IMAGE_TYPE: Final = _source(
    "image type", _FRAME_TYPES, ("FrameType", "ImageType"), is_number=False
)
_AFTER_DIFFUSION: Final = (
    _source("component", _FRAME_TYPES, ("ComplexImageComponent",), is_number=False),
    _source("temporal position", _CONTENT, ("TemporalPositionIndex", "TemporalPositionIdentifier")),
    _source("time offset", ("TemporalPositionSequence",), ("TemporalPositionTimeOffset",)),
    _source("trigger time", _CARDIAC, ("NominalCardiacTriggerDelayTime", "TriggerTime")),
    _source("cardiac phase", _CARDIAC, ("NominalPercentageOfCardiacPhase",)),
    _source(
        "respiratory phase",
        ("RespiratorySynchronizationSequence",),
        ("NominalPercentageOfRespiratoryPhase",),
    ),
    _source("inversion time", ("MRModifierSequence",), ("InversionTimes", "InversionTime")),
    _source("flip angle", ("MRTimingAndRelatedParametersSequence",), ("FlipAngle",)),
    _source("tube voltage", ("CTXRayDetailsSequence",), ("KVP",)),
    _source("sequence", (), ("SequenceName",), is_number=False, speakable=False),
    _source("kernel", (), ("ConvolutionKernel",), is_number=False, speakable=False),
    _source("acquisition", _CONTENT, ("FrameAcquisitionNumber", "AcquisitionNumber")),
    _source("stack", _CONTENT, ("StackID",), is_number=False, speakable=False),
    _source(
        "reference time",
        _CONTENT,
        ("FrameReferenceDateTime", "FrameReferenceTime"),
        is_number=False,
        speakable=False,
    ),
    _source(
        "acquisition time",
        _CONTENT,
        ("FrameAcquisitionDateTime", "AcquisitionDateTime", "AcquisitionTime"),
        is_number=False,
        speakable=False,
    ),
    # The phases of breathing are often named in words alone.
    _source("series description", (), ("SeriesDescription",), is_number=False, speakable=False),
    _source("comment", (), ("ImageComments",), is_number=False, speakable=False),
)
_SOURCES: Final = (SEGMENT, *_BEFORE_DIFFUSION, _IMAGE_TYPE, *_AFTER_DIFFUSION)
# Legacy converted images keep here what has no place of its own (C.7.6.16.2.24).
_CONVERTED: Final = (
    "UnassignedPerFrameConvertedAttributesSequence",
    "UnassignedSharedConvertedAttributesSequence",
)
# The dimensions of frames in nuclear medicine but slices (C.8.4.8).
_VECTORS: Final = (
    ("energy window", "EnergyWindowVector"),
    ("detector", "DetectorVector"),
    ("phase", "PhaseVector"),
    ("rotation", "RotationVector"),
    ("R-R interval", "RRIntervalVector"),
    ("time slot", "TimeSlotVector"),
    ("time slice", "TimeSliceVector"),
)

_VECTOR_TAGS: Final = frozenset(shared_tag(int(Tag(keyword))) for _, keyword in _VECTORS)


# What differs from one slice to the next as a rule, by its place among those after diffusion.
_OF_SLICES: Final = tuple(
    (place, source)
    for place, source in enumerate(_AFTER_DIFFUSION)
    if source.word in {"trigger time", "acquisition", "reference time", "acquisition time"}
)
SLICE_TRAIT_TAGS: Final = frozenset(tag for _, source in _OF_SLICES for tag in source.tags)
"""Where it stands in a file without macros."""


class _Pointer(NamedTuple):
    """A dimension of the frames: its place among the index values, and what it is."""

    place: int
    keyword: str
    word: str
    sequence: str | None


TRAIT_KEYWORDS: Final = (
    "DimensionIndexSequence",
    "DiffusionBValue",
    "DiffusionGradientDirectionSequence",
    "DiffusionGradientOrientation",
    *(keyword for _, keyword in _VECTORS),
    *(keyword for source in _SOURCES for keyword in source.keywords),
)
"""What is looked for in a file's own elements."""


def _find_pointers(ds: Dataset) -> list[_Pointer]:
    """List the dimensions that are no places (C.7.6.17); of private ones only their number."""
    found = []
    for place, dimension in enumerate(items(ds, "DimensionIndexSequence")):
        tag = integer(dimension, "DimensionIndexPointer")
        if tag is None or tag in _PLACES:
            continue
        group = integer(dimension, "FunctionalGroupPointer")
        word = f"dimension {place + 1}"
        keyword, sequence = _keyword(tag), _keyword(group)
        if not keyword:
            sequence = ""
        found.append(_Pointer(place, keyword or word, _WORDS.get(keyword, word), sequence or None))
    return found


def _keyword(tag: int | None) -> str:
    return keyword_for_tag(tag) if tag is not None and dictionary_has_tag(tag) else ""


_WORDS: Final = {
    "DiffusionBValue": "b-value",
    **{keyword: source.word for source in _SOURCES for keyword in source.keywords},
}


class Said:
    """What is said of a frame: in its macros, in those of all, in the file."""

    def __init__(self, ds: Dataset, frame: int, *, grouped: bool) -> None:
        self.ds = ds
        self.frame = frame
        self._tags = ds.keys()
        self._grouped = grouped
        self._macros: dict[str, Dataset | None] = {}

    def macro(self, sequence: str) -> Dataset | None:
        """Give a macro's item, the frame's own before that of all."""
        if not self._grouped:
            return None
        if sequence not in self._macros:
            found = macro(self.ds, self.frame, sequence)
            self._macros[sequence] = None if found is None else found[0]
        return self._macros[sequence]

    @cached_property
    def image_type(self) -> Trait:
        """Frame Type, else Image Type."""
        return self.find(_IMAGE_TYPE)

    def find(self, source: _Source) -> Trait:
        """Find an attribute: in a macro, in what an older image was converted from, in the file."""
        # Of a file without macros, most is absent.
        if not self._grouped and self._tags.isdisjoint(source.tags):
            return source.absent
        macros = map(self.macro, (*source.sequences, *_CONVERTED))
        for place in (*(found for found in macros if found is not None), self.ds):
            for keyword in source.keywords:
                if source.is_number:
                    values = numbers(place, keyword)
                    if values:
                        return of_numbers(keyword, source.word, values)
                    continue
                said = tuple(part.upper() for part in texts(place, keyword))
                if said:
                    speakable = source.speakable and all(part in _TERMS for part in said)
                    make = _of_short_texts if sum(map(len, said)) <= _SHORT else _of_texts
                    return make(keyword, source.word, said, speakable)
        return source.absent


class TraitFinder:
    """Lists what may tell a frame from others at its place, in the order in which it is tried.

    Parameters
    ----------
    ds : pydicom.dataset.Dataset
        A header is enough.
    """

    def __init__(self, ds: Dataset) -> None:
        self._pointers = _find_pointers(ds)
        # Frames of one file may well be the volume, where nothing else is said.
        frames = integer(ds, "NumberOfFrames") or 1
        uid = text(ds, "SOPInstanceUID") if frames > 1 else None
        self._file = of_text("SOPInstanceUID", "file", uid, speakable=False)
        self._blocks = PrivateBlocks(ds)
        self._vectors = []
        if not _VECTOR_TAGS.isdisjoint(ds.keys()):
            vectors = ((keyword, word, integers(ds, keyword)) for word, keyword in _VECTORS)
            self._vectors = [vector for vector in vectors if vector[2]]

    def find(self, said: Said) -> tuple[Trait, ...]:
        """List what is said of a frame."""
        before = [said.find(source) for source in _BEFORE_DIFFUSION]
        after = [said.image_type, *(said.find(source) for source in _AFTER_DIFFUSION)]
        dimensions = _dimensions(said, self._pointers)
        vectors = self._of_vectors(said.frame)
        return (*dimensions, *vectors, *before, *_diffusion(said, self._blocks), *after, self._file)

    def find_alike(self, traits: tuple[Trait, ...], frame: int) -> tuple[Trait, ...]:
        """Give what is said of a frame, knowing it of another that only vectors tell it from."""
        if not self._vectors:
            return traits
        start = len(self._pointers)
        return (
            *traits[:start],
            *self._of_vectors(frame),
            *traits[start + len(self._vectors) :],
        )

    def _of_vectors(self, frame: int) -> Iterator[Trait]:
        for keyword, word, vector in self._vectors:
            yield of_numbers(keyword, word, vector[frame : frame + 1])


def traits_again(ds: Dataset, traits: tuple[Trait, ...]) -> tuple[Trait, ...]:
    """List the traits of a header that differs from another one's in `SLICE_TRAIT_TAGS` alone."""
    said = Said(ds, 0, grouped=False)
    found = list(traits)
    # Behind them is the file.
    first = len(found) - 1 - len(_AFTER_DIFFUSION)
    for place, source in _OF_SLICES:
        found[first + place] = said.find(source)
    return tuple(found)


def _dimensions(said: Said, pointers: list[_Pointer]) -> Iterator[Trait]:
    content = said.macro("FrameContentSequence") if pointers else None
    indices = () if content is None else integers(content, "DimensionIndexValues")
    for pointer in pointers:
        own = indices[pointer.place : pointer.place + 1]
        index = of_numbers(pointer.keyword, pointer.word, own)._replace(is_index=True)
        place = None if pointer.sequence is None else said.macro(pointer.sequence)
        values = () if place is None else numbers(place, pointer.keyword)
        # The value says more than its number among the values; these are in the order of both.
        yield index._replace(label=_joined(values)) if own and values else index


def _diffusion(said: Said, blocks: PrivateBlocks) -> Iterator[Trait]:
    place = said.macro("MRDiffusionSequence") or said.ds
    yield of_numbers("DiffusionBValue", "b-value", b_value(place, blocks))
    yield of_numbers("DiffusionGradientOrientation", "gradient", gradient(place, blocks))


def of_numbers(keyword: str, word: str, values: tuple[float, ...]) -> Trait:
    """Make a trait of numbers, none where it is absent."""
    make = _of_few_numbers if len(values) <= _FEW else _of_numbers
    return make(keyword, word, values)


def of_text(keyword: str, word: str, value: str | None, *, speakable: bool = True) -> Trait:
    """Make a trait of a text, None where it is absent."""
    said = () if value is None else (value,)
    make = _of_short_texts if len(value or "") <= _SHORT else _of_texts
    return make(keyword, word, said, speakable)


def _of_numbers(keyword: str, word: str, values: tuple[float, ...]) -> Trait:
    return Trait(keyword, word, values, _joined(values) or "none")


def _of_texts(
    keyword: str,
    word: str,
    said: tuple[str, ...],
    speakable: bool,  # noqa: FBT001 - one key of a cache
) -> Trait:
    return Trait(keyword, word, said, "\\".join(said) or "none", speakable)


# The headers of a series say the same again and again: what is remembered is kept once, too.
_of_few_numbers: Final = lru_cache(1 << 12)(_of_numbers)
_of_short_texts: Final = lru_cache(1 << 12)(_of_texts)


def _joined(values: tuple[float, ...]) -> str:
    # Whether it is minus 0 or plus 0 is of no interest.
    return " ".join(f"{value + 0.0:.10g}" for value in values)
