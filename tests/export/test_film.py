"""Films, decoded by readers that are not dicomkit's."""

from __future__ import annotations

import sys
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image
from tests.films import moving, watch
from tests.fresh import run

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

KINDS = ["mp4", "webp", "apng", "png", "gif"]
# By how much a pixel of the smooth pictures may be off, and all of them on average.
EXACT, LOSSY = (0, 0.0), (40, 2.0)
TOLERANCES = {
    ("mp4", False): LOSSY,
    ("mp4", True): LOSSY,
    ("webp", False): LOSSY,
    ("webp", True): LOSSY,
    ("apng", False): EXACT,
    ("apng", True): EXACT,
    ("png", False): EXACT,
    ("png", True): EXACT,
    ("gif", False): EXACT,
    # 256 colours of the some thousand that there are.
    ("gif", True): (40, 6.0),
}


@pytest.mark.parametrize(("kind", "color"), TOLERANCES)
def test_a_film_shows_the_pictures(tmp_path: Path, kind: str, *, color: bool) -> None:
    frames = list(moving(7, color=color))
    dk.save_film(frames, tmp_path / f"film.{kind}", rate=10)
    film = watch(tmp_path / f"film.{kind}")
    assert len(film.frames) == 7
    most, mean = TOLERANCES[kind, color]
    for shown, picture in zip(film.frames, frames, strict=True):
        expected = picture if color else np.repeat(picture[..., np.newaxis], 3, 2)
        difference = np.abs(shown.astype(int) - expected)
        assert difference.max() <= most
        assert difference.mean() <= mean


def test_a_gif_keeps_colours_that_few_pixels_have(tmp_path: Path) -> None:
    y, x = np.mgrid[:128, :128]
    gray = ((x + y) % 256).astype(np.uint8)
    picture = np.stack([gray, gray // 2 + 60, gray // 3 + 80], -1)
    picture[60:63, 60:63] = (250, 20, 10)
    dk.save_film([picture, picture], tmp_path / "film.gif", rate=10)
    shown = watch(tmp_path / "film.gif").frames[1][61, 61].astype(int)
    assert np.abs(shown - (250, 20, 10)).max() <= 10


@pytest.mark.parametrize("kind", KINDS)
def test_frames_follow_each_other_at_the_rate(tmp_path: Path, kind: str) -> None:
    dk.save_film(moving(6), tmp_path / f"film.{kind}", rate=12.5)
    assert watch(tmp_path / f"film.{kind}").seconds == pytest.approx([0.08] * 6)


@pytest.mark.parametrize("kind", KINDS)
def test_each_frame_may_be_shown_for_a_time_of_its_own(tmp_path: Path, kind: str) -> None:
    rate = dk.FrameRate(10, (0.04, 0.2, 0.5, 0.1, 0.3))
    dk.save_film(moving(5), tmp_path / f"film.{kind}", rate=rate)
    assert watch(tmp_path / f"film.{kind}").seconds == pytest.approx(rate.durations)


@pytest.mark.parametrize("kind", KINDS)
def test_what_rounding_takes_from_one_frame_the_next_ones_get(tmp_path: Path, kind: str) -> None:
    # A third of a tenth of a second is no whole number of any of their ticks.
    dk.save_film(moving(30), tmp_path / f"film.{kind}", rate=30.0003)
    seconds = watch(tmp_path / f"film.{kind}").seconds
    assert sum(seconds) == pytest.approx(1, abs=0.011)
    assert max(seconds) - min(seconds) < 0.011


@pytest.mark.parametrize("kind", ["webp", "apng", "gif"])
def test_animated_pictures_play_for_ever(tmp_path: Path, kind: str) -> None:
    dk.save_film(moving(3), tmp_path / f"film.{kind}", rate=10)
    assert watch(tmp_path / f"film.{kind}").loop == 0


@pytest.mark.parametrize("kind", KINDS)
def test_one_frame_is_a_film(tmp_path: Path, kind: str) -> None:
    if kind in {"png", "apng", "gif", "webp"}:
        dk.save_film(moving(1), tmp_path / f"film.{kind}", rate=10)
        with Image.open(tmp_path / f"film.{kind}") as image:
            assert np.abs(np.asarray(image.convert("L")).astype(int) - next(moving(1))).max() < 40
        return
    dk.save_film(moving(1), tmp_path / f"film.{kind}", rate=10)
    assert len(watch(tmp_path / f"film.{kind}").frames) == 1


@pytest.mark.parametrize("color", [False, True])
def test_an_odd_row_and_column_are_doubled_in_mp4(tmp_path: Path, *, color: bool) -> None:
    frames = list(moving(3, rows=33, columns=51, color=color))
    dk.save_film(frames, tmp_path / "film.mp4", rate=10, quality=100)
    shown = watch(tmp_path / "film.mp4").frames[0].astype(int)
    assert shown.shape == (34, 52, 3)
    expected = np.pad(frames[0], ((0, 1), (0, 1), (0, 0))[: frames[0].ndim], "edge")
    expected = expected if color else expected[..., np.newaxis]
    assert np.abs(shown - expected).mean() < 2


@pytest.mark.parametrize("suffix", ["png", "apng"])
@pytest.mark.parametrize("color", [False, True])
def test_16_bits_stay_in_animated_png(tmp_path: Path, suffix: str, *, color: bool) -> None:
    pictures = [(frame.astype(np.uint16) << 8) + 7 for frame in moving(3, color=color)]
    dk.save_film(pictures, tmp_path / f"film.{suffix}", rate=10)
    if color:
        # Pillow reads 8 bits of colour.
        assert (watch(tmp_path / f"film.{suffix}").frames[2] == pictures[2] >> 8).all()
        return
    with Image.open(tmp_path / f"film.{suffix}") as image:
        image.seek(2)
        assert (np.asarray(image) == pictures[2]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_memory_holds_one_frame_not_the_film(tmp_path: Path, kind: str) -> None:
    given: list[weakref.ref[NDArray[np.uint8]]] = []
    alive: list[int] = []

    def frames() -> Iterator[NDArray[np.uint8]]:
        for picture in map(np.copy, moving(40)):
            given.append(weakref.ref(picture))
            yield picture
            alive.append(sum(frame() is not None for frame in given))

    dk.save_film(frames(), tmp_path / f"film.{kind}", rate=10)
    assert len(alive) == 40
    assert max(alive) <= 3


_GROWTH = """
import resource, sys
import numpy as np, dicomkit as dk

def frames(number):
    y, x = np.mgrid[:512, :512]
    return ((x + 2 * y + 7 * i).astype(np.uint8) for i in range(number))

path = sys.argv[1]
dk.save_film(frames(25), path, rate=10, overwrite=True)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
dk.save_film(frames(150), path, rate=10, overwrite=True)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in kilobytes on Linux")
@pytest.mark.parametrize("kind", ["mp4", "webp", "apng", "gif"])
def test_memory_does_not_grow_with_the_film(tmp_path: Path, kind: str) -> None:
    grown = int(run(_GROWTH, str(tmp_path / f"film.{kind}")))
    # 125 more frames of 256 kB would be 32 MB. WebP and MP4 keep what is compressed.
    assert grown < 8 << 10


def test_no_film_takes_the_place_of_a_file_unless_asked(tmp_path: Path) -> None:
    path = tmp_path / "film.gif"
    path.write_bytes(b"mine")
    taken: list[int] = []

    def frames() -> Iterator[NDArray[np.uint8]]:
        for frame in moving(2):
            taken.append(1)
            yield frame

    with pytest.raises(dk.WriteError, match="overwrite=True replaces"):
        dk.save_film(frames(), path, rate=10)
    assert path.read_bytes() == b"mine"
    # Nobody waits for frames that cannot be saved.
    assert not taken
    dk.save_film(moving(2), path, rate=10, overwrite=True)
    assert len(watch(path).frames) == 2


@pytest.mark.parametrize("kind", KINDS)
def test_what_goes_wrong_on_the_way_leaves_nothing(tmp_path: Path, kind: str) -> None:
    def frames() -> Iterator[NDArray[np.uint8]]:
        yield from moving(3)
        message = "damaged"
        raise dk.DecodeError(message, frame=3)

    with pytest.raises(dk.DecodeError, match="damaged"):
        dk.save_film(frames(), tmp_path / f"film.{kind}", rate=10)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
def test_no_frame_is_no_film(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ValueError, match="at least one frame"):
        dk.save_film([], tmp_path / f"film.{kind}", rate=10)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "other",
    [np.zeros((48, 63), np.uint8), np.zeros((48, 64, 3), np.uint8), np.zeros((48, 64), np.uint16)],
    ids=["size", "color", "depth"],
)
def test_frames_that_are_not_alike_are_refused(
    tmp_path: Path, kind: str, other: NDArray[Any]
) -> None:
    with pytest.raises(ValueError, match=r"frame 2|16 bits"):
        dk.save_film([*moving(2), other], tmp_path / f"film.{kind}", rate=10)
    assert not list(tmp_path.iterdir())


def test_values_are_no_pictures(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="uint8"):
        dk.save_film(np.zeros((3, 8, 8)), tmp_path / "film.gif", rate=10)
    with pytest.raises(ValueError, match="unknown kind of film"):
        dk.save_film(moving(2), tmp_path / "film.avi", rate=10)
    for rate in (0, -1.0, float("nan")):
        with pytest.raises(ValueError, match="above 0"):
            dk.save_film(moving(2), tmp_path / "film.gif", rate=rate)
    with pytest.raises(ValueError, match="quality"):
        dk.save_film(moving(2), tmp_path / "film.gif", rate=10, quality=0)


def test_what_a_kind_of_film_cannot_show_is_said(tmp_path: Path) -> None:
    with pytest.raises(dk.LimitError, match=r"GIF shows a frame for 0\.02 to"):
        dk.save_film(moving(2), tmp_path / "film.gif", rate=60)
    with pytest.raises(dk.LimitError, match="APNG shows a frame"):
        dk.save_film(moving(2), tmp_path / "film.apng", rate=0.01)
    with pytest.raises(dk.LimitError, match="pixels a side"):
        dk.save_film([np.zeros((1, 17_000), np.uint8)], tmp_path / "film.mp4", rate=10)


def test_mp4_without_pyav_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(dk.UnsupportedError, match=r'pip install "dicomkit\[video\]"'):
        dk.save_film(moving(2), tmp_path / "film.mp4", rate=10)
    dk.save_film(moving(2), tmp_path / "film.gif", rate=10)
    assert [path.name for path in tmp_path.iterdir()] == ["film.gif"]


def test_a_full_disk_is_a_write_error(tmp_path: Path) -> None:
    for kind in KINDS:
        program = (
            "import resource, signal, sys\n"
            "import numpy as np, dicomkit as dk\n"
            "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (20000, 20000))\n"
            "noise = np.random.default_rng(0)\n"
            "frames = (noise.integers(0, 256, (64, 64), np.uint8) for _ in range(60))\n"
            "try:\n"
            "    dk.save_film(frames, sys.argv[1], rate=10)\n"
            "except dk.WriteError as error:\n"
            "    print(error.code)\n"
        )
        assert run(program, str(tmp_path / f"film.{kind}")).strip() == "write"
    assert not list(tmp_path.iterdir())


def test_real_frames_play_at_the_rate_of_their_file(tmp_path: Path) -> None:
    from pydicom.data import get_testdata_file

    ds = dk.read_dataset(str(get_testdata_file("examples_ybr_color.dcm", download=False)))
    rate = dk.frame_rate(ds)
    assert rate is not None
    frames = (dk.render(ds, frame=index) for index in range(dk.frame_count(ds)))
    dk.save_film(frames, tmp_path / "us.mp4", rate=rate)
    film = watch(tmp_path / "us.mp4")
    assert sum(film.seconds) == pytest.approx(30 * 0.033333, abs=1e-3)
    for index in (0, 14, 29):
        difference = np.abs(film.frames[index].astype(int) - dk.render(ds, frame=index))
        assert difference.mean() < 2.5
