"""Numbers that were set in memory, or that pydicom has converted."""

from __future__ import annotations

import contextlib
import math
import warnings
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.valuerep import DSdecimal, DSfloat
from tests.dataset.elements.attributes.encoded import (
    convert,
    in_memory,
    one,
)

from dicomkit.dataset.elements.attributes import (
    integer,
    integers,
    numbers,
)

if TYPE_CHECKING:
    from dicomkit.notes import Note


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1.5, (1.5,)),
        (3, (3,)),
        ("1.5", (1.5,)),
        ("1.5\\2", (1.5, 2)),
        (Decimal("1.5"), (1.5,)),
        (DSfloat(1.5), (1.5,)),
        (DSfloat("1.50"), (1.5,)),
        (np.float32(1.5), (1.5,)),
        ([1, "2.5", 3.5], (1, 2.5, 3.5)),
        ([], ()),
        ("", ()),
        (None, ()),
    ],
)
def test_decimals_set_in_memory(value: Any, expected: tuple[float, ...]) -> None:  # noqa: ANN401
    notes: list[Note] = []
    ds = Dataset()
    ds.WindowCenter = value
    assert numbers(ds, "WindowCenter", notes) == expected
    assert not notes


@pytest.mark.parametrize(
    ("value", "expected"),
    [(5, (5,)), ("5", (5,)), ([5, "6"], (5, 6)), (np.int16(-5), (-5,)), ([], ()), (None, ())],
)
def test_integers_set_in_memory(value: Any, expected: tuple[int, ...]) -> None:  # noqa: ANN401
    ds = Dataset()
    ds.InstanceNumber = value
    assert integers(ds, "InstanceNumber") == expected


@pytest.mark.parametrize(
    "value",
    [
        DSdecimal("1.5"),
        1.5,
        True,
        np.float64(1.5),
        np.array([1.5, 2.0]),
        [np.float32(2), 3],
        Decimal(7),
    ],
)
def test_values_that_pydicom_did_not_convert(value: object) -> None:
    expected = tuple(np.atleast_1d(np.array(value, np.float64)).tolist())
    assert numbers(in_memory("WindowCenter", "DS", value), "WindowCenter") == expected


@pytest.mark.parametrize(
    "value",
    [
        math.nan,
        math.inf,
        "1_0",
        "\N{ARABIC-INDIC DIGIT FIVE}",
        [1, math.nan],
        [1, None],
        [1, ""],
        Decimal("NaN"),
        Decimal("sNaN"),
        10**400,
        1j,
        object(),
        {"a": 1},
        np.array([1.0, np.nan]),
        np.array([[1.0], [2.0]]),
    ],
)
def test_values_in_memory_that_are_no_numbers_are_absent_and_noted(value: object) -> None:
    notes: list[Note] = []
    assert numbers(in_memory("WindowCenter", "DS", value), "WindowCenter", notes) == ()
    assert len(notes) == 1


@pytest.mark.parametrize("value", [b"1_0", b"NaN", b"1,5"])
def test_a_broken_decimal_stays_broken_whatever_pydicom_made_of_it(value: bytes) -> None:
    ds = one("WindowCenter", "DS", value)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with contextlib.suppress(ValueError):
            convert(ds, "WindowCenter")
    assert numbers(ds, "WindowCenter") == ()


def test_large_integers_in_memory_keep_every_digit() -> None:
    ds = in_memory("Rows", "UV", 2**63 + 1)
    assert integer(ds, "Rows") == 2**63 + 1
