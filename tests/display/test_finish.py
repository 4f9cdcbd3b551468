"""What happens to a picture as a whole; the clauses are PS3.3 C.9.2, C.7.6.3.1.7 and C.11.15."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import ImageCms

import dicomkit as dk
from dicomkit.display.finish import burn_in, in_srgb, with_square_pixels
from dicomkit.limits import DEFAULT_LIMITS, Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]

BLACK = np.zeros((3, 4), np.uint8)


def with_plane(
    ds: Dataset,
    plane: list[list[int]],
    *,
    origin: tuple[int, int] = (1, 1),
    kind: str = "G",
    group: int = 0x6000,
    frames: int = 1,
) -> Dataset:
    bits = np.array(plane, np.uint8)
    packed = np.packbits(np.tile(bits.ravel(), frames), bitorder="little").tobytes()
    for number, vr, value in (
        (0x0010, "US", bits.shape[0]),
        (0x0011, "US", bits.shape[1]),
        (0x0015, "IS", frames),
        (0x0040, "CS", kind),
        (0x0050, "SS", list(origin)),
        (0x3000, "OW", packed + b"\0" * (len(packed) % 2)),
    ):
        ds.add_new((group << 16) | number, vr, value)
    return ds


def burned(ds: Dataset, picture: npt.NDArray[Any] = BLACK, frame: int = 0) -> npt.NDArray[Any]:
    return burn_in(picture, dk.open_image(ds), frame)[0]


# ---- Overlays ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        ((1, 1), [[1, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]),
        ((2, 3), [[0, 0, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]]),
        ((3, 4), [[0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 1]]),
        ((0, 1), [[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]),
        ((1, 0), [[1, 0, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]]),
        ((-9, 1), [[0] * 4] * 3),
        ((1, 99), [[0] * 4] * 3),
        ((99, -99), [[0] * 4] * 3),
    ],
)
def test_c_9_2_1_1_the_origin_is_row_and_column_from_1_and_may_lie_outside(
    grey: Make, origin: tuple[int, int], expected: list[list[int]]
) -> None:
    """The plane is 1 1 / 0 1."""
    ds = with_plane(grey(BLACK), [[1, 1], [0, 1]], origin=origin)
    assert (burned(ds) // 255).tolist() == expected


def test_a_plane_larger_than_the_picture_is_cut(grey: Make) -> None:
    ds = with_plane(grey(BLACK), [[1] * 9] * 9, origin=(-2, -2))
    assert burned(ds).min() == 255


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(3, 4), (3, 4, 3)])
def test_lines_are_white_in_every_kind_of_picture(
    grey: Make,
    dtype: type[np.unsignedinteger[Any]],
    shape: tuple[int, ...],
) -> None:
    picture = np.zeros(shape, dtype)
    picture.flags.writeable = False
    drawn = burned(with_plane(grey(BLACK), [[1]]), picture)
    assert drawn.dtype == dtype
    assert np.all(drawn[0, 0] == np.iinfo(dtype).max)
    assert drawn.sum() == drawn[0, 0].astype(int).sum()
    assert not picture.any()


def test_regions_of_interest_are_not_drawn(grey: Make) -> None:
    ds = with_plane(grey(BLACK), [[1]], kind="R")
    drawn, notes = burn_in(BLACK, dk.open_image(ds), 0)
    assert not drawn.any()
    assert [note.code for note in notes] == ["overlay_region"]
    with_plane(ds, [[1]], origin=(2, 2), group=0x6002)
    assert np.argwhere(burned(ds)).tolist() == [[1, 1]]


def test_planes_belong_to_their_frames(grey: Make) -> None:
    ds = with_plane(grey(np.zeros((3, 3, 4))), [[1]], frames=2)
    ds.add_new(0x60000051, "US", 2)
    assert [bool(burned(ds, frame=frame).any()) for frame in range(3)] == [False, True, True]
    assert dk.render(ds, overlays=True).any(axis=(1, 2)).tolist() == [False, True, True]
    assert not dk.render(ds).any()


def test_a_broken_overlay_is_noted_and_left_out(grey: Make) -> None:
    ds = with_plane(grey(BLACK), [[1]])
    ds.add_new(0x60000010, "US", 0)
    drawn, notes = burn_in(BLACK, dk.open_image(ds), 0)
    assert not drawn.any()
    assert [note.code for note in notes] == ["overlay_ignored"]


# ---- Square pixels -------------------------------------------------------------------------


def squared(
    picture: npt.NDArray[Any], ds: Dataset, limits: Limits = DEFAULT_LIMITS
) -> tuple[npt.NDArray[Any], list[str]]:
    result, notes = with_square_pixels(picture, dk.open_image(ds, limits=limits), 0)
    return result, [note.code for note in notes]


@pytest.mark.parametrize(
    ("spacing", "shape"),
    [
        ([1, 1], (30, 40)),
        ([2, 1], (60, 40)),
        ([1, 2], (30, 80)),
        ([0.5, 0.75], (30, 60)),
        ([1.0005, 1], (30, 40)),
        ([1.02, 1], (31, 40)),
    ],
)
def test_10_7_1_3_rows_grow_where_they_lie_further_apart(
    grey: Make, spacing: list[float], shape: tuple[int, int]
) -> None:
    ramp = np.arange(1200, dtype=np.uint8).reshape(30, 40)
    picture, notes = squared(ramp, grey(ramp, PixelSpacing=spacing))
    assert picture.shape == shape
    assert notes == []
    assert (picture is ramp) is (shape == (30, 40))


def test_c_7_6_3_1_7_an_aspect_ratio_serves_too(grey: Make) -> None:
    picture, _ = squared(BLACK, grey(BLACK, PixelAspectRatio=[4, 3]))
    assert picture.shape == (4, 4)


def test_an_unknown_spacing_is_noted(grey: Make) -> None:
    picture, notes = squared(BLACK, grey(BLACK))
    assert picture is BLACK
    assert notes == ["spacing_unknown"]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("channels", [(), (3,)])
def test_what_is_even_stays_even(grey: Make, dtype: Any, channels: tuple[int, ...]) -> None:  # noqa: ANN401
    value = np.iinfo(dtype).max - 5
    picture, _ = squared(np.full((3, 4, *channels), value, dtype), grey(BLACK, PixelSpacing=[3, 1]))
    assert picture.dtype == dtype
    assert picture.shape == (9, 4, *channels)
    assert (picture == value).all()


def test_both_depths_interpolate_alike(grey: Make) -> None:
    ds = grey(BLACK, PixelSpacing=[1, 3])
    ramp = np.array([[0, 60, 120, 240]] * 3, np.uint8)
    narrow, _ = squared(ramp, ds)
    wide, _ = squared(ramp.astype(np.uint16) * 257, ds)
    assert np.abs(wide / 257 - narrow).max() <= 1
    assert np.all(np.diff(narrow.astype(int)) >= 0)
    # The outermost pixels keep their level: nothing lies beyond them to mix with.
    assert (narrow[0, 0], narrow[0, -1]) == (0, 240)


def test_the_enlarged_picture_keeps_to_the_limit(grey: Make) -> None:
    ds = grey(BLACK, PixelSpacing=[4, 1])
    assert squared(BLACK, ds, Limits(frame_bytes=48))[0].nbytes == 48
    with pytest.raises(
        dk.LimitError, match="square pixels would make the picture 4 times"
    ) as caught:
        squared(BLACK, ds, Limits(frame_bytes=47))
    assert caught.value.frame == 0


@pytest.mark.parametrize(
    "spacing",
    [
        ["1e300", "1e-300"],
        ["1e-300", "1e300"],
        ["1e-8", "1e8"],
        ["1e8", "1e-8"],
        ["1e-320", "1"],
        ["65", "1"],
    ],
)
def test_an_absurd_shape_is_over_the_limit(grey: Make, spacing: list[str]) -> None:
    with pytest.raises(dk.LimitError):
        dk.render(grey(BLACK, PixelSpacing=spacing), square=True)


# ---- Profiles ------------------------------------------------------------------------------


def profile(kind: Any = "sRGB") -> bytes:  # noqa: ANN401 - Pillow's literal
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(kind)).tobytes()


RGB = np.array([[[10, 100, 200], [0, 0, 0], [255, 255, 255]]], np.uint8)


def test_c_11_15_srgb_stays_srgb(grey: Make) -> None:
    picture, notes = in_srgb(RGB, grey(BLACK, ICCProfile=profile()))
    assert picture.dtype == np.uint8
    assert np.abs(picture.astype(int) - RGB).max() <= 1
    assert notes == ()


def test_c_11_15_another_profile_changes_the_colours(grey: Make) -> None:
    """In this one the red and the blue primary have changed places."""
    swapped = (
        profile().replace(b"rXYZ", b"tmp!").replace(b"bXYZ", b"rXYZ").replace(b"tmp!", b"bXYZ")
    )
    pure = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255], [90, 90, 90]]], np.uint8)
    picture, notes = in_srgb(pure, grey(BLACK, ICCProfile=swapped))
    assert notes == ()
    expected = np.array([[[0, 0, 255], [0, 255, 0], [255, 0, 0], [90, 90, 90]]])
    assert np.abs(picture.astype(int) - expected).max() <= 2


def test_a_profile_of_another_colour_space_is_noted_and_left_out(grey: Make) -> None:
    lab = profile("LAB")
    picture, notes = in_srgb(RGB, grey(BLACK, ICCProfile=lab))
    assert picture is RGB
    assert [note.code for note in notes] == ["icc_ignored"]


@pytest.mark.parametrize("broken", [b"garbage!", b"\0" * 200])
def test_a_broken_profile_is_noted_and_left_out(grey: Make, broken: bytes) -> None:
    picture, notes = in_srgb(RGB, grey(BLACK, ICCProfile=broken))
    assert picture is RGB
    assert [note.code for note in notes] == ["icc_ignored"]
    cut = profile()[:150]
    assert in_srgb(RGB, grey(BLACK, ICCProfile=cut + b"\0" * (len(cut) % 2)))[0] is RGB


def test_a_profile_needs_colour_of_8_bits(grey: Make) -> None:
    ds = grey(BLACK, ICCProfile=profile())
    picture, notes = in_srgb(BLACK, ds)
    assert picture is BLACK
    assert notes == ()
    wide = RGB.astype(np.uint16)
    picture, notes = in_srgb(wide, ds)
    assert picture is wide
    assert [note.code for note in notes] == ["icc_ignored"]
    assert in_srgb(RGB, grey(BLACK))[0] is RGB
