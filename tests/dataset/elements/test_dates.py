"""DA, TM and DT, after PS3.5 table 6.2-1."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dicomkit.dataset.elements.dates import is_datetime, read_date, read_datetime, read_time


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19970430", date(1997, 4, 30)),
        ("1997.04.30", date(1997, 4, 30)),
        ("20240229", date(2024, 2, 29)),
        ("20230229", None),
        ("00000000", None),
        ("1997-04-30", None),
        ("199704", None),
        ("19970430-19970501", None),
        ("\u0661\u0669\u0669\u0667\u0660\u0664\u0663\u0660", None),
        ("", None),
    ],
)
def test_dates(text: str, expected: date | None) -> None:
    assert read_date(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("070907.0705", time(7, 9, 7, 70500)),
        ("1010", time(10, 10)),
        ("10", time(10)),
        ("10:10:59", time(10, 10, 59)),
        ("235960", time(23, 59, 59)),
        ("021", None),
        ("240000", None),
        ("106000", None),
        ("101061", None),
        ("101010.1234567", None),
        ("noon", None),
        ("", None),
    ],
)
def test_times(text: str, expected: time | None) -> None:
    assert read_time(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("19530827111300.0", datetime(1953, 8, 27, 11, 13)),  # noqa: DTZ001 - none is stated
        ("20240229", datetime(2024, 2, 29)),  # noqa: DTZ001
        ("202402291200+0000", datetime(2024, 2, 29, 12, tzinfo=UTC)),
        (
            "19530827111300-0530",
            datetime(1953, 8, 27, 11, 13, tzinfo=timezone(-timedelta(hours=5, minutes=30))),
        ),
        ("1953", None),
        ("20230229", None),
        ("2024022925", None),
        ("20240229+9900", None),
        ("yesterday", None),
    ],
)
def test_dates_with_times(text: str, expected: datetime | None) -> None:
    assert read_datetime(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1953", True),
        ("195308", True),
        ("1953+0100", True),
        ("195308-0530", True),
        ("19530827111300.0", True),
        ("195313", False),
        ("19530", False),
        ("20230229", False),
        ("1953+9900", False),
        ("yesterday", False),
        ("", False),
    ],
)
def test_a_dt_may_end_before_the_day(text: str, expected: bool) -> None:
    assert is_datetime(text) is expected


@given(st.datetimes())
def test_what_is_written_is_read(moment: datetime) -> None:
    day, at = f"{moment:%m%d}", f"{moment:%H%M%S.%f}"
    assert read_date(f"{moment.year:04}{day}") == moment.date()
    assert read_time(at) == moment.time()
    assert read_datetime(f"{moment.year:04}{day}{at}") == moment


@given(st.text(alphabet="0123456789.:+-", max_size=30))
def test_nothing_raises(text: str) -> None:
    for read in (read_date, read_time, read_datetime, is_datetime):
        read(text)
