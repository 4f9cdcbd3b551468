"""Functions of a user's own, annotated: mypy and pyright accept them, and they run."""

# No `from __future__ import annotations`: the types have to be there when a program runs.
import io
from collections.abc import Callable
from pathlib import Path
from typing import Literal, assert_type

import numpy as np
import numpy.typing as npt
from pydicom.data import get_testdata_file
from pydicom.dataset import FileDataset

import dicomkit as dk
from dicomkit.typing import (
    AnyArray,
    BinaryReader,
    BinaryWriter,
    Cell,
    Depth,
    FloatArray,
    ImageLike,
    ImageSource,
    Padding,
    Per,
    Picture,
    Progress,
    Row,
    SampleColor,
    SingleWindow,
    Status,
    Step,
    Transform,
    Value,
    VoiFunction,
    WindowLike,
)

CT = str(get_testdata_file("CT_small.dcm", download=False))


def picture(
    ds: ImageLike,
    window: WindowLike = None,
    bits: Depth = 8,
    padding: Padding = "clamp",
    color: SampleColor | None = None,
) -> Picture:
    return dk.render(ds, 0, window, bits=bits, padding=padding, sample_color=color)


def values(ds: ImageLike | None) -> FloatArray | None:
    return None if ds is None else dk.to_values(ds, 0)


def copied(source: BinaryReader, target: BinaryWriter, window: SingleWindow = "bone") -> None:
    dk.save_image(dk.render(dk.read_dataset(source), window=window), target, format="png")


def transforms(pipeline: dk.DisplayPipeline, wanted: Callable[[Step], bool]) -> list[Transform]:
    return [step.transform for step in pipeline.steps if wanted(step)]


def test_images() -> None:
    ds = assert_type(dk.read_dataset(CT), FileDataset)
    image = assert_type(dk.open_image(ds), dk.Image)
    sources: list[ImageSource] = [ds, image, CT]
    assert len(sources) == 3
    assert picture(ds, "bone").dtype == np.uint8
    assert picture(image, dk.Window(40, 80), 16, "background").dtype == np.uint16
    assert picture(image, ["bone", dk.Window(40, 80), "auto"]).shape == (128, 128, 3)
    assert values(None) is None
    found = values(image)
    assert found is not None
    assert found.dtype == np.float32
    assert_type(dk.stored_values(image, np.int64(0)), AnyArray)
    assert_type(dk.render(image), npt.NDArray[np.uint8])
    assert_type(dk.render(image, bits=16), npt.NDArray[np.uint16])


def test_streams() -> None:
    target = io.BytesIO()
    with Path(CT).open("rb") as source:
        copied(source, target)
    assert target.getvalue() == dk.encode_image(
        dk.render(dk.read_dataset(CT), window="bone"), "png"
    )


def test_steps() -> None:
    found = transforms(dk.display_pipeline(dk.read_dataset(CT)), lambda step: step.role == "VOI")
    assert [type(transform) for transform in found] == [dk.Window]
    function: VoiFunction = "SIGMOID"
    assert dk.Window(40, 80, function).function == function


def test_rows(tmp_path: Path) -> None:
    per: Per = "series"
    walker = dk.FileSetWalker(CT)
    rows: list[Row] = walker.rows(per=per, elements=["SliceThickness"])
    cell: Cell = rows[0]["SliceThickness"]
    assert cell == 5.0
    value: Value = dk.find_elements(dk.read_dataset(CT), "SliceThickness")[0].value
    assert value == 5.0
    progress: Progress = max
    report = dk.export_fileset(CT, tmp_path, progress=progress)
    statuses: list[Status] = [entry.status for entry in report.entries]
    written: Literal["written"] = "written"
    assert statuses == [written]
