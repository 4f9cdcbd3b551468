"""Figures need no pyplot, no screen and no state."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from matplotlib.figure import Figure

import dicomkit.notebook
from dicomkit.notebook.canvas import NotebookFigure, figure_of, given_axes, grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydicom.dataset import Dataset


def test_pyplot_is_never_imported() -> None:
    code = (
        "import io, sys, dicomkit as dk, pydicom.data;"
        "from dicomkit.notebook import show;"
        "ds = dk.read_dataset(pydicom.data.get_testdata_file('CT_small.dcm'));"
        "show(ds).savefig(io.BytesIO());"
        "print('matplotlib.pyplot' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
        env={"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert done.stdout.strip() == "False"


def test_without_matplotlib_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(ImportError, match=r"pip install 'dicomkit\[plot\]'"):
        importlib.reload(dicomkit.notebook)


def test_a_notebook_gets_a_png(sample: Callable[[str], Dataset]) -> None:
    figure = dicomkit.notebook.show(sample("CT_small.dcm"))
    assert isinstance(figure, NotebookFigure)
    png = figure._repr_png_()
    assert png.startswith(b"\x89PNG\r\n\x1a\n")


def test_a_grid_is_listed_row_by_row() -> None:
    axes = grid(2, 3, size=(6, 4))
    places = [ax.get_subplotspec() for ax in axes]
    assert [
        (place.rowspan.start, place.colspan.start) for place in places if place is not None
    ] == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)]
    assert figure_of(axes[0]).get_size_inches().tolist() == [6, 4]


def test_axes_may_come_in_any_shape() -> None:
    axes = Figure().subplots(2, 2)
    assert given_axes(axes, 4) == list(axes.ravel())
    assert given_axes(axes[0, 0], 1) == [axes[0, 0]]


def test_too_few_axes_are_refused() -> None:
    with pytest.raises(ValueError, match="3 axes are needed, 2 were given"):
        given_axes(Figure().subplots(1, 2), 3)


def test_what_is_no_axes_is_refused() -> None:
    with pytest.raises(TypeError, match="matplotlib axes"):
        given_axes(["left"], 1)


def test_the_figure_of_a_subfigure_is_the_outer_one() -> None:
    outer = Figure()
    inner = outer.add_subfigure(outer.add_gridspec(1, 2)[0, 1])
    assert figure_of(inner.add_subplot()) is outer
