"""Images that are videos."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from pydicom.uid import JPEGBaseline8Bit
from tests.films import watch
from tests.videos import H264, HEVC, MPEG2, encode, image, planes

import dicomkit as dk

if TYPE_CHECKING:
    from pathlib import Path

    from pydicom.dataset import Dataset

FRAMES = 12
SYNTAXES = [
    *((MPEG2, "mpegts", f"{number}{cut}") for number in (100, 101) for cut in ("", ".1")),
    *((H264, "mp4", f"{number}{cut}") for number in range(102, 107) for cut in ("", ".1")),
    (HEVC, "mp4", "107"),
]


@pytest.fixture(scope="module")
def streams() -> dict[str, bytes]:
    parts = [planes(number) for number in range(FRAMES)]
    return {
        MPEG2: encode(parts, MPEG2, "mpegts"),
        H264: encode(parts, H264, "mp4"),
        HEVC: encode(parts, HEVC, "mp4"),
    }


@pytest.fixture
def video(streams: dict[str, bytes]) -> Dataset:
    return image(streams[H264], frames=FRAMES)


@pytest.mark.parametrize(("codec", "container", "syntax"), SYNTAXES)
def test_every_syntax_of_video(
    streams: dict[str, bytes], codec: str, container: str, syntax: str, tmp_path: Path
) -> None:
    del container
    pieces = 3 if syntax.endswith(".1") else 1
    ds = image(streams[codec], frames=FRAMES, syntax=syntax, pieces=pieces)
    ds.save_as(tmp_path / "video.dcm", enforce_file_format=True)
    read = dk.read_dataset(tmp_path / "video.dcm")
    assert dk.frame_count(read) == FRAMES
    values = dk.stored_values(read)
    assert values.shape == (FRAMES, 48, 64, 3)
    assert values.dtype == np.uint8
    for index in (5, 0, 11):
        assert (dk.stored_values(read, index) == values[index]).all()
        assert (dk.render(read, frame=index) == values[index]).all()
    assert not dk.open_image(read).frame(3).notes


def test_main_10_is_16_bits_and_10_stored() -> None:
    parts = [planes(number, bits=10) for number in range(4)]
    stream = encode(parts, HEVC, "mp4", pixels="yuv420p10le", crf="4")
    ds = image(stream, frames=4, syntax="108", bits=10)
    values = dk.stored_values(ds, 1)
    assert values.dtype == np.uint16
    assert 255 < values.max() < 1024
    picture = dk.render(ds, frame=1)
    assert np.abs(picture - values * (255 / 1023)).max() <= 0.51
    wide = dk.render(ds, frame=1, bits=16)
    assert np.abs(wide - values * (65535 / 1023)).max() <= 0.51


def test_the_depth_is_the_streams(streams: dict[str, bytes]) -> None:
    ds = image(streams[H264], frames=FRAMES, bits=10)
    assert dk.stored_values(ds, 0).max() <= 255
    codes = {note.code for note in dk.open_image(ds).frame(0).notes}
    assert codes == {"depth_contradicted"}
    assert (dk.render(ds, frame=0) == dk.render(image(streams[H264], frames=FRAMES), frame=0)).all()
    parts = [planes(number, bits=10) for number in range(4)]
    stream = encode(parts, HEVC, "mp4", pixels="yuv420p10le")
    with pytest.raises(dk.InconsistentError, match="10 bits where the dataset says 8"):
        dk.stored_values(image(stream, frames=4, syntax="108"), 0)


def test_another_coding_than_announced_is_noted(streams: dict[str, bytes]) -> None:
    ds = image(streams[MPEG2], frames=FRAMES, syntax="102")
    (note,) = dk.open_image(ds).frame(0).notes
    assert (note.code, note.message) == (
        "syntax_contradicted",
        "the video is MPEG-2, not MPEG-4 AVC/H.264 High Profile / Level 4.1",
    )


def test_fewer_frames_than_declared(streams: dict[str, bytes]) -> None:
    ds = image(streams[H264], frames=FRAMES + 3)
    assert dk.stored_values(ds, FRAMES - 1).shape == (48, 64, 3)
    with pytest.raises(dk.InconsistentError, match="15 frames are declared but 12 are there"):
        dk.stored_values(image(streams[H264], frames=FRAMES + 3))
    with pytest.raises(dk.InconsistentError) as caught:
        dk.stored_values(ds, FRAMES + 1)
    assert caught.value.frame == FRAMES + 1
    lenient = dk.stored_values(image(streams[H264], frames=FRAMES + 3), lenient=True)
    assert lenient.shape == (15, 48, 64, 3)
    assert not lenient[FRAMES:].any()
    assert lenient[:FRAMES].any()


@pytest.mark.parametrize("declared", [1, 5])
def test_more_frames_than_declared(streams: dict[str, bytes], declared: int) -> None:
    ds = image(streams[H264], frames=declared)
    with pytest.raises(dk.InconsistentError, match="goes on behind the last"):
        dk.stored_values(ds)
    first = dk.stored_values(ds, declared - 1)
    assert (dk.stored_values(ds, lenient=True).reshape(-1, 48, 64, 3)[-1] == first).all()


def test_grey_images_of_colour_streams_are_refused(streams: dict[str, bytes]) -> None:
    ds = image(
        streams[H264], frames=FRAMES, SamplesPerPixel=1, PhotometricInterpretation="MONOCHROME2"
    )
    with pytest.raises(dk.InconsistentError, match="3 components where the dataset says 1"):
        dk.stored_values(ds, 0)


def test_grey_images_of_grey_streams_have_a_window() -> None:
    parts = [planes(number) for number in range(4)]
    ds = image(
        encode(parts, HEVC, "mp4", pixels="gray", crf="1"),
        frames=4,
        syntax="107",
        SamplesPerPixel=1,
        PhotometricInterpretation="MONOCHROME2",
        WindowCenter=100,
        WindowWidth=50,
    )
    values = dk.stored_values(ds)
    expected = dk.to_uint8(dk.apply_window(values[2].astype(np.float32), dk.Window(100, 50)))
    assert (dk.render(ds, frame=2) == expected).all()


def test_a_stream_without_items(streams: dict[str, bytes], video: Dataset) -> None:
    bare = image(streams[H264], frames=FRAMES)
    stream = streams[H264]
    bare.PixelData = stream + b"\0" * (len(stream) % 2)
    bare["PixelData"].is_undefined_length = False
    assert (dk.stored_values(bare, 4) == dk.stored_values(video, 4)).all()
    assert {note.code for note in dk.open_image(bare).frame(4).notes} == {"encapsulation_missing"}


def test_jpeg_frames_that_are_called_video_are_read() -> None:
    from pydicom.data import get_testdata_file

    ds = dk.read_dataset(str(get_testdata_file("examples_ybr_color.dcm", download=False)))
    expected = dk.stored_values(ds, 7)
    assert ds.file_meta.TransferSyntaxUID == JPEGBaseline8Bit
    wrong = dk.read_dataset(str(get_testdata_file("examples_ybr_color.dcm", download=False)))
    wrong.file_meta.TransferSyntaxUID = image(b"", frames=1).file_meta.TransferSyntaxUID
    assert (dk.stored_values(wrong, 7) == expected).all()
    assert "syntax_contradicted" in {note.code for note in dk.open_image(wrong).frame(7).notes}


def test_a_loop_over_frames_of_a_dataset_keeps_the_decoder_open(video: Dataset) -> None:
    frames = [dk.render(video, frame=index) for index in range(FRAMES)]
    source = dk.open_image(video).frames.source
    dk.render(video, frame=3)
    assert dk.open_image(video).frames.source is source
    assert (np.stack(frames) == dk.render(video)).all()


def test_limits_hold(streams: dict[str, bytes]) -> None:
    ds = image(streams[H264], frames=FRAMES)
    with pytest.raises(dk.LimitError):
        dk.stored_values(ds, 0, limits=dk.Limits(frame_bytes=1000))
    with pytest.raises(dk.LimitError):
        dk.stored_values(ds, 0, limits=dk.Limits(frames=FRAMES - 1))
    with pytest.raises(dk.LimitError):
        dk.stored_values(ds, limits=dk.Limits(total_bytes=10_000))
    bomb = encode([planes(0, rows=1200, columns=1600)] * 2, H264, "mp4")
    with pytest.raises(dk.InconsistentError, match="1200 rows where the dataset says 48"):
        dk.stored_values(image(bomb, frames=2), 0)


def test_no_frame_at_all() -> None:
    for stream in (b"", b"\0\0", b"\0\0\0\1\x67" + bytes(99)):
        with pytest.raises(dk.DicomKitError):
            dk.stored_values(image(stream, frames=3), 0)


def test_a_video_is_exported_by_a_process_of_its_own(video: Dataset, tmp_path: Path) -> None:
    from dicomkit.export.workers import processes

    (tmp_path / "in").mkdir()
    video.save_as(tmp_path / "in" / "V", enforce_file_format=True)
    started = []
    start = processes.WorkerPool.start

    def counting(self: processes.WorkerPool, size: int) -> None:
        started.append(size)
        start(self, size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processes.WorkerPool, "start", counting)
        report = dk.export_fileset(tmp_path / "in", tmp_path / "out", format="png")
    assert report.ok
    assert report.pictures == FRAMES
    assert max(started) >= 1
    film = dk.export_fileset(tmp_path / "in", tmp_path / "film", film="apng")
    assert film.ok
    shown = watch(tmp_path / "film" / film.entries[0].pictures[0])
    assert shown.seconds == pytest.approx([0.04] * FRAMES)
    assert (np.stack(shown.frames) == dk.render(video)).all()


def test_a_broken_video_costs_nothing_but_itself(
    streams: dict[str, bytes], video: Dataset, tmp_path: Path
) -> None:
    (tmp_path / "in").mkdir()
    video.save_as(tmp_path / "in" / "V", enforce_file_format=True)
    broken = image(streams[H264][:-300], frames=FRAMES, InstanceNumber=2, SOPInstanceUID="1.2.3")
    broken.file_meta.MediaStorageSOPInstanceUID = broken.SOPInstanceUID
    broken.save_as(tmp_path / "in" / "W", enforce_file_format=True)
    report = dk.export_fileset(tmp_path / "in", tmp_path / "out", format="png")
    statuses = {entry.source: (entry.status, entry.code) for entry in report.entries}
    assert statuses == {"V": ("written", ""), "W": ("failed", "decode")}


def test_frames_that_cannot_be_there_are_not_looked_for(streams: dict[str, bytes]) -> None:
    # Each of a million would be refused: a frame takes four bytes at the very least.
    ds = image(streams[H264], frames=1_000_000)
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    opened = dk.open_image(ds)
    assert sum(1 for _ in opened.measure()) <= len(streams[H264]) // 4
