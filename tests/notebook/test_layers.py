"""What is painted over pictures: regions with a legend, values with a scale."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.segmentations import picture_on, segmentation
from tests.structures import contour, square, structure_set

import dicomkit as dk
from dicomkit.notebook import montage, planes, show

if TYPE_CHECKING:
    from pathlib import Path

    from dicomkit.transforms.arrays import AnyArray

GRID = dk.Grid((4, 10, 12), [[0, 0, 1, -9], [0, 1, 0, 5], [3, 0, 0, 40], [0, 0, 0, 1]])
FIRST, SECOND = np.zeros((2, *GRID.shape), bool)
FIRST[1:3, 2:7, 2:7], SECOND[2, 4:9, 4:9] = True, True
RED = (255, 0, 0)
VOLUME = dk.Volume(np.full(GRID.shape, 40, np.float32), GRID, "HU", (), ())
DOSE = dk.Volume(np.arange(480, dtype=np.float32).reshape(GRID.shape) / 8, GRID, "Gy", (), ())


def pictures(figure: Figure) -> list[AnyArray]:
    return [np.asarray(image.get_array()) for ax in figure.axes for image in ax.images]


def named(figure: Figure) -> list[str]:
    legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes)]
    return [text.get_text() for one in legends if one for text in one.get_texts()]


def test_a_segmentation_is_painted_in_its_colours_and_named(tmp_path: Path) -> None:
    seg, picture = segmentation({2: SECOND, 1: FIRST}, GRID), picture_on(GRID, 2)
    seg.SegmentSequence[0].SegmentLabel = "_odd $name$"
    path = tmp_path / "seg.dcm"
    seg.save_as(path, enforce_file_format=True)
    masks = {1: FIRST[2], 2: SECOND[2]}
    expected = dk.paint(dk.render(picture), masks, {1: RED})
    assert (expected[2, 2] == [102, 0, 0]).all()
    for source in (seg, dk.open_image(seg), path):
        figure = show(picture, segmentation=source)
        np.testing.assert_array_equal(pictures(figure)[0], expected)
        assert named(figure) == ["segment 1", "_odd $name$"]
    # On another slice, one of them is to be seen; on the first, none.
    assert named(show(picture_on(GRID, 1), segmentation=seg)) == ["segment 1"]
    assert named(show(picture_on(GRID, 0), segmentation=seg)) == []
    figure.savefig(tmp_path / "drawn.png")


def test_axes_of_the_callers_hold_the_legend() -> None:
    seg = segmentation({1: FIRST}, GRID)
    figure = Figure()
    left, right = figure.subplots(1, 2)
    show(picture_on(GRID, 2), segmentation=seg, ax=right)
    assert left.get_legend() is None
    assert right.get_legend().get_texts()[0].get_text() == "segment 1"
    montage(VOLUME, 1, labels=FIRST.astype(int), axes=[left])
    assert left.get_legend().get_texts()[0].get_text() == "region 1"


def test_a_segmentation_elsewhere_is_refused() -> None:
    seg = segmentation({1: FIRST}, GRID)
    with pytest.raises(dk.InconsistentError, match="Frame of Reference"):
        show(picture_on(GRID, 2, FrameOfReferenceUID="1.2.3"), segmentation=seg)
    with pytest.raises(ValueError, match="paint takes masks"):
        show(np.zeros((10, 12)), segmentation=seg)


def test_labels_lie_over_the_slices_of_a_volume() -> None:
    seg = segmentation({2: SECOND, 1: FIRST}, GRID)
    labels = dk.segment_labels(seg, GRID, overlap="last")
    figure = montage(VOLUME, 4, "brain", labels=labels, segments=dk.segments(seg))
    window = dk.WINDOWS["brain"]
    for k, drawn in enumerate(pictures(figure)):
        gray = dk.to_uint8(window(VOLUME.array[k]))
        np.testing.assert_array_equal(drawn, dk.paint(gray, labels[k], {1: RED}))
    assert named(figure) == ["segment 1", "segment 2"]


def test_masks_of_structures_lie_over_all_three_cuts() -> None:
    rt = structure_set([contour(square(GRID, k, 1.5, 2.5, 4)) for k in (1, 2)], [])
    structures = dk.structures(rt)
    masks = {one.number: dk.structure_mask(one, GRID) for one in structures}
    figure = planes(VOLUME, (2, 3, 5), "brain", labels=masks, segments=structures)
    gray = dk.to_uint8(dk.WINDOWS["brain"](VOLUME.array))
    expected = [
        dk.paint(gray[2], {1: masks[1][2]}, {1: (250, 10, 0)}),
        # The head is up.
        dk.paint(gray[:, 3], {1: masks[1][:, 3]}, {1: (250, 10, 0)})[::-1],
        dk.paint(gray[:, :, 5], {1: masks[1][:, :, 5]}, {1: (250, 10, 0)})[::-1],
    ]
    for drawn, picture in zip(pictures(figure), expected, strict=True):
        np.testing.assert_array_equal(drawn, picture)
    # The other one has nothing to be seen.
    assert named(figure) == ["structure 1"]


def test_a_wash_has_its_scale() -> None:
    figure = montage(VOLUME, 4, "brain", wash=DOSE)
    bar = figure.axes[-1]
    assert bar.get_ylabel() == "Gy"
    # A tenth of the highest value, 479 / 8, and that.
    assert bar.get_ylim() == pytest.approx((5.9875, 59.875))
    gray = dk.to_uint8(dk.WINDOWS["brain"](VOLUME.array[2]))
    expected = dk.color_wash(gray, DOSE.array[2], (5.9875, 59.875))
    np.testing.assert_array_equal(pictures(figure)[2], expected)
    figure = planes(VOLUME, wash=DOSE, wash_range=(20, 40))
    assert figure.axes[-1].get_ylim() == (20, 40)


def test_labels_are_outlines_over_a_wash() -> None:
    labels = FIRST.astype(int)
    figure = montage(VOLUME, 4, "brain", wash=DOSE, wash_range=(6, 60), labels=labels)
    gray = dk.to_uint8(dk.WINDOWS["brain"](VOLUME.array[2]))
    washed = dk.color_wash(gray, DOSE.array[2], (6, 60))
    expected = dk.paint(washed, labels[2], alpha=0, outline=True)
    np.testing.assert_array_equal(pictures(figure)[2], expected)
    assert (expected[4, 4] == washed[4, 4]).all()


def test_a_wash_on_another_grid_is_refused() -> None:
    coarse = dk.resample(DOSE, GRID.with_spacing((3, 2, 2)))
    with pytest.raises(dk.InconsistentError, match="resample"):
        montage(VOLUME, wash=coarse)
    back = dk.resample(coarse, GRID)
    assert len(pictures(planes(VOLUME, wash=back))) == 3


@pytest.mark.parametrize(
    ("source", "options", "said"),
    [
        (VOLUME, {"labels": FIRST[0]}, "shape"),
        (VOLUME, {"labels": {1: FIRST[0]}}, "shape"),
        (VOLUME, {"wash": dk.Volume(-DOSE.array, GRID, "Gy", (), ())}, "wash_range"),
        (VOLUME, {"wash": DOSE, "wash_range": (2, 1)}, "ascend"),
        (picture_on(GRID), {"labels": FIRST}, "over a volume"),
        (picture_on(GRID), {"wash": DOSE}, "over a volume"),
    ],
)
def test_what_does_not_lie_over_a_volume_is_refused(
    source: Any,  # noqa: ANN401 - what montage takes
    options: dict[str, Any],
    said: str,
) -> None:
    with pytest.raises(ValueError, match=said):
        montage(source, **options)


def test_a_legend_of_many_names_some() -> None:
    labels = np.arange(480).reshape(GRID.shape) % 40
    names = named(montage(VOLUME, 4, labels=labels))
    assert names[0] == "region 1"
    assert names[-1] == "and 15 more"
    assert len(names) == 25
