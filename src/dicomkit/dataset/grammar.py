"""How values are written, by their VR (PS3.5 table 6.2-1)."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["DECIMAL_STRING", "INTEGER_STRING", "NUMBER_FORMATS", "SINGLE_TEXTS"]

# A fixed or floating point number, spaces around it allowed.
DECIMAL_STRING: Final = re.compile(r" *[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)? *", re.ASCII)
INTEGER_STRING: Final = re.compile(r" *[+-]?\d{1,12} *", re.ASCII)
# A backslash in these is a letter, no border between values.
SINGLE_TEXTS: Final = frozenset(("LT", "ST", "UT", "UR"))
# struct's letters for the VRs that are single numbers in binary.
NUMBER_FORMATS: Final = {
    "US": "H",
    "SS": "h",
    "UL": "L",
    "SL": "l",
    "UV": "Q",
    "SV": "q",
    "FL": "f",
    "FD": "d",
}
