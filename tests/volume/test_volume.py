"""A volume as a value: it shows what it is, not whose."""

from __future__ import annotations

import numpy as np
from tests.volumes import classic

import dicomkit as dk


def head() -> dk.Volume:
    return dk.read_volume([classic(n, (0, 0, 3 * n)) for n in range(6)])


def test_it_shows_what_it_is() -> None:
    assert repr(head()) == "<Volume: 6 slices of 5 x 7, float32, HU; 3 x 0.75 x 0.5 mm>"
    bare = dk.Volume(np.zeros((1, 2, 3, 3), np.uint8), None, None, (), ())
    assert repr(bare) == "<Volume: 1 slices of 2 x 3, colour, uint8, no units; no grid>"


def test_nobodys_name_is_shown() -> None:
    slices = [classic(n, (0, 0, 3 * n), StudyDescription="SECRET STUDY") for n in range(6)]
    (stack,) = dk.stacks(slices)
    volume = dk.read_volume(stack)
    shown = [repr(volume), volume._repr_html_(), repr(stack), stack._repr_html_()]
    assert volume.grid is not None
    shown += [repr(volume.grid), volume.grid._repr_html_(), repr(volume.slices)]
    assert not any("secret" in text.lower() for text in shown)


def test_numpy_takes_it_for_its_array() -> None:
    volume = head()
    assert np.asarray(volume) is volume.array
    assert np.asarray(volume, np.float64).dtype == np.float64
    assert len(volume) == 6
    assert np.array_equal(np.array(volume), volume.array)


def test_windows_work_on_it() -> None:
    volume = head()
    view = dk.apply_window(volume, dk.Window(-800, 400))
    assert view.shape == volume.shape
    assert np.array_equal(view, dk.apply_window(volume.array, dk.Window(-800, 400)))
    assert dk.auto_window(volume, percentiles=(0, 100)) == dk.Window(-756.5, 535)


def test_one_window_for_all_slices() -> None:
    volume = head()
    assert dk.series_window(volume, percentiles=(0, 100)) == dk.Window(-756.5, 535)
    # As for the slices one by one.
    slices = [classic(n, (0, 0, 3 * n)) for n in range(6)]
    assert dk.series_window(volume) == dk.series_window(slices)
    array = volume.array.copy()
    array[:, 0] = np.nan
    assert dk.series_window(dk.Volume(array, None, None, (), ())) is not None
