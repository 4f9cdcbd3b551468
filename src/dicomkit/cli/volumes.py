"""What a File-set holds, as volumes: a list for a terminal, or a document."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from dicomkit.errors import DicomKitError
from dicomkit.fileset.volumes import series_stacks
from dicomkit.fileset.walker import series_by
from dicomkit.html.markup import printable
from dicomkit.stacking.headers import HeaderReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.cli.documents import Document
    from dicomkit.fileset.instances import Series
    from dicomkit.fileset.walker import FileSetWalker
    from dicomkit.limits import Limits
    from dicomkit.stacking.stack import Stack

__all__ = ["volume_lines", "volumes_document"]


def volume_lines(walker: FileSetWalker, limits: Limits) -> Iterator[str]:
    """Yield a line for each series, and for each of its stacks one behind it."""
    headers = HeaderReader(limits)
    for series in series_by(walker, headers.identity):
        count = len(series.instances)
        number = "" if series.series_number is None else f" {series.series_number}"
        kind = printable(series.modality or "unknown")
        yield f"series{number}, {kind}, {count} instance{'s'[: count > 1]}"
        found = _found(series, headers)
        if isinstance(found, DicomKitError):
            yield f"  {found.code}: {found.message}"
            continue
        for stack in found:
            yield f"  {printable(repr(stack)[8:-1])}. {stack.reason}"
            yield from (f"    {note}" for note in stack.notes)


def volumes_document(walker: FileSetWalker, limits: Limits) -> Document:
    """List every series with its stacks, for other programs."""
    listed: list[Document] = []
    headers = HeaderReader(limits)
    for series in series_by(walker, headers.identity):
        found = _found(series, headers)
        error: Document = None
        described: list[Document] = []
        if isinstance(found, DicomKitError):
            error = {"code": found.code, "message": found.message}
        else:
            described += map(_described, found)
        listed.append(
            {
                "series_instance_uid": series.series_instance_uid,
                "series_number": series.series_number,
                "modality": series.modality,
                "instances": len(series.instances),
                "error": error,
                "stacks": described,
            }
        )
    return listed


def _found(series: Series, headers: HeaderReader) -> tuple[Stack, ...] | DicomKitError:
    try:
        return series_stacks(series, headers)
    except DicomKitError as error:
        return error


def _described(stack: Stack) -> Document:
    return {
        "shape": list(stack.shape),
        "affine": None if stack.grid is None else stack.grid.affine.tolist(),
        "key": dict(stack.key),
        "reason": stack.reason,
        "notes": [{"code": note.code, "message": note.message} for note in stack.notes],
        "slices": [{"path": os.fspath(one.path or ""), "frame": one.frame} for one in stack.slices],
    }
