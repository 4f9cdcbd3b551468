"""The public namespace: complete, sorted, documented, and nothing else."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import dicomkit as dk

REFERENCE = Path(__file__).parents[1] / "docs" / "reference.md"

# What docs/design.md promises.
PROMISED = {
    "DicomKitError",
    "DisplayPipeline",
    "ExportReport",
    "FileSetWalker",
    "Instance",
    "Limits",
    "LookupTable",
    "Note",
    "Rescale",
    "WINDOWS",
    "Window",
    "apply_window",
    "auto_window",
    "display_pipeline",
    "export_fileset",
    "find_elements",
    "frame_count",
    "metadata_rows",
    "metadata_tree",
    "read_dataset",
    "render",
    "save_image",
    "stored_values",
    "to_hu",
    "to_uint16",
    "to_uint8",
    "to_values",
    "voi_options",
}

# Values that are given, not made: the examples of what gives them show them.
GIVEN = {
    "Contour",
    "Instance",
    "MetadataRow",
    "MetadataTree",
    "Plane",
    "Problem",
    "Segment",
    "Series",
    "Stack",
    "StackSlice",
    "Structure",
}

CALLABLES = [name for name in dk.__all__ if inspect.isroutine(getattr(dk, name))]
CLASSES = [name for name in dk.__all__ if inspect.isclass(getattr(dk, name))]


def test_nothing_promised_is_missing() -> None:
    assert set(dk.__all__) >= PROMISED


def test_all_is_what_is_there() -> None:
    assert set(dk.__all__) == {name for name in dir(dk) if not name.startswith("_")}


def test_nothing_is_listed_twice() -> None:
    assert len(dk.__all__) == len(set(dk.__all__))


@pytest.mark.parametrize("name", [*CALLABLES, *CLASSES])
def test_it_is_documented(name: str) -> None:
    documentation = inspect.getdoc(getattr(dk, name)) or ""
    is_particular_error = (
        inspect.isclass(getattr(dk, name))
        and issubclass(getattr(dk, name), dk.DicomKitError)
        and name != "DicomKitError"
    )
    assert documentation
    assert ">>>" in documentation or is_particular_error or name in GIVEN


@pytest.mark.parametrize("name", CALLABLES)
def test_options_are_keywords_and_none_is_open_ended(name: str) -> None:
    kinds = {
        parameter.kind for parameter in inspect.signature(getattr(dk, name)).parameters.values()
    }
    assert inspect.Parameter.VAR_KEYWORD not in kinds
    assert inspect.Parameter.VAR_POSITIONAL not in kinds


def test_the_reference_lists_every_name_once() -> None:
    # The figures are names of dicomkit.notebook, the types of dicomkit.typing.
    page = re.sub(
        r"^## (?:Figures|Types)$.*?(?=^## )",
        "",
        REFERENCE.read_text("utf-8"),
        flags=re.MULTILINE | re.DOTALL,
    )
    listed = re.findall(r"^\.\. auto\w+:: (\w+)$", page, re.MULTILINE)
    assert sorted(listed) == sorted(dk.__all__)
