"""A walk as rows for a table: one an instance, or one a series."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, TypeAlias

from dicomkit.dataset.elements.dates import read_date, read_time
from dicomkit.dataset.metadata.columns import Cell, parse_column, read_cells
from dicomkit.fileset.units import unit_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from dicomkit.dataset.metadata.columns import Column
    from dicomkit.fileset.instances import Instance, Series
    from dicomkit.limits import Limits
    from dicomkit.stacking.headers import HeaderReader

__all__ = ["Per", "Row", "parse_columns", "table_rows"]

Per: TypeAlias = Literal["instance", "series"]
Row: TypeAlias = dict[str, Cell]


def parse_columns(per: Per, elements: Sequence[str | int]) -> list[Column]:
    """Check what the rows shall be.

    Raises
    ------
    ValueError
        There are no such rows, or no such element.
    TypeError
        A single string stands where several elements could.
    """
    if per not in ("instance", "series"):
        msg = f"per is 'instance' or 'series', not {per!r}"
        raise ValueError(msg)
    if isinstance(elements, str):
        msg = f"elements is a sequence; for a single one, write ({elements!r},)"
        raise TypeError(msg)
    return list(map(parse_column, elements))


def table_rows(
    series: Iterable[Series],
    per: Per,
    columns: Sequence[Column],
    limits: Limits,
    *,
    units: bool = False,
    headers: HeaderReader | None = None,
) -> Iterator[Row]:
    """Give the rows; files are opened only where there are columns to fill.

    With `headers`, volumes are counted.
    """

    def chosen(instance: Instance) -> Row:
        unit: Row = {"units": unit_of(instance, limits)} if units else {}
        return unit | _chosen(instance, columns, limits)

    for one in series:
        if per == "series":
            first = one[0]
            own: Row = {"instances": len(one)}
            if headers is not None:
                from dicomkit.fileset.volumes import count_volumes

                own["volumes"] = count_volumes(one, headers)
            own["path"] = os.fspath(first.path)
            yield _common_cells(one) | own | chosen(first)
        else:
            for instance in one:
                own = _instance_cells(instance)
                yield _common_cells(instance) | own | chosen(instance)


def _common_cells(found: Series | Instance) -> Row:
    date, time = found.study_date, found.study_time
    return {
        "patient_id": found.patient_id,
        "patient_name": found.patient_name,
        "study_date": None if date is None else read_date(date),
        "study_time": None if time is None else read_time(time),
        "study_id": found.study_id,
        "study_description": found.study_description,
        "study_instance_uid": found.study_instance_uid,
        "series_number": found.series_number,
        "series_description": found.series_description,
        "modality": found.modality,
        "series_instance_uid": found.series_instance_uid,
    }


def _instance_cells(instance: Instance) -> Row:
    return {
        "instance_number": instance.instance_number,
        "slice_position": instance.slice_position,
        "record_type": instance.record_type,
        "sop_class_uid": instance.sop_class_uid,
        "sop_instance_uid": instance.sop_instance_uid,
        "transfer_syntax_uid": instance.transfer_syntax_uid,
        "path": os.fspath(instance.path),
    }


def _chosen(instance: Instance, columns: Sequence[Column], limits: Limits) -> Row:
    if not columns:
        return {}
    cells = read_cells(instance, columns, limits)
    return {column.name: cell for column, cell in zip(columns, cells, strict=True)}
