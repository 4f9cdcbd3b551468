"""The same options, with the same defaults, wherever they occur; and what a frame may be."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pytest
from pydicom.data import get_testdata_file
from tests.segmentations import segmentation

import dicomkit as dk
import dicomkit.notebook as nb
from dicomkit.limits import DEFAULT_LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydicom.dataset import FileDataset

REQUIRED: Final = inspect.Parameter.empty
EVERYWHERE: Final = {
    "alpha": 0.4,
    "axes": None,
    "ax": None,
    "dicomdir": "auto",
    "follow_links": False,
    "bits": 8,
    "graphics": False,
    "icc": False,
    "labels": None,
    "lenient": False,
    "limits": DEFAULT_LIMITS,
    "mappings": (),
    "mask": False,
    "overlays": False,
    "overwrite": False,
    "padding": "clamp",
    "presentation": None,
    "percentiles": (0.5, 99.5),
    "dtype": np.float32,
    "exclude": None,
    "interpolation": "linear",
    "progress": False,
    "values": "values",
    "quality": 90,
    "sample_color": None,
    "segmentation": None,
    "segments": (),
    "square": False,
    "timeout": 120.0,
    "wash": None,
    "wash_range": None,
    "window": None,
    "workers": None,
}
# Words that mean one thing of pictures and another of volumes, of a volume that is read and of one
# that is made, or of what is worked on and of what lies over it.
TWO_MEANINGS: Final = {
    "padding": {"read_volume", "read_plane", "export_volumes"},
    "fill": {"resample", "unshear"},
    "labels": {"paint"},
    "layout": {"export_volumes"},
    "segments": {"segment_labels"},
    "values": {"apply_window", "auto_window", "color_wash"},
}
# An option that says what to read or write has a name; these two may go without.
BY_PLACE: Final = {"frame", "window"}
# Arrays are of all frames if nothing is said; a description or a figure is of one.
ALL_FRAMES: Final = {"render", "stored_values", "to_hu", "to_quantity", "to_values"}
ONE_FRAME: Final = {
    "compare",
    "display_pipeline",
    "quantities",
    "segment_masks",
    "show",
    "show_steps",
    "show_windows",
    "frame_plane",
    "voi_options",
}
# What decodes says how.
DECODING: Final = {
    "display_pipeline",
    "export_fileset",
    "open_image",
    "overlays",
    "render",
    "series_window",
    "stored_values",
    "to_hu",
    "to_quantity",
    "to_values",
}
# What colours samples have makes no difference to Hounsfield units, windows, overlays, and the
# steps of a pipeline.
NEVER_COLOR: Final = {
    "display_pipeline",
    "overlays",
    "series_window",
    "to_hu",
    "to_quantity",
}
# What opens, or goes through what others open. Figures draw an `Image` as it was opened.
BOUNDED: Final = DECODING | {
    "FileSetWalker",
    "export_volumes",
    "find_elements",
    "frame_count",
    "frame_plane",
    "metadata_rows",
    "metadata_tree",
    "quantities",
    "read_dataset",
    "read_plane",
    "read_volume",
    "resample",
    "segment_labels",
    "segment_masks",
    "stacks",
    "structure_mask",
    "unshear",
    "voi_options",
}

FUNCTIONS: Final[dict[str, Callable[..., Any]]] = {
    name: function
    for module in (dk, nb)
    for name in module.__all__
    if callable(function := getattr(module, name)) and not isinstance(function, type)
} | {"FileSetWalker": dk.FileSetWalker, "FileSetWalker.rows": dk.FileSetWalker.rows}


def parameters() -> Iterator[tuple[str, inspect.Parameter]]:
    for name, function in FUNCTIONS.items():
        for parameter in inspect.signature(function).parameters.values():
            if name not in TWO_MEANINGS.get(parameter.name, ()):
                yield name, parameter


def having(option: str) -> set[str]:
    return {name for name, parameter in parameters() if parameter.name == option}


@pytest.mark.parametrize("option", EVERYWHERE)
def test_an_option_has_one_default(option: str) -> None:
    found = [parameter for name, parameter in parameters() if parameter.name == option]
    # What `apply_window` applies is no option.
    defaults = {parameter.default for parameter in found} - {REQUIRED}
    assert defaults == {EVERYWHERE[option]}
    if option not in BY_PLACE:
        assert {parameter.kind for parameter in found} == {inspect.Parameter.KEYWORD_ONLY}


def test_every_option_is_in_the_table() -> None:
    shared = [parameter.name for _, parameter in parameters() if parameter.default is not REQUIRED]
    twice = {name for name in shared if shared.count(name) > 1} - {
        "frame",
        "format",
        "units",
        "value_range",
    }
    assert twice - set(EVERYWHERE) == set()


def test_a_frame_is_the_first_thing_to_say_of_an_image() -> None:
    assert having("frame") == ALL_FRAMES | ONE_FRAME
    for name, parameter in parameters():
        if parameter.name == "frame":
            assert parameter.default == (None if name in ALL_FRAMES else 0)
            names = list(inspect.signature(FUNCTIONS[name]).parameters.values())
            before = names[: names.index(parameter)]
            # Data come first, and have no names.
            assert {one.kind for one in before} == {inspect.Parameter.POSITIONAL_ONLY}


def test_what_decodes_takes_the_same_options() -> None:
    assert having("lenient") == DECODING
    assert having("sample_color") == DECODING - NEVER_COLOR
    assert having("limits") == BOUNDED


def ct() -> FileDataset:
    return dk.read_dataset(str(get_testdata_file("CT_small.dcm", download=False)))


def several() -> FileDataset:
    return dk.read_dataset(str(get_testdata_file("emri_small.dcm", download=False)))


HINT: Final = "a window is passed by name: window=..."
OVERLAY: Final[dk.Overlay] = dk.Overlay(
    0x6000, np.ones((1, 2, 2), np.bool_), (1, 1), 0, "G", None, None
)
# It lies far from any picture.
SEGMENTATION: Final = segmentation(
    {1: np.ones((1, 2, 2), bool)},
    dk.Grid((1, 2, 2), np.array([[0, 0, 1, 1e5], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]])),
    FrameOfReferenceUID=None,
)
OF_FRAMES: Final[dict[str, Callable[..., Any]]] = {
    "compare": lambda image, frame: nb.compare(image, image, frame),
    "display_pipeline": dk.display_pipeline,
    "quantities": dk.quantities,
    "render": dk.render,
    "segment_masks": lambda image, frame: dk.segment_masks(SEGMENTATION, image, frame),
    "show": nb.show,
    "show_steps": nb.show_steps,
    "show_windows": lambda image, frame: nb.show_windows(image, ["auto"], frame),
    "frame_plane": dk.frame_plane,
    "stored_values": dk.stored_values,
    "to_hu": dk.to_hu,
    "to_quantity": dk.to_quantity,
    "to_values": dk.to_values,
    "voi_options": dk.voi_options,
    "Image": lambda image, frame: dk.open_image(image)[frame],
    "Overlay.plane": lambda _, frame: OVERLAY.plane(frame),
}


def test_every_function_of_a_frame_is_tried() -> None:
    assert set(OF_FRAMES) - {"Image", "Overlay.plane"} == having("frame")


@pytest.mark.parametrize("name", OF_FRAMES)
@pytest.mark.parametrize(
    "frame", [np.int64(0), np.uint8(0), np.array(0)], ids=["int64", "uint8", "array"]
)
def test_a_frame_is_whatever_counts(name: str, frame: object) -> None:
    OF_FRAMES[name](dk.open_image(ct()), frame)


@pytest.mark.parametrize("name", OF_FRAMES)
@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (True, "frame is a number, counted from 0, not True"),
        (np.True_, "frame is a number, counted from 0, not "),
        ("brain", f"frame is a number, counted from 0, not 'brain'; {HINT}"),
        (dk.Window(40, 80), f"frame is a number, counted from 0, not Window; {HINT}"),
        (0.0, "frame is a number, counted from 0, not float"),
    ],
    ids=["True", "numpy True", "preset", "window", "float"],
)
def test_what_is_no_frame_is_told_what_was_meant(name: str, frame: object, said: str) -> None:
    with pytest.raises(TypeError) as caught:
        OF_FRAMES[name](dk.open_image(ct()), frame)
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("name", sorted(set(OF_FRAMES) - {"Overlay.plane"}))
@pytest.mark.parametrize("frame", [-1, 10, np.int64(10)])
def test_a_frame_that_is_not_there(name: str, frame: object) -> None:
    with pytest.raises(IndexError, match="the image has 10, counted from 0"):
        OF_FRAMES[name](several(), frame)
