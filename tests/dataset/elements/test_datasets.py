"""A path, a series or bytes in a dataset's place are said to be that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from pydicom.data import get_testdata_file

import dicomkit as dk
from dicomkit.dataset.elements.datasets import check_dataset, dataset_of
from dicomkit.notebook import montage, show, show_windows

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
    show,
    lambda given: dk.find_elements(given, "pat"),
    lambda given: show_windows(given, ["bone"]),
)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("given", [CT, b"", None, 7])
def test_what_is_no_dataset_is_a_type_error(call: Callable[[Any], object], given: object) -> None:
    said = f"expected a pydicom Dataset, not {type(given).__name__}; read_dataset gives one"
    with pytest.raises(TypeError, match=said):
        call(given)


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
