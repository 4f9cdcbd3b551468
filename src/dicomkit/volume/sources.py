"""What stacks and volumes are made of, by whatever leads to it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias, cast

from dicomkit.dataset.elements.datasets import check_dataset, error_context, is_dataset
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.modules.slices import slice_facts
from dicomkit.fileset.instances import Instance, Series
from dicomkit.fileset.walker import FileSetWalker
from dicomkit.image.image import Image, ImageLike, open_image
from dicomkit.stacking.parts import Member
from dicomkit.stacking.stack import StackSlice

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.limits import Limits

__all__ = ["SliceSource", "VolumeSource", "read_members", "reopen"]

SliceSource: TypeAlias = "str | os.PathLike[str] | Instance | Dataset | Image"
VolumeSource: TypeAlias = "SliceSource | Series | FileSetWalker | Iterable[SliceSource]"


def read_members(source: VolumeSource, limits: Limits) -> Iterator[Member]:
    """Read the headers of what is there, one at a time; what is no image yields nothing.

    Raises
    ------
    DicomKitError
        One of the files cannot be read.
    TypeError
        It is nothing that slices could come from.
    """
    for one in _listed(source, limits):
        opened = one.path if isinstance(one, Instance) else one
        path: str | os.PathLike[str] | None = None
        if isinstance(opened, str | os.PathLike):
            path = Path(opened) if isinstance(opened, str) else opened
            ds: Dataset = read_dataset(opened, stop_before_pixels=True, limits=limits)
        else:
            ds = opened.dataset if isinstance(opened, Image) else opened
            check_dataset(ds)
            name = getattr(ds, "filename", None)
            path = Path(name) if isinstance(name, str) else None
        with error_context(ds):
            found = slice_facts(ds, limits)
        for facts in found:
            uid, number = facts.uid, facts.number
            yield Member(facts, StackSlice(path, uid, facts.frame, number, opened))


def reopen(source: object, limits: Limits) -> Image:
    """Open, with its pixels, what a slice came from."""
    if isinstance(source, str | os.PathLike):
        return open_image(read_dataset(source, limits=limits), limits=limits)
    return open_image(cast("ImageLike", source), limits=limits)


def _listed(source: VolumeSource, limits: Limits) -> Iterable[SliceSource]:
    if isinstance(source, Series):
        return source.instances
    if isinstance(source, str | os.PathLike):
        return _below(source, limits)
    if isinstance(source, Instance | Image) or is_dataset(source):
        return [source]
    if not isinstance(source, Iterable):
        check_dataset(source)
    return source


def _below(path: str | os.PathLike[str], limits: Limits) -> Iterable[SliceSource]:
    """List what a folder or a DICOMDIR leads to; a file leads to itself."""
    walker = FileSetWalker(path, limits=limits)
    found = list(walker)
    # What cannot be read says why when it is.
    return found or ([] if walker.root.is_dir() else [path])
