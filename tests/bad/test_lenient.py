"""A damaged picture, where it is asked for: what there is, and a note that it is not all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.bad.files import cut, good, with_frames, with_pixels, with_stream, without_end
from tests.bad.streams import CUT_STREAMS
from tests.pixels import read_frame

import dicomkit as dk
from dicomkit.image.image import open_image

if TYPE_CHECKING:
    from tests.bad.case import Case


@pytest.mark.parametrize("case", CUT_STREAMS, ids=lambda case: case.name)
def test_what_is_left_of_a_cut_stream_is_shown_and_marked(case: Case) -> None:
    ds = dk.read_dataset(case.make())
    with pytest.raises(dk.TruncatedError):
        dk.stored_values(ds, 0)
    try:
        frame = read_frame(ds, 0, lenient=True)
    except dk.DecodeError:
        # Some decoders show nothing of such a stream: an error, and no picture that is wrong.
        return
    assert "truncated" in {note.code for note in frame.notes}
    assert frame.values.shape[:2] == (ds.Rows, ds.Columns)


def test_the_first_rows_of_a_cut_lossless_stream_are_right() -> None:
    whole = dk.stored_values(dk.read_dataset(good("JPEG-LL.dcm")))
    left = read_frame(dk.read_dataset(with_stream("JPEG-LL.dcm", cut(0.9))), 0, lenient=True)
    np.testing.assert_array_equal(left.values[:300], whole[:300])


def test_the_first_plane_of_a_cut_rle_frame_is_right() -> None:
    whole = dk.stored_values(dk.read_dataset(good("MR_small_RLE.dcm")))
    left = read_frame(dk.read_dataset(with_stream("MR_small_RLE.dcm", cut(0.9))), 0, lenient=True)
    np.testing.assert_array_equal(left.values >> 8, whole >> 8)


def test_a_missing_end_marker_alone_loses_nothing() -> None:
    whole = dk.stored_values(dk.read_dataset(good("JPEG-LL.dcm")))
    ds = dk.read_dataset(with_stream("JPEG-LL.dcm", without_end))
    frame = read_frame(ds, 0, lenient=True)
    np.testing.assert_array_equal(frame.values, whole)
    assert "truncated" in {note.code for note in frame.notes}


def test_native_rows_that_are_missing_are_0() -> None:
    whole = dk.stored_values(dk.read_dataset(good("CT_small.dcm")))
    ds = dk.read_dataset(with_pixels("CT_small.dcm", lambda data: data[: 100 * 256]))
    frame = read_frame(ds, 0, lenient=True)
    np.testing.assert_array_equal(frame.values[:100], whole[:100])
    assert not frame.values[100:].any()
    assert "truncated" in {note.code for note in frame.notes}


def test_the_frames_before_a_cut_are_reachable() -> None:
    whole = dk.stored_values(dk.read_dataset(good("emri_small_RLE.dcm")))
    ds = dk.read_dataset(with_frames("emri_small_RLE.dcm", lambda frames: frames[:7]))
    with pytest.raises(dk.InconsistentError):
        dk.stored_values(ds)
    np.testing.assert_array_equal(dk.stored_values(ds, 6), whole[6])
    with pytest.raises(dk.InconsistentError) as caught:
        dk.stored_values(ds, 7)
    assert caught.value.frame == 7
    frames = iter(open_image(ds))
    for index in range(7):
        np.testing.assert_array_equal(next(frames), whole[index])
    with pytest.raises(dk.InconsistentError):
        next(frames)
    there = dk.stored_values(ds, lenient=True)
    np.testing.assert_array_equal(there[:7], whole[:7])
    assert not there[7:].any()


def test_frames_more_than_declared_leave_the_declared_ones() -> None:
    whole = dk.stored_values(dk.read_dataset(good("emri_small_RLE.dcm")))
    ds = dk.read_dataset(with_frames("emri_small_RLE.dcm", lambda frames: [*frames, frames[0]]))
    np.testing.assert_array_equal(dk.stored_values(ds, lenient=True), whole)
    np.testing.assert_array_equal(dk.stored_values(ds, 9), whole[9])
