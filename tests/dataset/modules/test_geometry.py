"""Pixel spacing; the clauses are PS3.3 10.7.1.3, C.7.6.3.1.7 and C.7.6.16.2.1."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dicomkit.dataset.modules.geometry import PixelSpacing, pixel_spacing

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset

    Make = Callable[..., Dataset]


def test_10_7_1_3_the_first_value_lies_between_rows(image: Make) -> None:
    found = pixel_spacing(image(PixelSpacing=[0.5, 0.25]))
    assert found == PixelSpacing(
        between_rows=0.5, between_columns=0.25, in_mm=True, keyword="PixelSpacing"
    )


def test_c_7_6_3_1_7_an_aspect_ratio_is_vertical_over_horizontal(image: Make) -> None:
    found = pixel_spacing(image(PixelAspectRatio=[4, 3]))
    assert found == PixelSpacing(4, 3, in_mm=False, keyword="PixelAspectRatio")


def test_precedence(image: Make) -> None:
    """Patient before detector before film before a bare ratio."""
    stated: dict[str, object] = {
        "PixelSpacing": [1, 1],
        "ImagerPixelSpacing": [2, 2],
        "NominalScannedPixelSpacing": [3, 3],
        "PixelAspectRatio": [4, 4],
    }
    for keyword in list(stated):
        found = pixel_spacing(image(**stated))
        assert found is not None
        assert found.keyword == keyword
        del stated[keyword]
    assert pixel_spacing(image()) is None


@pytest.mark.parametrize(
    "broken", [b"0.5", b"0.5\\0", b"-1\\1", b"0.5\\x", b"1\\1\\1", b"NaN\\1", b"1_0\\1", b""]
)
def test_a_broken_spacing_gives_way_to_the_next(image: Make, broken: bytes) -> None:
    found = pixel_spacing(image(PixelSpacing=broken, ImagerPixelSpacing=[2, 3]))
    assert found is not None
    assert (found.keyword, found.between_rows) == ("ImagerPixelSpacing", 2)
    assert pixel_spacing(image(PixelSpacing=broken)) is None


def test_c_7_6_16_2_1_frames_have_spacings_of_their_own(dataset: Make, image: Make) -> None:
    def group(spacing: list[float]) -> Dataset:
        return dataset(PixelMeasuresSequence=[dataset(PixelSpacing=spacing)])

    ds = image(
        NumberOfFrames=3,
        PixelSpacing=[9, 9],
        SharedFunctionalGroupsSequence=[group([5, 5])],
        PerFrameFunctionalGroupsSequence=[group([1, 2]), dataset()],
    )
    found = [pixel_spacing(ds, frame) for frame in range(3)]
    assert [spacing.between_rows for spacing in found if spacing] == [1, 5, 5]
    # An empty macro overrides nothing; one without a usable spacing leaves it to the root.
    for stated, between in ((dataset(), 5), (dataset(PixelSpacing=[0, 0]), 9)):
        ds.PerFrameFunctionalGroupsSequence[1].PixelMeasuresSequence = [stated]
        spacing = pixel_spacing(ds, 1)
        assert spacing is not None
        assert spacing.between_rows == between


@pytest.mark.parametrize(
    ("keyword", "place"),
    [
        ("PixelSpacing", "patient"),
        ("ImagerPixelSpacing", "detector"),
        ("NominalScannedPixelSpacing", "film"),
    ],
)
def test_where_a_spacing_is_measured(image: Make, keyword: str, place: str) -> None:
    found = pixel_spacing(image(**{keyword: [1, 1]}))
    assert found is not None
    assert found.measured_at == place


@pytest.mark.parametrize(
    ("rows", "columns", "aspect"),
    [
        (1, 1, 1),
        (0.5, 0.25, 2),
        (64, 1, 64),
        (1, 64, 1 / 64),
        (65, 1, None),
        (1, 65, None),
        (1e308, 1e-308, None),
        (1e-308, 1e308, None),
        (1e308, 1e308, 1),
        (5e-324, 5e-324, 1),
    ],
)
def test_the_shape_of_a_pixel_is_one_that_can_be(
    image: Make, rows: float, columns: float, aspect: float | None
) -> None:
    found = pixel_spacing(image(PixelSpacing=[rows, columns]))
    assert found is not None
    assert found.aspect == aspect
