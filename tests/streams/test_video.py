"""Video streams, one frame at a time, against PyAV's own decoding from the first on."""

from __future__ import annotations

import io
import random
import sys
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tests.videos import H264, HEVC, MPEG2, encode, planes, rgb

from dicomkit.errors import (
    DecodeError,
    DicomKitError,
    InconsistentError,
    LimitError,
    UnsupportedError,
)
from dicomkit.streams.video import VideoFrames
from dicomkit.streams.video_formats import begins_video

if TYPE_CHECKING:
    from numpy.typing import NDArray

FRAMES = 40
# The encoder, the container, and what FFmpeg calls it.
STREAMS = [
    (MPEG2, "mpeg2video", "mpegvideo"),
    (MPEG2, "mpegts", "mpegts"),
    (MPEG2, "mpeg", "mpeg"),
    (H264, "mp4", "mov"),
    (H264, "mpegts", "mpegts"),
    (H264, "h264", "h264"),
    (HEVC, "mp4", "mov"),
    (HEVC, "mpegts", "mpegts"),
    (HEVC, "hevc", "hevc"),
]


@pytest.fixture(scope="module", params=STREAMS, ids=["-".join(one[:2]) for one in STREAMS])
def stream(request: pytest.FixtureRequest) -> tuple[bytes, str]:
    codec, container, demuxer = request.param
    # Three frames between others refer to the one behind them.
    data = encode([planes(number) for number in range(FRAMES)], codec, container, g="8", bf="3")
    return data, demuxer


def opened(data: bytes, *, frames: int = FRAMES, pieces: int = 1, **more: int) -> VideoFrames:
    cuts = [len(data) * part // pieces for part in range(pieces + 1)]
    spans = list(pairwise(cuts))
    shape = {"rows": 48, "columns": 64, **more}
    return VideoFrames(data, spans, declared=frames, **shape)


def decoded(data: bytes, demuxer: str) -> list[list[NDArray[Any]]]:
    """Decode a stream from the first frame to the last."""
    import av

    found = []
    container: Any
    with av.open(io.BytesIO(data), "r", format=demuxer) as container:
        for frame in container.decode(video=0):
            parts = [
                np.frombuffer(plane, np.uint8).reshape(plane.height, -1)[:, : plane.width].copy()
                for plane in frame.planes
            ]
            found.append(parts)
    return found


def test_frames_are_what_the_stream_holds(stream: tuple[bytes, str]) -> None:
    data, demuxer = stream
    video, frames = opened(data), decoded(data, demuxer)
    assert len(frames) == FRAMES
    for index, parts in enumerate(frames):
        assert np.abs(video.frame(index).values - rgb(parts)).max() <= 1


@pytest.mark.parametrize("pieces", [2, 7])
def test_a_stream_may_lie_in_pieces(stream: tuple[bytes, str], pieces: int) -> None:
    whole, parts = opened(stream[0]), opened(stream[0], pieces=pieces)
    for index in range(FRAMES):
        assert (parts.frame(index).values == whole.frame(index).values).all()


@pytest.mark.parametrize("seed", range(3))
def test_a_frame_is_the_same_whatever_led_to_it(stream: tuple[bytes, str], seed: int) -> None:
    video = opened(stream[0])
    forward = [video.frame(index).values for index in range(FRAMES)]
    order = random.Random(seed).choices(range(FRAMES), k=60)  # noqa: S311 - no secret
    fresh = opened(stream[0])
    for index in order:
        assert (video.frame(index).values == forward[index]).all()
        assert (fresh.frame(index).values == forward[index]).all()


def passed(video: VideoFrames, indices: list[int]) -> int:
    """Count the frames that a decoder gives on the way to some."""
    count = 0
    give = VideoFrames._pass

    def counting(self: VideoFrames, frame: object) -> None:
        nonlocal count
        count += 1
        give(self, frame)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(VideoFrames, "_pass", counting)
        for index in indices:
            video.frame(index)
    return count


def test_going_forward_decodes_each_frame_once(stream: tuple[bytes, str]) -> None:
    assert passed(opened(stream[0]), list(range(FRAMES))) == FRAMES


def test_going_back_starts_from_near() -> None:
    frames = [planes(number) for number in range(120)]
    video = opened(encode(frames, H264, "mp4", g="8", keyint_min="8"), frames=120)
    assert passed(video, [119]) == 120
    # From the last but one of the frames that stand alone, which are 8 apart.
    assert passed(video, [110]) <= 16
    assert passed(video, [3, 115]) <= 4 + 16


def test_how_a_stream_is_coded(stream: tuple[bytes, str]) -> None:
    video = opened(stream[0])
    assert video.kind in {"mpeg-2", "h264", "hevc"}
    assert (video.depth, video.samples) == (8, 3)


@pytest.mark.parametrize(
    ("matrix", "red", "blue"),
    [
        (1, 0.2126, 0.0722),
        (5, 0.299, 0.114),
        (6, 0.299, 0.114),
        (2, 0.299, 0.114),
        (9, 0.2627, 0.0593),
    ],
)
@pytest.mark.parametrize("color_range", [0, 1, 2])
def test_colours_are_what_the_stream_says(
    matrix: int, red: float, blue: float, color_range: int
) -> None:
    parts = [planes(number) for number in range(3)]
    data = encode(parts, H264, "mp4", matrix=matrix, color_range=color_range, crf="1")
    found = opened(data, frames=3).frame(1).values
    expected = rgb(decoded(data, "mov")[1], red=red, blue=blue, full=color_range == 2)
    assert np.abs(found - expected).max() <= 1


def test_10_bits_stay() -> None:
    parts = [planes(number, bits=10) for number in range(4)]
    data = encode(parts, HEVC, "mp4", pixels="yuv420p10le", crf="1")
    video = opened(data, frames=4)
    assert video.depth == 10
    found = video.frame(2).values
    assert found.dtype == np.uint16
    assert found.max() > 255
    assert np.abs(found - rgb(parts[2], bits=10)).mean() < 4


def test_luma_alone_is_one_sample() -> None:
    parts = [planes(number) for number in range(4)]
    video = opened(encode(parts, HEVC, "mp4", pixels="gray", crf="1"), frames=4)
    assert video.samples == 1
    assert np.abs(video.frame(3).values.astype(int) - parts[3][0]).max() <= 3


def test_sound_is_passed_over() -> None:
    parts = [planes(number) for number in range(10)]
    loud = encode(parts, H264, "mpegts", sound=True)
    # No two runs of the encoder give the same stream: this one's own frames are what counts.
    frames = decoded(loud, "mpegts")
    assert len(frames) == 10
    for index in (9, 2):
        found = opened(loud, frames=10).frame(index).values
        assert np.abs(found - rgb(frames[index])).max() <= 1


def test_the_end_is_known_once_it_is_met(stream: tuple[bytes, str]) -> None:
    video = opened(stream[0], frames=FRAMES + 5)
    assert video.count == FRAMES + 5
    with pytest.raises(
        InconsistentError, match=f"{FRAMES + 5} frames are declared but {FRAMES} are"
    ):
        video.frame(FRAMES)
    assert video.count == FRAMES
    assert video.has(FRAMES - 1)
    assert not video.has(FRAMES)
    assert video.frame(FRAMES - 1).values.shape == (48, 64, 3)


@pytest.mark.parametrize("size", [{"rows": 50}, {"columns": 62}, {"rows": 64, "columns": 48}])
def test_another_size_is_refused_before_a_frame_is_decoded(
    stream: tuple[bytes, str], size: dict[str, int]
) -> None:
    video = opened(stream[0], **size)
    with pytest.raises(InconsistentError, match=r"has \d+ (rows|columns) where the dataset says"):
        video.frame(0)
    assert not video._sums


def test_a_large_frame_needs_a_stream_to_match(stream: tuple[bytes, str]) -> None:
    with pytest.raises(LimitError, match="has no frames of"):
        opened(stream[0], rows=16_000, columns=16_000).frame(0)


@pytest.mark.parametrize("part", [0.02, 0.3, 0.7, 0.95])
def test_a_stream_without_its_end_does_not_give_all_frames(
    stream: tuple[bytes, str], part: float
) -> None:
    data, demuxer = stream
    if demuxer == "mpeg":
        pytest.skip("so few bytes are filled up to whole packs")
    short, whole = opened(data[: int(len(data) * part)]), opened(data)
    given = []
    for index in range(FRAMES):
        try:
            given.append(short.frame(index).values)
        except (DecodeError, InconsistentError):
            break
    assert len(given) < FRAMES
    # Frames are shown in another order than they are coded in: the last may lack what they need.
    for index, values in enumerate(given[:-4]):
        assert (values == whole.frame(index).values).all()


@pytest.mark.parametrize("seed", range(12))
def test_damage_ends_in_an_error_or_in_frames(stream: tuple[bytes, str], seed: int) -> None:
    choose = random.Random(seed)  # noqa: S311 - no secret
    data = bytearray(stream[0])
    for _ in range(choose.choice([1, 4, 40])):
        data[choose.randrange(len(data))] = choose.randrange(256)
    for lenient in (False, True):
        video = opened(bytes(data))
        for index in (0, FRAMES - 1, 7, FRAMES + 3):
            with suppress(DicomKitError):
                found = video.frame(index, lenient=lenient)
                assert found.values.shape == (48, 64, 3)


def test_damaged_frames_are_given_where_one_is_lenient() -> None:
    parts = [planes(number) for number in range(12)]
    data = bytearray(encode(parts, MPEG2, "mpeg2video", g="4", b="2000000"))
    middle = len(data) // 2
    data[middle : middle + 30] = bytes(range(30))
    strict = opened(bytes(data), frames=12)
    failed = []
    for index in range(12):
        try:
            strict.frame(index)
        except DecodeError as error:
            failed.append((index, error.message))
    assert failed
    assert all("parts of the frame are made up" in message for _, message in failed)
    lenient = opened(bytes(data), frames=12).frame(failed[0][0], lenient=True)
    assert [note.code for note in lenient.notes] == ["truncated"]


def test_the_error_of_a_broken_stream_is_new_each_time() -> None:
    parts = [planes(number) for number in range(20)]
    data = bytearray(encode(parts, H264, "mp4"))
    middle = len(data) // 2
    data[middle : middle + 60] = b"\xff" * 60
    video = opened(bytes(data), frames=20)
    errors = []
    for index in (18, 19):
        with pytest.raises(DicomKitError) as caught:
            video.frame(index)
        errors.append(caught.value)
    assert errors[0] is not errors[1]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\0",
        bytes(1000),
        b"\x47" + bytes(500),
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"RIFF\x00\x01\x00\x00AVI LIST",
        b"\x1a\x45\xdf\xa3" + bytes(100),
        bytes(4) + b"ftypisom" + bytes(100),
        b"\0\0\1\xba" + bytes(100),
        b"\0\0\1\xb3" + bytes(100),
        b"\0\0\0\1\x67" + bytes(100),
        b"\0\0\0\1\x40\1" + bytes(100),
    ],
)
def test_what_is_no_video_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        opened(data).frame(0)


def test_no_list_of_other_files_is_ever_followed(tmp_path: Any) -> None:  # noqa: ANN401
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(encode([planes(0), planes(1)], H264, "mp4"))
    for text in (f"#EXTM3U\n#EXTINF:1,\n{secret}\n", f"ffconcat version 1.0\nfile {secret}\n"):
        assert not begins_video(text.encode())
        with pytest.raises(DecodeError, match="no stream of video"):
            opened(text.encode()).frame(0)


def test_codecs_that_dicom_has_not_are_refused() -> None:
    parts = [planes(number) for number in range(3)]
    with pytest.raises(UnsupportedError, match=r"MPEG-2, H\.264 and HEVC"):
        opened(encode(parts, "mpeg4", "mp4"), frames=3).frame(0)
    nameless = encode(parts, H264, "mp4").replace(b"avc1", b"zzzz")
    with pytest.raises(UnsupportedError, match=r"MPEG-2, H\.264 and HEVC"):
        opened(nameless, frames=3).frame(0)


def test_chroma_for_every_pixel() -> None:
    data = encode(
        [[plane[0]] * 3 for plane in map(planes, range(3))], H264, "mp4", pixels="yuv444p"
    )
    y, _, cr = decoded(data, "mov")[1]
    found = opened(data, frames=3).frame(1).values
    r = (y - 16.0) / 219 + 1.402 * (cr - 128.0) / 224
    assert np.abs(found[..., 0] - np.clip(np.rint(255 * r), 0, 255)).max() <= 1


def test_without_pyav_the_error_says_what_to_install(
    stream: tuple[bytes, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(UnsupportedError, match=r'pip install "dicomkit\[video\]"'):
        opened(stream[0]).frame(0)


def test_a_stream_is_known_by_how_it_begins(stream: tuple[bytes, str]) -> None:
    assert begins_video(stream[0])
    assert begins_video(b"in front" + stream[0], 8)
    assert not begins_video(b"\xff\xd8\xff\xe0" + stream[0])


def test_an_interrupted_decoder_starts_again(
    stream: tuple[bytes, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    video, other = opened(stream[0]), opened(stream[0])
    expected = [other.frame(index).values for index in range(FRAMES)]
    video.frame(5)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(VideoFrames, "_pass", interrupt)
    with pytest.raises(KeyboardInterrupt):
        video.frame(9)
    monkeypatch.undo()
    assert all((video.frame(i).values == expected[i]).all() for i in (10, 9, FRAMES - 1))
    assert video.count == FRAMES


def test_threads_may_share_a_stream(stream: tuple[bytes, str]) -> None:
    from concurrent.futures import ThreadPoolExecutor

    video = opened(stream[0])
    expected = [opened(stream[0]).frame(index).values for index in range(0, FRAMES, 5)]
    with ThreadPoolExecutor(4) as executor:
        found = list(executor.map(lambda i: video.frame(i).values, range(0, FRAMES, 5)))
    assert all((one == other).all() for one, other in zip(found, expected, strict=True))
