"""Looking through a dataset: an SR of 160,000 elements, listed and searched."""

from __future__ import annotations

import struct
import time
from typing import TYPE_CHECKING, Final

import pydicom

import dicomkit as dk
from benchmarks.measure import Comparison, Cost, in_turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.comparisons import Bench

__all__ = ["looking_through"]

_GROUPS: Final = 113
_MEASUREMENTS: Final = 100
_LONG: Final = struct.Struct("<HH2s2xL")
_SHORT: Final = struct.Struct("<HH2sH")
_UNDEFINED: Final = 0xFFFFFFFF
_ITEM: Final = struct.pack("<HHL", 0xFFFE, 0xE000, _UNDEFINED)
_ITEM_END: Final = struct.pack("<HHL", 0xFFFE, 0xE00D, 0)
_SEQUENCE_END: Final = struct.pack("<HHL", 0xFFFE, 0xE0DD, 0)


def looking_through(bench: Bench) -> Iterator[Comparison]:
    """List and search an SR against pydicom's walk through elements that it has converted."""
    path = bench.folder / "report.dcm"
    _write_report(path)
    ds, theirs = dk.read_dataset(path), pydicom.dcmread(path, force=True)
    count = sum(1 for _ in theirs.iterall())
    assert len(dk.metadata_rows(ds)) == count + len(ds.file_meta)
    walk = _timer(lambda: sum(1 for _ in theirs.iterall()))
    actions: dict[str, Callable[[], object]] = {
        "list": lambda: dk.metadata_rows(ds),
        "search": lambda: dk.find_elements(ds, "numeric"),
    }
    for name, action in actions.items():
        pair = in_turn(_timer(action), walk, bench.sizes.rounds)
        figures = f"{pair.ours:.2f} s to {pair.theirs:.2f} s"
        work = f"{name} an SR of {count:,} elements : pydicom's iterall"
        yield Comparison(work, 5, pair.seconds, figures, pair.cpu)


def _timer(work: Callable[[], object]) -> Callable[[], Cost]:
    def cost() -> Cost:
        start, cpu = time.perf_counter(), time.process_time()
        work()
        return Cost(time.perf_counter() - start, time.process_time() - cpu)

    return cost


def _write_report(path: Path) -> None:
    """Write groups of measurements, as a TID 1500 has them, with sequences of undefined length."""
    groups = [
        _container("Measurement Group", [_measurement(number) for number in range(_MEASUREMENTS)])
        for _ in range(_GROUPS)
    ]
    head = _element(0x0008, 0x0016, b"UI", b"1.2.840.10008.5.1.4.1.1.88.33")
    head += _element(0x0008, 0x0018, b"UI", b"1.2.3") + _element(0x0008, 0x0060, b"CS", b"SR")
    body = head + _element(0x0040, 0xA040, b"CS", b"CONTAINER")
    path.write_bytes(bytes(128) + b"DICM" + body + _sequence(0x0040, 0xA730, *groups))


def _container(meaning: str, content: list[bytes]) -> bytes:
    return (
        _element(0x0040, 0xA010, b"CS", b"CONTAINS")
        + _element(0x0040, 0xA040, b"CS", b"CONTAINER")
        + _sequence(0x0040, 0xA043, _code("125007", "DCM", meaning))
        + _sequence(0x0040, 0xA730, *content)
    )


def _measurement(number: int) -> bytes:
    value = _sequence(0x0040, 0x08EA, _code("mm", "UCUM", "millimeter"))
    value += _element(0x0040, 0xA30A, b"DS", f"{number / 10}".encode())
    return (
        _element(0x0040, 0xA010, b"CS", b"CONTAINS")
        + _element(0x0040, 0xA040, b"CS", b"NUM")
        + _sequence(0x0040, 0xA043, _code("121206", "DCM", "Distance"))
        + _element(0x0040, 0xA123, b"PN", b"Observer^The")
        + _element(0x0040, 0xA124, b"UI", f"1.2.3.{number}".encode())
        + _sequence(0x0040, 0xA300, value)
    )


def _code(value: str, scheme: str, meaning: str) -> bytes:
    return (
        _element(0x0008, 0x0100, b"SH", value.encode())
        + _element(0x0008, 0x0102, b"SH", scheme.encode())
        + _element(0x0008, 0x0104, b"LO", meaning.encode())
    )


def _element(group: int, element: int, vr: bytes, value: bytes) -> bytes:
    value += b" " * (len(value) % 2)
    return _SHORT.pack(group, element, vr, len(value)) + value


def _sequence(group: int, element: int, *items: bytes) -> bytes:
    content = b"".join(_ITEM + item + _ITEM_END for item in items)
    return _LONG.pack(group, element, b"SQ", _UNDEFINED) + content + _SEQUENCE_END
