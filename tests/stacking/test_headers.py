"""Headers that are read once: for who a file is, and for its slices."""

from __future__ import annotations

import copy
import os
import pickle
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.fresh import run
from tests.volumes import classic, pixels_of, save

import dicomkit as dk
from dicomkit.dataset.identity import read_identity
from dicomkit.stacking import headers as under_test
from dicomkit.stacking.headers import HeaderReader

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = dk.Limits()


def series(folder: Path, count: int = 4) -> list[Path]:
    return save([classic(n, (0, 0, 3 * n)) for n in range(count)], folder)


COUNTED = """
import collections, sys, dicomkit as dk
opened = collections.Counter()
def note(event, arguments):
    if event == "open" and "IM" in str(arguments[0]):
        opened[str(arguments[0])] += 1
folder, output = sys.argv[1:]
sys.addaudithook(note)
{work}
print(sorted(opened.values()))
"""


@pytest.mark.parametrize(
    ("work", "times"),
    [
        ("dk.stacks(folder)", 1),
        ("dk.stacks(dk.FileSetWalker(folder))", 1),
        ("dk.FileSetWalker(folder).rows(per='series', volumes=True)", 1),
        ("from dicomkit.__main__ import main; main(['list', '--volumes', folder])", 1),
        ("dk.read_volume(folder)", 2),
        ("dk.read_volume(dk.stacks(folder)[0])", 2),
        ("dk.export_volumes(folder, output, format='npz')", 2),
    ],
)
def test_no_header_is_read_twice(tmp_path: Path, work: str, times: int) -> None:
    """Each file is opened for its header, and once more for its pixels."""
    series(tmp_path / "in")
    printed = run(COUNTED.format(work=work), str(tmp_path / "in"), str(tmp_path / "out"))
    assert printed.splitlines()[-1] == str([times] * 4)


def test_an_identity_is_what_it_is_to_a_walk(tmp_path: Path) -> None:
    reader = HeaderReader(LIMITS)
    for path in series(tmp_path):
        assert reader.identity(path, LIMITS) == read_identity(path)


def nested(levels: int) -> bytes:
    """Code (0018,9076), a sequence that slices are told apart by, with one in the other."""
    value = b""
    for _ in range(levels):
        item = b"\xfe\xff\x00\xe0" + struct.pack("<L", len(value)) + value
        value = b"\x18\x00\x76\x90SQ\0\0" + struct.pack("<L", len(item)) + item
    return value


def test_a_fault_that_is_no_business_of_a_walk_is_told_by_stacks(tmp_path: Path) -> None:
    paths = series(tmp_path)
    data = paths[1].read_bytes()
    # Before (0020,000E) Series Instance UID.
    place = data.index(b"\x20\x00\x0e\x00")
    paths[1].write_bytes(data[:place] + nested(LIMITS.depth + 1) + data[place:])
    walker = dk.FileSetWalker(tmp_path)
    assert len(list(walker)) == 4
    assert walker.problems == ()
    for read in (dk.stacks, dk.read_volume):
        with pytest.raises(dk.LimitError) as caught:
            read(walker)
        assert caught.value.path == str(paths[1])
    (row,) = walker.rows(per="series", volumes=True)
    assert (row["instances"], row["volumes"]) == (4, None)


def test_no_more_is_kept_than_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_MOST_KEPT", 2)
    paths = series(tmp_path)
    reader = HeaderReader(LIMITS)
    for path in paths:
        reader.identity(path, LIMITS)
    assert list(reader._known) == list(map(os.fspath, paths[:2]))
    for number, path in enumerate(paths):
        (member,) = reader.members(path)
        assert member.facts.number == number
    assert reader._known == {}
    reader.identity(paths[3], LIMITS)
    assert list(reader._known) == [os.fspath(paths[3])]


def rewrite(path: Path, number: int, intercept: int) -> None:
    """Put another image of the same length in a file's place, a second later."""
    before = path.stat()
    ds = classic(number, (0, 0, 3 * number), RescaleIntercept=intercept)
    ds.PixelData = (pixels_of(number) + np.uint16(1)).tobytes()
    ds.save_as(path, enforce_file_format=True)
    assert path.stat().st_size == before.st_size
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 10**9))


def test_a_file_that_changed_is_read_anew(tmp_path: Path) -> None:
    paths = series(tmp_path)
    (stack,) = dk.stacks(tmp_path)
    rewrite(paths[2], 2, -2000)
    for plane in (dk.read_volume(stack).array[2], dk.read_plane(stack, 2)):
        assert np.array_equal(plane, pixels_of(2) + 1.0 - 2000)
    assert np.array_equal(dk.read_volume(stack).array[1], pixels_of(1) - 1024.0)


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    paths = series(tmp_path)
    (stack,) = dk.stacks(tmp_path)
    paths[2].unlink()
    for read in (lambda: dk.read_volume(stack), lambda: dk.read_plane(stack, 2)):
        with pytest.raises(dk.ReadError) as caught:
            read()
        assert caught.value.path == str(paths[2])


def test_limits_hold_for_what_is_known(tmp_path: Path) -> None:
    paths = series(tmp_path)
    (stack,) = dk.stacks(tmp_path)
    strict = dk.Limits(frame_bytes=69)
    for read in (
        lambda: dk.read_volume(stack, limits=strict),
        lambda: dk.read_plane(stack, 0, limits=strict),
    ):
        with pytest.raises(dk.LimitError, match="frame_bytes") as caught:
            read()
        assert caught.value.path == str(paths[0])


def test_what_is_known_of_a_file_stays_where_the_file_is(tmp_path: Path) -> None:
    series(tmp_path)
    (stack,) = dk.stacks(tmp_path)
    assert all(one.known for one in stack.slices)
    for other in (pickle.loads(pickle.dumps(stack)), copy.deepcopy(stack)):  # noqa: S301 - its own
        assert other == stack
        assert not any(one.known for one in other.slices)
        assert np.array_equal(dk.read_volume(other).array, dk.read_volume(stack).array)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"values": "hu"},
        {"values": "quantity"},
        {"dtype": "stored"},
        {"dtype": "f8"},
        {"dtype": "i2"},
        {"padding": np.nan},
    ],
    ids=str,
)
@pytest.mark.parametrize("slope", ["1", "-2", "0.1"])
def test_values_are_those_of_the_whole_files(
    tmp_path: Path, options: dict[str, Any], slope: str
) -> None:
    slices = [
        classic(n, (0, 0, 3 * n), RescaleSlope=slope, PixelPaddingValue=101) for n in range(3)
    ]
    save(slices, tmp_path)
    if options.get("dtype") == "i2" and slope == "0.1":
        with pytest.raises(dk.UnitsError) as caught:
            dk.read_volume(tmp_path, **options)
        assert caught.value.path == str(tmp_path / "IM0000")
        return
    known, whole = dk.read_volume(tmp_path, **options), dk.read_volume(slices, **options)
    assert known.units == whole.units
    assert known.array.dtype == whole.array.dtype
    assert np.array_equal(known.array, whole.array, equal_nan=known.array.dtype.kind == "f")
