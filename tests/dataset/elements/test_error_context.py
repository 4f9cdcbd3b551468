"""Errors say which file they are about, from every function that is given a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest
from pydicom.dataset import Dataset
from tests.conftest import real_file

import dicomkit as dk
from dicomkit.dataset.elements.datasets import error_context

if TYPE_CHECKING:
    from collections.abc import Callable

REPORT: Final = real_file("test-SR.dcm")
FUNCTIONS: Final[tuple[Callable[[Dataset], object], ...]] = (
    dk.frame_count,
    dk.stored_values,
    dk.to_values,
    dk.to_hu,
    dk.voi_options,
    dk.display_pipeline,
    dk.render,
    lambda ds: dk.series_window([ds]),
)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_error_has_the_path_that_the_dataset_was_read_from(
    function: Callable[[Dataset], object],
) -> None:
    with pytest.raises(dk.NoPixelsError) as caught:
        function(dk.read_dataset(REPORT))
    assert caught.value.path == str(REPORT)
    assert str(caught.value).startswith(f"{REPORT}: ")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_dataset_that_comes_from_no_file_has_no_path(
    function: Callable[[Dataset], object],
) -> None:
    for ds in (dk.read_dataset(REPORT.read_bytes()), Dataset()):
        with pytest.raises(dk.NoPixelsError) as caught:
            function(ds)
        assert caught.value.path is None


def test_memory_that_is_not_there_is_the_files_fault() -> None:
    with pytest.raises(dk.LimitError) as caught, error_context(dk.read_dataset(REPORT)):
        raise MemoryError
    assert caught.value.path == str(REPORT)
    assert caught.value.__suppress_context__
