"""Slices out of headers: of a file, or of what is open already."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from dicomkit.dataset.elements.datasets import check_dataset, error_context
from dicomkit.dataset.files.headers import read_few
from dicomkit.dataset.identity import OWN_TAGS, fields_in, read_identity
from dicomkit.dataset.modules.plain import PLAIN_TAGS, plain_pixels
from dicomkit.dataset.modules.slices import SLICE_TAGS, FactFinder, slice_facts
from dicomkit.errors import DicomKitError, NotDicomError
from dicomkit.stacking.parts import Member
from dicomkit.stacking.stack import StackSlice

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.dataset.files.filesystems import File
    from dicomkit.dataset.files.headers import Header
    from dicomkit.dataset.identity import Fields
    from dicomkit.dataset.modules.plain import PlainPixels
    from dicomkit.dataset.modules.slices import SliceFacts
    from dicomkit.limits import Limits

__all__ = ["HeaderReader", "members_in"]

_TAGS: Final = SLICE_TAGS | PLAIN_TAGS
_ALL_TAGS: Final = _TAGS | OWN_TAGS
# One takes about a kilobyte.
_MOST_KEPT: Final = 100_000


class _Slices(NamedTuple):
    """What a file's header says of its frames, and of its pixels."""

    facts: list[SliceFacts]
    pixels: PlainPixels | None

    @property
    def size(self) -> int:
        """As how many slices it counts; what is no image takes memory, too."""
        return max(len(self.facts), 1)


class HeaderReader:
    """Reads each header once: for who a file is, which a walk asks first, and for its slices.

    Of what a walk has asked for, the slices are kept until they are asked for, too; but not more
    than fit into some 100 MB: the headers of the others are read again.

    Parameters
    ----------
    limits : Limits
        For what is read.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._finder = FactFinder(limits)
        self._known: dict[str, _Slices] = {}
        self._kept = 0

    def identity(self, file: File, limits: Limits) -> Fields:
        """Give what `read_identity` gives.

        Raises
        ------
        DicomKitError
            As `read_identity`.
        """
        if self._kept >= _MOST_KEPT:
            return read_identity(file, limits)
        try:
            header = read_few(file, _ALL_TAGS, limits)
            found = _slices(header, self._finder, self._limits)
        except NotDicomError:
            raise
        except DicomKitError:
            # It may be in what only the slices need: whoever asks for these is told.
            return read_identity(file, limits)
        self._known[os.fspath(file)] = found
        self._kept += found.size
        return fields_in(header)

    def members(self, file: File) -> list[Member]:
        """Give the frames of a file as slices; none where it is no image.

        Raises
        ------
        DicomKitError
            Its header cannot be read.
        """
        found = self._known.pop(os.fspath(file), None)
        if found is None:
            found = _read(file, self._finder, self._limits)
        else:
            self._kept -= found.size
        path = file if isinstance(file, Path) else Path(file)
        return [
            Member(
                facts,
                StackSlice(path, facts.uid, facts.frame, facts.number, file, found.pixels),
            )
            for facts in found.facts
        ]


def members_in(ds: Dataset, source: object, limits: Limits) -> list[Member]:
    """Give the frames of a dataset as slices, which are to be read from ``source``.

    Raises
    ------
    TypeError
        It is no dataset.
    LimitError
        It declares more frames than the limits allow.
    """
    check_dataset(ds)
    name = getattr(ds, "filename", None)
    path = Path(name) if isinstance(name, str) else None
    with error_context(ds):
        return [
            Member(facts, StackSlice(path, facts.uid, facts.frame, facts.number, source))
            for facts in slice_facts(ds, limits)
        ]


def _read(file: File, finder: FactFinder, limits: Limits) -> _Slices:
    try:
        header = read_few(file, _TAGS, limits)
    except DicomKitError:
        # It may be in what only the pixels need: whoever asks for these is told.
        header = read_few(file, SLICE_TAGS, limits)
    return _slices(header, finder, limits)


def _slices(header: Header, finder: FactFinder, limits: Limits) -> _Slices:
    ds = header.dataset()
    with error_context(ds):
        facts = finder.find(ds)
    return _Slices(facts, plain_pixels(header, limits) if len(facts) == 1 else None)
