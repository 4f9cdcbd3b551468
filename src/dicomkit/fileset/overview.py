"""A walk, or one series of it, as tables with thumbnails, for notebooks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from dicomkit.display.thumbnail import image_tag, thumbnail
from dicomkit.errors import DicomKitError
from dicomkit.fileset.images import open_source
from dicomkit.html.markup import escaped, table
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dicomkit.fileset.instances import Problem, Series

__all__ = ["overview", "series_overview"]

# Each costs reading an image.
_MOST_SERIES: Final = 50
_MOST_INSTANCES: Final = 10
_HEADER: Final = ("", "Patient", "Study", "Series", "Modality", "Description", "Instances")


def overview(series: Sequence[Series], problems: Sequence[Problem], limits: Limits) -> str:
    """List the series, each with a picture of its middle instance, and what was left out."""
    count = sum(map(len, series))
    caption = f"{count:,} instances in {len(series):,} series"
    if len(series) > _MOST_SERIES:
        caption += f", the first {_MOST_SERIES} of them here"
    rows = [_row(one, limits) for one in series[:_MOST_SERIES]]
    page = table(_HEADER, rows, caption=caption, numbers=1)
    if problems:
        left_out = sorted(Counter(problem.code for problem in problems).items())
        cells = [[escaped(code), f"{times:,}"] for code, times in left_out]
        page += table(["Left out", "Files"], cells, caption="", numbers=1)
    return f'<div class="dicomkit-overview">{page}</div>'


def series_overview(series: Series) -> str:
    """Show what a series is, a picture of its middle instance, and the first instances."""
    page = table(_HEADER, [_row(series, DEFAULT_LIMITS)], caption="", numbers=1)
    shown = series[:_MOST_INSTANCES]
    rows = [
        [
            _lines(one.path.name),
            _lines(one.record_type),
            _lines(one.instance_number),
            "" if one.slice_position is None else f"{one.slice_position:.6g}",
        ]
        for one in shown
    ]
    caption = "" if len(shown) == len(series) else f"the first {len(shown)} of them"
    page += table(("File", "Kind", "Number", "Slice at (mm)"), rows, caption=caption, numbers=2)
    return f'<div class="dicomkit-overview">{page}</div>'


def _row(series: Series, limits: Limits) -> list[str]:
    return [
        _picture(series, limits),
        _lines(series.patient_id, series.patient_name),
        _lines(series.study_date, series.study_description),
        _lines(series.series_number),
        _lines(series.modality),
        _lines(series.series_description),
        f"{len(series):,}",
    ]


def _lines(*said: object) -> str:
    return "<br>".join(escaped(part) for part in said if part is not None)


def _picture(series: Series, limits: Limits) -> str:
    if not series:
        return ""
    try:
        return image_tag(thumbnail(open_source(series[len(series) // 2], limits=limits)))
    except DicomKitError as error:
        return escaped(error.code)
