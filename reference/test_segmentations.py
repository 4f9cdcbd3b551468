"""Segmentations that highdicom makes, as highdicom and dicomkit read them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pydicom
import pytest
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, RLELossless, generate_uid
from tests.conftest import real_file
from tests.segmentations import picture_on, slide
from tests.volumes import turned

import dicomkit as dk
from reference.quiet import quiet

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from dicomkit.transforms.arrays import AnyArray

_PATIENT: Final = (
    "AccessionNumber",
    "PatientBirthDate",
    "PatientSex",
    "PositionReferenceIndicator",
    "ReferringPhysicianName",
    "StudyDate",
    "StudyID",
    "StudyTime",
)
_SPECIMEN: Final = (
    "ContainerIdentifier",
    "ContainerTypeCodeSequence",
    "IssuerOfTheContainerIdentifierSequence",
    "SpecimenDescriptionSequence",
)
KINDS: Final = ("BINARY", "FRACTIONAL", "LABELMAP")


def grid_of(cosines: tuple[float, ...], step: float = 2.5) -> dk.Grid:
    """Make a grid of five slices whose rows and columns lead there."""
    affine = np.eye(4)
    row, column = np.array(cosines[:3]), np.array(cosines[3:])
    affine[:3, 0] = np.cross(row, column) * step
    affine[:3, 1], affine[:3, 2] = column * 0.75, row * 0.5
    affine[:3, 3] = -20, 30, 40
    return dk.Grid((5, 34, 40), affine)


def labels_on(grid: dk.Grid) -> AnyArray:
    """Give an array of the segments 1 to 3, without any symmetry, two slices of it empty."""
    labels = np.random.default_rng(4).integers(0, 4, grid.shape).astype(np.uint8)
    labels[[1, 4]] = 0
    return labels


def described(number: int, color: Any = None) -> Any:  # noqa: ANN401 - highdicom's are untyped
    """Describe a segment as highdicom wants it."""
    import highdicom

    return highdicom.seg.SegmentDescription(
        number,
        f"segment {number}",
        codes.SCT.Tissue,
        codes.SCT.Liver,
        highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
        display_color=color,
    )


def made(
    sources: list[Dataset],
    pixels: AnyArray,
    kind: str,
    numbers: int = 3,
    **more: Any,  # noqa: ANN401 - highdicom's options
) -> Dataset:
    """Let highdicom make a segmentation, and read its file."""
    import highdicom

    if kind == "FRACTIONAL":
        more["fractional_type"] = highdicom.seg.SegmentationFractionalTypeValues.PROBABILITY
    with quiet():
        seg: Any = highdicom.seg.Segmentation(
            sources,
            pixels,
            kind,
            [described(number) for number in range(1, numbers + 1)],
            generate_uid(),
            1,
            generate_uid(),
            1,
            "a maker",
            "a model",
            "1",
            "0",
            **more,
        )
        buffer = BytesIO()
        seg.save_as(buffer)
    return dk.read_dataset(buffer.getvalue())


def series(grid: dk.Grid) -> list[Dataset]:
    """Make the slices of a CT that lie on a grid, each with what highdicom looks for."""
    study, uid = generate_uid(), generate_uid()
    slices = []
    for index in range(grid.shape[0]):
        ds = picture_on(grid, index)
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.InstanceNumber = study, uid, index + 1
        ds.SliceThickness = 2.5
        for keyword in _PATIENT:
            setattr(ds, keyword, "")
        slices.append(ds)
    return slices


def by_highdicom(seg: Dataset, grid: dk.Grid) -> AnyArray:
    """Let highdicom give its volume, on the grid that a CT has."""
    import highdicom

    with quiet():
        image: Any = highdicom.seg.Segmentation.from_dataset(seg)
        volume = image.get_volume(combine_segments=True)
        target = highdicom.Volume(
            np.zeros(grid.shape, np.uint8), grid.affine, "PATIENT", seg.FrameOfReferenceUID
        )
        return np.asarray(volume.match_geometry(target).array)


ORIENTATIONS: Final = {
    "axial": (1.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    "sagittal": (0.0, 1.0, 0.0, 0.0, 0.0, -1.0),
    "prone": (-1.0, 0.0, 0.0, 0.0, -1.0, 0.0),
    "oblique": turned(25),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", ORIENTATIONS)
def test_labels_are_highdicoms_volume(kind: str, orientation: str) -> None:
    """Frames that it left out because they are empty are background in both."""
    grid = grid_of(ORIENTATIONS[orientation])
    labels = labels_on(grid)
    pixels = labels
    if kind == "FRACTIONAL":
        pixels = np.stack([labels == number for number in (1, 2, 3)], axis=-1).astype(np.float32)
    seg = made(series(grid), pixels, kind)
    assert int(seg.NumberOfFrames) < (5 if kind == "LABELMAP" else 15)
    found = dk.segment_labels(seg, grid)
    np.testing.assert_array_equal(found, labels)
    np.testing.assert_array_equal(found, by_highdicom(seg, grid))


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, RLELossless, JPEG2000Lossless])
def test_masks_are_what_highdicom_was_given(syntax: str) -> None:
    """Fractions, in transfer syntaxes that it writes."""
    grid = grid_of(ORIENTATIONS["oblique"])
    fractions = np.random.default_rng(1).integers(0, 256, (*grid.shape, 2)) / np.float32(255)
    slices = series(grid)
    seg = made(
        slices,
        fractions.astype(np.float32),
        "FRACTIONAL",
        2,
        transfer_syntax_uid=syntax,
        max_fractional_value=255,
    )
    for index, one in enumerate(slices):
        for number, mask in dk.segment_masks(seg, one).items():
            np.testing.assert_allclose(mask, fractions[index, ..., number - 1], atol=1e-6)


def test_segments_that_overlap_are_refused_by_both() -> None:
    """Neither chooses one of them."""
    grid = grid_of(ORIENTATIONS["axial"])
    pixels = np.zeros((*grid.shape, 2), np.uint8)
    pixels[2, 3:9, 3:9, 0], pixels[2, 6:12, 6:12, 1] = 1, 1
    seg = made(series(grid), pixels, "BINARY", 2)
    with pytest.raises(RuntimeError, match="overlap"):
        by_highdicom(seg, grid)
    with pytest.raises(dk.InconsistentError, match="overlap"):
        dk.segment_labels(seg, grid)
    np.testing.assert_array_equal(dk.segment_labels(seg, grid, segments=[2]), 2 * pixels[..., 1])


SLIDE_PIXELS: Final = np.random.default_rng(3).integers(0, 4, (90, 130)).astype(np.uint8)


def slide_for_highdicom() -> Dataset:
    """Make a slide with what highdicom looks for."""
    ds = slide((90, 130), (32, 48))
    ds.StudyInstanceUID, ds.FrameOfReferenceUID = generate_uid(), generate_uid()
    for keyword in (*_PATIENT, *_SPECIMEN):
        setattr(ds, keyword, [] if keyword.endswith("Sequence") else "x" * ("Id" in keyword))
    path = pydicom.Dataset()
    path.OpticalPathIdentifier = "1"
    ds.OpticalPathSequence = [path]
    ds.ImageType, ds.NumberOfOpticalPaths = ["DERIVED", "PRIMARY", "VOLUME", "NONE"], 1
    ds.VolumetricProperties = "VOLUME"
    return ds


@pytest.mark.parametrize("organization", ["TILED_FULL", "TILED_SPARSE"])
@pytest.mark.parametrize("kind", ["BINARY", "LABELMAP"])
def test_tiles_are_where_highdicom_put_them(kind: str, organization: str) -> None:
    """Tiles of another size than the slide's, in both organizations."""
    import highdicom

    picture = slide_for_highdicom()
    pixels = SLIDE_PIXELS.copy()
    pixels[32:64, 48:96] = 0
    seg = made(
        [picture],
        pixels[None],
        kind,
        tile_pixel_array=True,
        tile_size=(40, 40),
        dimension_organization_type=organization,
        omit_empty_frames=organization == "TILED_SPARSE",
    )
    with quiet():
        image: Any = highdicom.seg.Segmentation.from_dataset(seg)
        whole = image.get_total_pixel_matrix(combine_segments=True)
    np.testing.assert_array_equal(whole, pixels)
    padded = np.pad(pixels, [(0, 6), (0, 14)])
    opened = dk.open_image(seg)
    for frame in range(9):
        top, left = 32 * (frame // 3), 48 * (frame % 3)
        for number, mask in dk.segment_masks(opened, picture, frame).items():
            expected = padded[top : top + 32, left : left + 48] == number
            np.testing.assert_array_equal(mask, expected)


def test_a_real_file_is_highdicoms_volume() -> None:
    """A liver that 3D Slicer wrote."""
    seg = dk.read_dataset(real_file("liver.dcm"))
    (stack,) = dk.stacks(seg)
    assert stack.grid is not None
    found = dk.segment_labels(seg, stack.grid)
    np.testing.assert_array_equal(found, by_highdicom(seg, stack.grid))
    # highdicom draws no slice twice: what it counts is what there is.
    assert np.count_nonzero(found) == np.count_nonzero(dk.stored_values(seg))


@pytest.mark.parametrize(
    "rgb", [(255, 0, 0), (128, 0, 0), (10, 10, 10), (221, 130, 101), (1, 2, 3)]
)
def test_colours_are_what_highdicom_wrote(rgb: tuple[int, int, int]) -> None:
    """A level is the rounding of 16 bits."""
    import highdicom

    ds = pydicom.Dataset()
    ds.SegmentSequence = [described(1, highdicom.color.CIELabColor.from_rgb(*rgb))]
    (segment,) = dk.segments(ds)
    assert segment.color is not None
    assert max(abs(a - b) for a, b in zip(segment.color, rgb, strict=True)) <= 1
