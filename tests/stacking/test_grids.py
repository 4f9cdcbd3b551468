"""How slices lie: the grid that they share, and what of their headers counts."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from tests.stacking.made import STEP, axial, codes, shuffled
from tests.volumes import AXIAL, classic, sampled_errors, turned

import dicomkit as dk
from dicomkit.limits import DEFAULT_LIMITS
from dicomkit.stacking.headers import members_in
from dicomkit.stacking.stacks import make_stacks


def test_slices_are_ordered_along_the_normal_whatever_their_numbers() -> None:
    slices = axial()
    (stack,) = dk.stacks(shuffled(slices))
    assert [one.instance_number for one in stack.slices] == list(range(12, 0, -1))
    assert stack.grid is not None
    assert stack.grid.shape == (12, 5, 7)
    # Columns of the matrix: k to the head, j to the back by row spacing, i to the left.
    expected: list[list[float]] = [
        [0, 0, 0.5, -10],
        [0, 0.75, 0, -20],
        [2.5, 0, 0, 70],
        [0, 0, 0, 1],
    ]
    assert np.allclose(stack.grid.affine, expected, rtol=0, atol=1e-12)
    assert stack.notes == ()
    assert stack.reason == "They lie on one grid."


@pytest.mark.parametrize("orientation", [AXIAL, turned(30), turned(-70), turned(25, "z")])
def test_pixels_lie_where_their_headers_put_them(orientation: tuple[float, ...]) -> None:
    row, column = np.array(orientation[:3]), np.array(orientation[3:])
    normal = np.cross(row, column)
    slices = [
        classic(number, 7.5 * normal * number + (3, -4, 5), orientation=orientation)
        for number in range(9)
    ]
    volume = dk.read_volume(shuffled(slices))
    assert max(sampled_errors(volume, slices)) < 1e-5
    assert volume.grid is not None
    assert volume.grid.spacing == pytest.approx((7.5, 0.75, 0.5), abs=1e-6)


@pytest.mark.parametrize("degrees", [-18.5, 16.5])
def test_a_tilted_gantry_is_a_sheared_grid(degrees: float) -> None:
    # The table moves along z, whatever the tilt of the slices.
    slices = [classic(n, (0, 0, 5 * n), orientation=turned(degrees)) for n in range(1, 13)]
    volume = dk.read_volume(shuffled(slices))
    assert max(sampled_errors(volume, slices)) < 0.002
    assert volume.grid is not None
    assert volume.grid.sheared
    assert volume.grid.tilt == pytest.approx(abs(degrees), abs=1e-6)
    (note,) = volume.notes
    assert note.code == "sheared"
    assert f"{abs(degrees):g} degrees" in note.message


def test_gantry_detector_tilt_is_not_asked() -> None:
    slices = axial(GantryDetectorTilt=20)
    assert not dk.read_volume(slices).notes


def test_slice_thickness_and_spacing_between_slices_are_not_asked() -> None:
    volume = dk.read_volume(axial(SpacingBetweenSlices=77, SliceThickness=3))
    assert volume.grid is not None
    assert volume.grid.spacing[0] == pytest.approx(STEP)


@pytest.mark.parametrize("far", [0.0002, 0.004])
def test_jitter_is_rounding(far: float) -> None:
    rng = np.random.default_rng(3)
    slices = [classic(n, np.array((0, 0, 3.0 * n)) + rng.choice((-far, far), 3)) for n in range(12)]
    (stack,) = dk.stacks(slices)
    assert len(stack) == 12
    assert codes(stack.notes) == ({"positions_rounded"} if far > 0.001 else set())
    assert max(sampled_errors(dk.read_volume(stack), slices)) < 6 * far


def test_positions_rounded_to_tenths_are_one_volume() -> None:
    # As on the console: 6.9368 mm between slices, each place rounded to 0.1 mm.
    slices = [
        classic(n, [round(part, 1) for part in (0, -0.9421 * n, 6.9368 * n)]) for n in range(20)
    ]
    (stack,) = dk.stacks(slices)
    assert len(stack) == 20
    assert codes(stack.notes) >= {"positions_rounded"}


def test_each_slice_has_its_own_slope() -> None:
    slices = axial(RescaleType="US")
    for number, one in enumerate(slices):
        one.RescaleSlope, one.RescaleIntercept = f"{0.9999 + number / 7:.10g}", -number
    volume = dk.read_volume(shuffled(slices))
    assert max(sampled_errors(volume, slices)) < 0.002
    assert volume.units is None


def test_one_slice_has_an_assumed_step() -> None:
    volume = dk.read_volume(classic(1, (1, 2, 3), SpacingBetweenSlices=6, SliceThickness=2))
    assert volume.grid is not None
    assert volume.grid.spacing == (6.0, 0.75, 0.5)
    assert codes(volume.notes) == {"step_assumed"}
    volume = dk.read_volume(classic(1, (1, 2, 3), SliceThickness=2))
    assert volume.grid is not None
    assert volume.grid.spacing == (1.0, 0.75, 0.5)


def test_images_without_a_place_are_in_the_order_of_their_numbers() -> None:
    slices = axial()
    for one in slices:
        del one.ImagePositionPatient
    (stack,) = dk.stacks(shuffled(slices))
    assert stack.grid is None
    assert [one.instance_number for one in stack.slices] == list(range(1, 13))
    assert codes(stack.notes) == {"unplaced"}
    volume = dk.read_volume(slices)
    assert volume.grid is None
    assert volume.array[3, 0, 0] == 400 - 1024


def test_a_mosaic_is_not_read_as_a_slice() -> None:
    slices = axial(3, modality="MR", ImageType=["ORIGINAL", "PRIMARY", "M", "ND", "MOSAIC"])
    (stack,) = dk.stacks(slices)
    assert stack.grid is None
    assert codes(stack.notes) == {"mosaic"}
    for source in (slices, stack):
        with pytest.raises(dk.UnsupportedError, match="mosaics"):
            dk.read_volume(source)


def test_cosines_that_are_no_directions_place_nothing() -> None:
    slices = axial(ImageOrientationPatient=[1, 0, 0, 0.2, 1, 0])
    (stack,) = dk.stacks(slices)
    assert stack.grid is None
    assert codes(stack.notes) == {"unplaced", "orientation_ignored"}


def test_cosines_that_are_a_little_off_are_mended() -> None:
    (stack,) = dk.stacks(axial(ImageOrientationPatient=[1.01, 0, 0, 0.001, 1, 0]))
    assert stack.grid is not None
    assert stack.grid.spacing == pytest.approx((STEP, 0.75, 0.5))
    assert codes(stack.notes) == {"orientation_mended"}


def test_cosines_that_are_rounded_are_taken_as_they_are() -> None:
    cosines = [0.99995, 0.01, 0, -0.01, 0.99995, 0]
    slices = axial(ImageOrientationPatient=cosines)
    (stack,) = dk.stacks(slices)
    assert stack.grid is not None
    assert np.allclose(stack.grid.affine[:3, 2], np.array(cosines[:3]) * 0.5, atol=1e-15)
    assert stack.notes == ()


@given(
    st.integers(2, 8),
    st.floats(0.5, 20),
    st.floats(-80, 80),
    st.sampled_from("xz"),
    st.tuples(*[st.floats(-500, 500)] * 3),
    st.floats(-30, 30),
)
def test_any_even_row_of_slices_is_one_exact_volume(  # noqa: PLR0917 - Hypothesis fills them in
    count: int, step: float, degrees: float, about: str, start: tuple[float, ...], tilt: float
) -> None:
    orientation = np.array(turned(degrees, about))
    normal = np.cross(orientation[:3], orientation[3:])
    slip = np.tan(np.radians(tilt)) * orientation[3:]
    slices = [
        classic(n, start + step * n * (normal + slip), orientation=orientation)
        for n in range(count)
    ]
    volume = dk.read_volume(shuffled(slices))
    assert max(sampled_errors(volume, slices)) < 0.002


def test_there_is_nothing_to_make_a_volume_of() -> None:
    report = Dataset()
    report.Modality = "SR"
    assert dk.stacks([report]) == ()
    with pytest.raises(dk.NoPixelsError):
        dk.read_volume([report])


@pytest.mark.parametrize("step", [0.625, 1.25, 3.3333])
def test_coordinates_of_one_decimal_are_one_volume(step: float) -> None:
    slices = [classic(n, (0, 0, round(step * n, 1))) for n in range(40)]
    volume = dk.read_volume(shuffled(slices))
    assert len(volume) == 40
    assert codes(volume.notes) == {"positions_rounded"}
    # The ends are rounded, and so is what lies between.
    assert max(sampled_errors(volume, slices)) <= 0.1
    # What has more decimals was meant as it stands.
    slices[20].ImagePositionPatient[2] += 0.051
    with pytest.raises(dk.InconsistentError):
        dk.read_volume(slices)
    # A gap is still one, however wide.
    holed = [classic(n, (0, 0, round(step * n, 1))) for n in range(80) if not 20 <= n < 50]
    assert [len(stack) for stack in dk.stacks(holed)] == [20, 30]
    assert dk.read_volume(holed, fill=0).shape[0] == 80


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("ImagePositionPatient", ["1e308", "0", "0"]),
        ("ImagePositionPatient", ["0", "-2e7", "0"]),
        ("ImagePositionPatient", ["0", "0"]),
        ("ImageOrientationPatient", ["1e308"] * 6),
        ("ImageOrientationPatient", ["1", "0", "0", "0", "1"]),
        ("PixelSpacing", ["1e308", "1e308"]),
        ("PixelSpacing", ["1e-320", "1"]),
        ("PixelSpacing", ["-1", "1"]),
        ("PixelSpacing", ["1"]),
    ],
)
def test_numbers_that_place_nothing_cost_the_place_only(keyword: str, value: list[str]) -> None:
    slices = axial()
    setattr(slices[0], keyword, value)
    assert dk.frame_plane(slices[0]) is None
    assert sorted(len(stack) for stack in dk.stacks(slices)) == [1, 11]
    (stack,) = dk.stacks(slices[0])
    assert stack.grid is None
    assert "unplaced" in codes(stack.notes)


@pytest.mark.parametrize("keyword", ["Rows", "Columns"])
def test_what_has_fewer_than_one_row_is_no_image(keyword: str) -> None:
    ds = classic(1, (0, 0, 0))
    ds[keyword] = DataElement(keyword, "IS", "-5")
    assert dk.stacks(ds) == ()


@pytest.mark.parametrize("step", ["1e308", "-1e-310", "0"])
def test_a_step_that_is_none_is_assumed(step: str) -> None:
    (stack,) = dk.stacks(classic(1, (0, 0, 0), SpacingBetweenSlices=step))
    assert stack.grid is not None
    assert stack.grid.spacing[0] == 1


def test_frames_in_all_directions_take_no_longer_each() -> None:
    def seconds(count: int) -> float:
        frames = [
            classic(n, (0.5 * n, 0, 0), orientation=turned(360 * n / count)) for n in range(count)
        ]
        members = [one for ds in frames for one in members_in(ds, ds, DEFAULT_LIMITS)]
        start = time.process_time()
        assert sum(map(len, make_stacks(members))) == count
        return time.process_time() - start

    seconds(10)
    # Ten times as many: a hundred times as long if each were compared with each.
    assert seconds(3000) < 40 * max(seconds(300), 0.01)
