"""Every bad file is refused with its code, soon, in little memory, by every public function."""

from __future__ import annotations

import pickle
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pytest
from tests.bad.headers import HEADERS
from tests.bad.limits import LIMITS
from tests.bad.streams import STREAMS

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydicom.dataset import Dataset
    from tests.bad.case import Case

CASES: Final = (*HEADERS, *LIMITS, *STREAMS)
PUBLIC: Final[dict[str, Callable[[Dataset], object]]] = {
    "display_pipeline": dk.display_pipeline,
    "find_elements": lambda ds: dk.find_elements(ds, "pat"),
    "frame_count": dk.frame_count,
    "frame_plane": dk.frame_plane,
    "frame_rate": dk.frame_rate,
    "metadata_rows": dk.metadata_rows,
    "metadata_tree": lambda ds: str(dk.metadata_tree(ds)),
    "open_image": lambda ds: list(dk.open_image(ds)),
    "overlays": dk.overlays,
    "read_plane": lambda ds: [dk.read_plane(stack, 0) for stack in dk.stacks(ds)],
    "read_volume": dk.read_volume,
    "read_volume in place of what is missing": lambda ds: dk.read_volume(
        ds, dtype="stored", padding=0, fill=0
    ),
    "render": dk.render,
    "render a frame leniently": lambda ds: dk.render(ds, 0, lenient=True),
    "segment_labels": lambda ds: [
        dk.segment_labels(ds, stack.grid) for stack in dk.stacks(ds) if stack.grid
    ],
    "segment_masks": lambda ds: dk.segment_masks(ds, ds),
    "segments": dk.segments,
    "series_window": lambda ds: dk.series_window([ds]),
    "quantities": dk.quantities,
    "stacks": dk.stacks,
    "stored_values": dk.stored_values,
    "stored_values leniently": lambda ds: dk.stored_values(ds, lenient=True),
    "structure_mask": lambda ds: [
        dk.structure_mask(one, dk.Grid((2, 9, 9), np.eye(4))) for one in dk.structures(ds)
    ],
    "structure_notes": lambda ds: [
        dk.structure_notes(one, dk.Grid((2, 9, 9), np.eye(4))) for one in dk.structures(ds)
    ],
    "structures": dk.structures,
    "suv_factor": dk.suv_factor,
    "to_hu": dk.to_hu,
    "to_quantity": dk.to_quantity,
    "to_values": dk.to_values,
    "voi_options": dk.voi_options,
}
SECONDS: Final = 3.0
MEGABYTES: Final = 200


@contextmanager
def bounded() -> Iterator[None]:
    """Hold what is done to a few seconds of the processor and some memory."""
    before = _peak()
    start = time.process_time()
    yield
    assert time.process_time() - start < SECONDS
    assert _peak() - before < MEGABYTES


def _peak() -> int:
    """Give the process's highest memory since the last call, in MB; 0 where nothing says it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    lines = dict(line.split(":", 1) for line in status.read_text(encoding="ascii").splitlines())
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return int(lines["VmHWM"].split()[0]) >> 10


def read_and_show(data: bytes) -> None:
    ds = dk.read_dataset(data)
    dk.stored_values(ds)
    dk.render(ds)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_bad_file_is_refused_with_its_code(case: Case) -> None:
    data = case.make()
    with bounded(), pytest.raises(dk.DicomKitError) as caught:
        read_and_show(data)
    assert caught.value.code == case.code
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301 - made here
    assert (type(copy), str(copy)) == (type(caught.value), str(caught.value))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_public_function_lets_another_error_out(case: Case) -> None:
    try:
        ds = dk.read_dataset(case.make())
    except dk.DicomKitError:
        return
    for function in PUBLIC.values():
        with bounded():
            try:
                function(ds)
            except dk.DicomKitError as error:
                assert error.code != "error"  # noqa: PT017 - success is as good


def test_every_public_function_of_a_dataset_is_tried() -> None:
    takes_something_else = {"apply_window", "auto_window", "export_fileset", "read_dataset"}
    takes_something_else |= {"encode_image", "save_image", "to_uint16", "to_uint8"}
    takes_something_else |= {"export_volumes", "presentation_state", "resample", "save_volume"}
    takes_something_else |= {"color_wash", "paint", "save_film"}
    takes_something_else |= {"to_nibabel", "to_sitk", "unshear"}
    functions = {name for name in dk.__all__ if name.islower()}
    assert functions - takes_something_else == {name.split()[0] for name in PUBLIC}
