"""What stacks and volumes are made of, by whatever leads to it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeAlias, cast

from pydicom.uid import MediaStorageDirectoryStorage

from dicomkit.dataset.elements.datasets import Dataset, check_dataset
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.errors import DicomKitError
from dicomkit.fileset.images import ImageSource
from dicomkit.fileset.instances import Instance, Series, stored_file
from dicomkit.fileset.walker import FileSetWalker, walk_by
from dicomkit.image.image import Image, ImageLike, open_image
from dicomkit.stacking.headers import HeaderReader, members_in

if TYPE_CHECKING:
    from dicomkit.limits import Limits
    from dicomkit.stacking.parts import Member

__all__ = ["VolumeSource", "read_members", "reopen"]

VolumeSource: TypeAlias = ImageSource | Series | FileSetWalker | Iterable[ImageSource]


def read_members(source: VolumeSource, limits: Limits) -> Iterator[Member]:
    """Read the headers of what is there, one at a time; what is no image yields nothing.

    Raises
    ------
    DicomKitError
        One of the files cannot be read.
    TypeError
        It is nothing that slices could come from.
    """
    headers = HeaderReader(limits)
    for one in _listed(source, headers, limits):
        opened = stored_file(one) if isinstance(one, Instance) else one
        if isinstance(opened, str | os.PathLike):
            yield from headers.members(opened)
        elif isinstance(opened, Image):
            yield from members_in(opened.dataset, opened, limits)
        else:
            yield from members_in(opened, opened, limits)


def reopen(source: object, limits: Limits) -> Image:
    """Open, with its pixels, what a slice came from."""
    if isinstance(source, str | os.PathLike):
        return open_image(read_dataset(source, limits=limits), limits=limits)
    return open_image(cast("ImageLike", source), limits=limits)


def _listed(source: VolumeSource, headers: HeaderReader, limits: Limits) -> Iterable[ImageSource]:
    if isinstance(source, Series):
        return source.instances
    if isinstance(source, FileSetWalker):
        return walk_by(source, headers.identity)
    if isinstance(source, Instance | Image | Dataset):
        return [source]
    if isinstance(source, str | os.PathLike):
        return _below(source, headers, limits)
    if not isinstance(source, Iterable):
        check_dataset(source)
    return cast("Iterable[ImageSource]", source)


def _below(
    path: str | os.PathLike[str], headers: HeaderReader, limits: Limits
) -> Iterable[ImageSource]:
    """List what a folder, a zip or a DICOMDIR leads to; another file leads to itself."""
    if not os.path.isdir(path):  # noqa: PTH112 - any path-like will do
        try:
            if headers.identity(path, limits).get("sop_class_uid") != MediaStorageDirectoryStorage:
                return [path]
        except DicomKitError:
            # A zip is no image. Whoever reads anything else says why it cannot be read.
            return _walked(path, headers, limits) or [path]
    return _walked(path, headers, limits)


def _walked(path: str | os.PathLike[str], headers: HeaderReader, limits: Limits) -> list[Instance]:
    return list(walk_by(FileSetWalker(path, limits=limits), headers.identity))
