"""What is done to each mutant: everything that reads, and nothing may fail but as promised."""

from __future__ import annotations

import logging
import traceback
import warnings
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
from tests.fuzz.states import IMAGE

import dicomkit as dk
from dicomkit.dataset.modules.references import ImageReference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pydicom.dataset import Dataset

__all__ = ["Problem", "probe"]

_T = TypeVar("_T")
# Enough to see frames that differ, few enough to get through thousands of mutants.
_FRAMES: Final = 3
# A number, a date, several values, a path, a private one, bytes.
_ELEMENTS: Final = (
    "SliceThickness",
    "AcquisitionDateTime",
    "ImageType",
    "SharedFunctionalGroupsSequence[0].PixelMeasuresSequence.PixelSpacing",
    "0009,1001",
    "(0009,GEMS_IDEN_01,01)",
    "ICCProfile",
)
_WINDOWS: Final = (dk.Window(40, 80), dk.Window(0.5, 0.2, "LINEAR_EXACT"), "auto")
# A state may ask for any area: its picture must not take all that a worker has.
_SMALL: Final = dk.Limits(frame_bytes=1 << 26)
# That of the made segmentations and structures.
_GRID: Final = dk.Grid(
    (3, 8, 9), np.array([[0, 0, 1, 2], [0, 1, 0, 3], [2, 0, 0, 4], [0, 0, 0, 1]])
)
_LIBRARY: Final = f"{Path(dk.__file__).parent.name}/"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that must not happen.

    Attributes
    ----------
    probe : str
        What was being done.
    kind : str
        ``"exception"``, ``"memory"``, ``"log"`` or ``"value"`` for one that was given away.
    what : str
        The exception's name and the last of our own lines it came through.
    detail : str
        The whole traceback.
    """

    probe: str
    kind: str
    what: str
    detail: str


class _Records(logging.Handler):
    """Keeps what anything logs: pydicom's records quote values."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def probe(folder: Path, source: Path, secrets: tuple[str, ...] = ()) -> list[Problem]:
    """Do everything that reads to one file, and list what went wrong.

    Parameters
    ----------
    folder : Path
        The folder to walk.
    source : Path
        The mutant in it.
    secrets : tuple of str
        Values that no error, warning or log record may quote.
    """
    problems: list[Problem] = []
    with _listening(problems):
        found: list[Dataset] = []
        _attempt("read_dataset", lambda: found.append(dk.read_dataset(source)), problems, secrets)
        for ds in found:
            for name, action in _on_dataset(ds).items():
                _attempt(name, action, problems, secrets)
        _attempt("walk", lambda: _walk(folder), problems, secrets)
        _attempt("export", lambda: _export(folder), problems, secrets)
    return problems


def _on_dataset(ds: Dataset) -> dict[str, Callable[[], object]]:
    return {
        "stored_values": lambda: dk.stored_values(ds, 0),
        "stored_values, lenient": lambda: dk.stored_values(ds, 0, lenient=True),
        "frames": lambda: list(islice(dk.open_image(ds), _FRAMES)),
        "to_values": lambda: dk.to_values(ds, 0),
        "to_hu": lambda: dk.to_hu(ds, 0),
        "to_quantity": lambda: repr(dk.to_quantity(ds, 0, lenient=True)),
        "quantities": lambda: dk.quantities(ds),
        "suv_factor": lambda: dk.suv_factor(ds),
        "voi_options": lambda: dk.voi_options(ds),
        "overlays": lambda: dk.overlays(ds),
        "display_pipeline": lambda: str(dk.display_pipeline(ds)),
        "display_pipeline, html": lambda: _html(dk.display_pipeline(ds)),
        "render": lambda: dk.render(ds, 0),
        "render, three windows": lambda: dk.render(ds, 0, _WINDOWS, overlays=True),
        "render, as YBR": lambda: dk.render(ds, 0, sample_color="ybr", lenient=True),
        "padding": lambda: dk.display_pipeline(ds, padding="background"),
        "render, all options": lambda: dk.render(
            ds,
            dk.frame_count(ds) - 1,
            "auto",
            bits=16,
            padding="background",
            overlays=True,
            square=True,
            mask=True,
            lenient=True,
        ),
        "render, subtracted": lambda: dk.render(ds, 0, mask=True),
        "render, icc": lambda: dk.render(ds, 0, icc=True, lenient=True),
        "presentation": lambda: _present(ds),
        "metadata_tree": lambda: str(dk.metadata_tree(ds)),
        "metadata_tree, html": lambda: _html(dk.metadata_tree(ds)),
        "metadata_rows": lambda: dk.metadata_rows(ds),
        "find_elements": lambda: dk.find_elements(ds, "pat"),
        "segments": lambda: repr(dk.segments(ds)),
        "segment_masks": lambda: dk.segment_masks(ds, ds, dk.frame_count(ds) - 1),
        "segment_labels": lambda: dk.segment_labels(ds, _GRID, overlap="last"),
        "structures": lambda: _structures(ds),
    }


def _present(ds: Dataset) -> None:
    """Draw an image as a dataset shows it, if it is a state, whatever it references."""
    state = dk.presentation_state(ds)
    repr(state)
    image = dk.read_dataset(IMAGE)
    state = replace(state, references=(ImageReference(image.SOPInstanceUID),))
    str(dk.display_pipeline(image, presentation=state, limits=_SMALL))
    drawn = dk.render(image, presentation=state, graphics=True, square=True, bits=16, limits=_SMALL)
    assert drawn.nbytes <= _SMALL.frame_bytes


def _structures(ds: Dataset) -> None:
    for structure in dk.structures(ds):
        repr(structure)
        str(dk.structure_notes(structure, _GRID))
        assert dk.structure_mask(structure, _GRID).shape == _GRID.shape


def _walk(folder: Path) -> None:
    walker = dk.FileSetWalker(folder)
    for instance in walker:
        str(instance)
    walker.summary(units=True)
    str(walker.problems)
    walker.rows(elements=_ELEMENTS, units=True)
    _html(walker)


class _Inline(Executor):
    """Does at once what it is given: the guard is around this process."""

    def submit(self, work: Callable[..., _T], /, *args: Any, **options: Any) -> Future[_T]:  # noqa: ANN401
        future: Future[_T] = Future()
        try:
            future.set_result(work(*args, **options))
        except Exception as error:  # noqa: BLE001 - it is the caller's
            future.set_exception(error)
        return future


def _export(folder: Path) -> None:
    with TemporaryDirectory() as output:
        report = dk.export_fileset(
            folder,
            output,
            overlays=True,
            padding="background",
            square=True,
            lenient=True,
            executor=_Inline(),
            presentation_states=True,
            graphics=True,
            limits=_SMALL if (folder / IMAGE.name).exists() else dk.Limits(),
        )
        _html(report)
        foreseen = [entry for entry in report.entries if entry.code == "error"]
        assert not foreseen, [entry.message for entry in foreseen]


def _html(value: object) -> object:
    """Do what a notebook does."""
    return getattr(value, "_repr_html_", value.__str__)()


def _attempt(
    name: str, action: Callable[[], object], problems: list[Problem], secrets: tuple[str, ...]
) -> None:
    try:
        action()
    except Exception as error:  # noqa: BLE001 - what it is, is what is to be found out
        said = "".join(traceback.format_exception(error))
        if _ran_out(error):
            problems.append(Problem(name, "memory", _place(error), said))
        elif not isinstance(error, dk.DicomKitError):
            problems.append(Problem(name, "exception", _place(error), said))
        elif any(secret in said for secret in secrets):
            problems.append(Problem(name, "value", _place(error), said))


def _ran_out(error: BaseException | None) -> bool:
    """Tell whether an error, however it was dressed, is memory that was not there."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _place(error: BaseException) -> str:
    lines = traceback.extract_tb(error.__traceback__)
    ours = [line for line in lines if _LIBRARY in line.filename.replace("\\", "/")] or list(lines)
    last = ours[-1]
    return f"{type(error).__name__} in {Path(last.filename).name}:{last.name}"


@contextmanager
def _listening(problems: list[Problem]) -> Iterator[None]:
    """Turn warnings into errors, and log records into problems."""
    records = _Records()
    root = logging.getLogger()
    root.addHandler(records)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            yield
    finally:
        root.removeHandler(records)
    problems.extend(
        Problem("logging", "log", f"{record.name}:{record.funcName}", record.getMessage())
        for record in records.records
    )
