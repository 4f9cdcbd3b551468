"""A path, a series or bytes in an image's place are said to be that."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from matplotlib.figure import Figure
from pydicom.data import get_testdata_file

import dicomkit as dk
from dicomkit.dataset.elements.datasets import check_dataset, dataset_of
from dicomkit.notebook import compare, montage, show, show_steps, show_windows

if TYPE_CHECKING:
    from collections.abc import Callable

CT = str(get_testdata_file("CT_small.dcm", download=False))
CALLS: tuple[Callable[[Any], object], ...] = (
    dk.display_pipeline,
    dk.frame_count,
    dk.metadata_rows,
    dk.metadata_tree,
    dk.render,
    dk.stored_values,
    dk.to_hu,
    dk.to_values,
    dk.voi_options,
    lambda given: dk.find_elements(given, "pat"),
)
FIGURES: tuple[Callable[[Any], object], ...] = (
    montage,
    show,
    show_steps,
    lambda given: show_windows(given, ["bone"]),
    lambda given: compare(given, given),
)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("given", [CT, b"", None, 7])
def test_what_is_no_dataset_is_a_type_error(call: Callable[[Any], object], given: object) -> None:
    said = f"expected a pydicom Dataset, not {type(given).__name__}; read_dataset gives one"
    with pytest.raises(TypeError, match=said):
        call(given)


@pytest.mark.parametrize("draw", FIGURES)
@pytest.mark.parametrize("given", [b"", None, 7, dk.FileSetWalker(CT)], ids=repr)
def test_what_cannot_be_drawn_is_a_type_error(draw: Callable[[Any], object], given: object) -> None:
    said = (
        f"expected a path, an Instance, a pydicom Dataset or an Image, not {type(given).__name__}"
    )
    with pytest.raises(TypeError, match=said):
        draw(given)


@pytest.mark.parametrize("draw", FIGURES)
def test_a_figure_is_drawn_of_whatever_leads_to_an_image(draw: Callable[[Any], object]) -> None:
    ds = dk.read_dataset(CT)
    (instance,) = dk.FileSetWalker(CT)
    for given in (CT, Path(CT), instance, ds, dk.open_image(ds)):
        assert isinstance(draw(given), Figure)


@pytest.mark.parametrize("draw", FIGURES)
def test_a_figure_of_a_file_that_is_no_image_names_it(
    draw: Callable[[Any], object], tmp_path: Path
) -> None:
    report = str(get_testdata_file("rtplan.dcm", download=False))
    for given in (report, dk.read_dataset(report)):
        with pytest.raises(dk.NoPixelsError) as caught:
            draw(given)
        assert caught.value.path == report
    with pytest.raises(dk.ReadError):
        draw(tmp_path / "absent")


def test_a_walk_is_no_series() -> None:
    walker = cast("Any", dk.FileSetWalker(CT))
    with pytest.raises(TypeError, match="not FileSetWalker"):
        montage(walker)


def test_an_opened_image_stands_for_its_dataset() -> None:
    ds = dk.read_dataset(CT)
    image = dk.open_image(ds)
    assert dataset_of(image) is ds
    assert dataset_of(ds) is ds
    assert dk.metadata_rows(image) == dk.metadata_rows(ds)
    assert dk.find_elements(image, "pat") == dk.find_elements(ds, "pat")
    assert str(dk.metadata_tree(image)) == str(dk.metadata_tree(ds))


class Holder:
    """Something else that was made of a dataset, or of something else."""

    def __init__(self, dataset: Any) -> None:  # noqa: ANN401
        self.dataset = dataset


def test_whatever_holds_a_dataset_will_do_and_nothing_else() -> None:
    ds = dk.read_dataset(CT)
    assert dataset_of(Holder(ds)) is ds
    with pytest.raises(TypeError, match="expected a pydicom Dataset, not Holder"):
        dataset_of(Holder(CT))
    # An image is no dataset to put elements into.
    with pytest.raises(TypeError, match="expected a pydicom Dataset, not Holder"):
        check_dataset(Holder(ds))
