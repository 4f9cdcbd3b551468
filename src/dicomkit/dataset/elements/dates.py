"""Dates and times as Python's own (PS3.5 6.2); None for what is none."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import Final

__all__ = ["is_datetime", "read_date", "read_datetime", "read_time"]

# The form with periods is that of ACR-NEMA, which PS3.5 6.2 asks readers to know.
_DATE: Final = re.compile(r"(\d{4})(\d\d)(\d\d)|(\d{4})\.(\d\d)\.(\d\d)", re.ASCII)
# ACR-NEMA's times have colons.
_TIME: Final = re.compile(r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6}))?)?)?", re.ASCII)
_DATETIME: Final = re.compile(r"(\d{8})(\d[\d.]*)?([+-]\d{4})?", re.ASCII)
# A DT may end before the day.
_MONTH: Final = re.compile(r"(\d{4})(\d\d)?([+-]\d{4})?", re.ASCII)
_LEAP_SECOND: Final = 60


def read_date(text: str) -> date | None:
    """Read a DA.

    Examples
    --------
    >>> read_date("20040119"), read_date("20041919")
    (datetime.date(2004, 1, 19), None)
    """
    found = _DATE.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups() if part is not None))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Read a TM; what it leaves out is 0, and a leap second is the one before.

    Examples
    --------
    >>> read_time("072730.5"), read_time("2500")
    (datetime.time(7, 27, 30, 500000), None)
    """
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups()[:3])
    if second == _LEAP_SECOND:
        second -= 1
    try:
        return time(hour, minute, second, int((found[4] or "").ljust(6, "0")))
    except ValueError:
        return None


def read_datetime(text: str) -> datetime | None:
    """Read a DT that says at least the day, with its offset from UTC where it has one.

    Examples
    --------
    >>> read_datetime("20040119072730+0100").isoformat()
    '2004-01-19T07:27:30+01:00'
    """
    found = _DATETIME.fullmatch(text)
    if found is None:
        return None
    day, at = read_date(found[1]), read_time(found[2] or "00")
    if day is None or at is None:
        return None
    try:
        return datetime.combine(day, at, None if found[3] is None else _zone(found[3]))
    except ValueError:
        return None


def is_datetime(text: str) -> bool:
    """Tell whether a text is a DT, even one of a year or a month alone.

    Examples
    --------
    >>> is_datetime("202401"), is_datetime("202413"), is_datetime("2024010")
    (True, False, False)
    """
    found = _MONTH.fullmatch(text)
    if found is not None:
        text = f"{found[1]}{found[2] or '01'}01{found[3] or ''}"
    return read_datetime(text) is not None


def _zone(text: str) -> timezone:
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:]))
    return timezone(-offset if text.startswith("-") else offset)
