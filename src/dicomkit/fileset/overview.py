"""A walk as a table with thumbnails, for notebooks."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from dicomkit.dataset.files.reading import read_dataset
from dicomkit.display.thumbnail import image_tag, thumbnail
from dicomkit.errors import DicomKitError
from dicomkit.html.markup import escaped, table
from dicomkit.image.image import open_image

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dicomkit.fileset.instances import Problem, Series
    from dicomkit.limits import Limits

__all__ = ["overview"]

# Each costs reading an image.
_MOST_SERIES: Final = 50
_HEADER: Final = ("", "Patient", "Study", "Series", "Modality", "Description", "Instances")


def overview(series: Sequence[Series], problems: Sequence[Problem], limits: Limits) -> str:
    """List the series, each with a picture of its middle instance, and what was left out."""
    count = sum(len(one.instances) for one in series)
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


def _row(series: Series, limits: Limits) -> list[str]:
    return [
        _picture(series, limits),
        _lines(series.patient_id, series.patient_name),
        _lines(series.study_date, series.study_description),
        _lines(series.series_number),
        _lines(series.modality),
        _lines(series.series_description),
        f"{len(series.instances):,}",
    ]


def _lines(*said: object) -> str:
    return "<br>".join(escaped(part) for part in said if part is not None)


def _picture(series: Series, limits: Limits) -> str:
    middle = series.instances[len(series.instances) // 2]
    try:
        ds = read_dataset(middle, limits=limits)
        return image_tag(thumbnail(open_image(ds, limits=limits)))
    except DicomKitError as error:
        return escaped(error.code)
