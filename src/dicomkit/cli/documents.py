"""Results as documents of JSON (RFC 8259), for other programs."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from pydicom.dataset import Dataset

    from dicomkit.dataset.modules.real_world_value import QuantityOption
    from dicomkit.display.render import Rendered
    from dicomkit.export.bookkeeping.report import ExportReport
    from dicomkit.fileset.instances import Instance
    from dicomkit.fileset.walker import FileSetWalker
    from dicomkit.limits import Limits

__all__ = ["listing_document", "picture_document", "report_document", "to_json", "tree_document"]

Document: TypeAlias = "dict[str, Document] | list[Document] | str | int | float | None"


def tree_document(ds: Dataset, limits: Limits) -> Document:
    """List every element, as `metadata_rows` does."""
    from dicomkit.dataset.metadata.listing import metadata_rows

    return [_plain(row) for row in metadata_rows(ds, limits=limits)]


def listing_document(walker: FileSetWalker, limits: Limits, *, units: bool = False) -> Document:
    """List every instance, with the unit of its values if wanted, and what could not be used."""
    instances = [_listed(instance, limits, units=units) for instance in walker]
    return {
        "root": os.fspath(walker.root),
        "instances": instances,
        "problems": [_plain(problem) for problem in walker.problems],
    }


def _listed(instance: Instance, limits: Limits, *, units: bool) -> Document:
    plain = _fields(instance)
    if units:
        from dicomkit.fileset.units import unit_of

        plain["units"] = unit_of(instance, limits)
    return plain


def picture_document(rendered: Rendered, output: str | None, option: QuantityOption) -> Document:
    """Say where a picture was written, why it looks as it does, and what its values are in."""
    return {
        "output": output,
        "shape": list(rendered.image.shape),
        "steps": [
            {"role": step.role, "transform": str(step.transform), "source": step.source}
            for step in (*rendered.pipeline.steps, *rendered.pipeline.placing)
        ],
        "units": {**_fields(option.units), "source": option.source},
        "notes": [_plain(note) for note in rendered.notes],
    }


def report_document(report: ExportReport) -> Document:
    """Give a report whole, with its sums."""
    return {"ok": report.ok, "pictures": report.pictures, **_fields(report)}


def to_json(document: Document) -> str:
    """Write a document in ASCII, which no terminal or pipe spoils."""
    return json.dumps(document, indent=1, allow_nan=False)


def _fields(value: DataclassInstance) -> dict[str, Document]:
    return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _plain(value: object) -> Document:
    """Make a document of frozen values; numbers that JSON lacks become text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if value is None or isinstance(value, str | int | float):
        return value
    return str(value)
