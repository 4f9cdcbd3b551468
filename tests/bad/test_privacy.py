"""Who the patient is stays in the file, whatever is wrong with it.

A made-up name, ID and birth date are put where they belong and where they do not, and must
never come out: not in errors and their tracebacks, warnings, log records, standard streams,
notes, reports, nor in pictures. What shows a dataset on purpose (`metadata_tree`, the
summary of a walk, a layout with the patient's ID) is left out.
"""

from __future__ import annotations

import logging
import traceback
import warnings
from typing import TYPE_CHECKING, Final

import pydicom
import pytest
from tests.bad import files
from tests.bad.files import good, path_of, with_values
from tests.bad.headers import HEADERS
from tests.bad.lies import LIES
from tests.bad.limits import LIMITS
from tests.bad.streams import STREAMS

import dicomkit as dk
from dicomkit.__main__ import main
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame
from dicomkit.errors import DicomKitError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pydicom.dataset import Dataset

NAME: Final = "Tweety^Canary"
IDENTIFIER: Final = "CANARY-4711"
BIRTH_DATE: Final = "18470411"
LARGE: Final = 1_000_000
CANARIES: Final = ("tweety", "canary", BIRTH_DATE)
CASES: Final = {
    **{case.name: case.make for case in (*HEADERS, *STREAMS, *LIMITS)},
    **{case.name: case.make for case in LIES},
}
# Where a text makes a reader stumble: in the place of numbers, dates, UIDs, codes.
MISPLACED: Final = (
    "BitsAllocated",
    "Columns",
    "ImageOrientationPatient",
    "InstanceNumber",
    "Modality",
    "NumberOfFrames",
    "PatientAge",
    "PatientBirthDate",
    "PhotometricInterpretation",
    "PixelSpacing",
    "PresentationLUTShape",
    "RescaleSlope",
    "RescaleType",
    "SOPClassUID",
    "SeriesNumber",
    "SpecificCharacterSet",
    "StudyDate",
    "TransferSyntaxUID",
    "VOILUTFunction",
    "VOILUTSequence",
    "WindowCenter",
    "WindowCenterWidthExplanation",
)

# What instances and the names of pictures are made of, so that it may be seen.
SEEN: Final = ("Modality", "SOPClassUID", "StudyDate")


def leaks(text: str) -> bool:
    return any(canary in text.casefold() for canary in CANARIES)


@pytest.fixture(scope="module")
def with_canary(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Give what finds a good file, as `path_of` does, that belongs to the canary."""
    folder = tmp_path_factory.mktemp("canaries")

    def find(name: str) -> str:
        target = folder / name.replace("/", "_")
        if not target.exists():
            ds = pydicom.dcmread(path_of(name), force=True)
            ds.PatientName, ds.PatientID, ds.PatientBirthDate = NAME, IDENTIFIER, BIRTH_DATE
            ds.OtherPatientIDs = IDENTIFIER
            pydicom.dcmwrite(target, ds)
        return str(target)

    return find


@pytest.fixture
def _canaries(monkeypatch: pytest.MonkeyPatch, with_canary: Callable[[str], str]) -> None:
    """Let every good file that a bad one is made of belong to the canary."""
    monkeypatch.setattr(files, "path_of", with_canary)


@pytest.fixture
def heard(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Listen to all that is said on the side, and find no canary in it."""
    caplog.set_level(logging.DEBUG)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        yield
    said = [str(warning.message) for warning in warned]
    said += [record.getMessage() for record in caplog.records]
    said += capfd.readouterr()
    assert not [text for text in said if leaks(text)]


def use(data: bytes) -> Iterator[object]:
    """Do what may fail, and yield what it gives that is not the dataset's own values."""
    ds = dk.read_dataset(data)
    yield repr(dk.metadata_tree(ds))
    everything = PictureOptions(
        bits=16, padding="background", overlays=True, square=True, mask=True
    )
    actions: tuple[Callable[[Dataset], object], ...] = (
        dk.frame_count,
        dk.stored_values,
        dk.to_values,
        dk.to_hu,
        dk.to_quantity,
        dk.suv_factor,
        dk.overlays,
        dk.voi_options,
        dk.display_pipeline,
        lambda ds: dk.display_pipeline(ds, window="brain"),
        lambda ds: render_frame(dk.open_image(ds), 0, everything),
        lambda ds: dk.series_window([ds]),
        lambda ds: len(dk.metadata_rows(ds)),
        lambda ds: len(str(dk.metadata_tree(ds))),
    )
    for action in actions:
        try:
            yield action(ds)
        except DicomKitError as error:
            yield error


def texts(data: bytes) -> Iterator[str]:
    """Give all that a person could come to read."""
    try:
        for result in use(data):
            if isinstance(result, DicomKitError):
                yield "".join(traceback.format_exception(result))
            yield f"{result} {result!r} {getattr(result, 'notes', '')}"
    except DicomKitError as error:
        yield f"{error} {error!r}"
        yield "".join(traceback.format_exception(error))


@pytest.mark.usefixtures("_canaries", "heard")
@pytest.mark.parametrize("make", CASES.values(), ids=CASES)
def test_bad_files_do_not_say_whose_they_are(make: Callable[[], bytes]) -> None:
    assert not [text for text in texts(make()) if leaks(text)]


@pytest.mark.usefixtures("_canaries", "heard")
@pytest.mark.parametrize("keyword", MISPLACED)
@pytest.mark.parametrize("canary", [NAME, IDENTIFIER, f"{BIRTH_DATE}x"])
def test_a_canary_in_the_wrong_place_does_not_sing(keyword: str, canary: str) -> None:
    data = with_values("CT_small.dcm", **{keyword: canary.encode()})
    assert not [text for text in texts(data) if leaks(text)]


@pytest.fixture(scope="module")
def exam(tmp_path_factory: pytest.TempPathFactory, with_canary: Callable[[str], str]) -> Path:
    """Make a folder of good and bad files that belong to the canary."""
    folder = tmp_path_factory.mktemp("exam")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(files, "path_of", with_canary)
        misplaced = [
            with_values("CT_small.dcm", **{keyword: NAME.encode()})
            for keyword in MISPLACED
            if keyword not in SEEN
        ]
        for number, data in enumerate((*(make() for make in CASES.values()), *misplaced)):
            if len(data) < LARGE:
                (folder / f"{number:03}").write_bytes(data)
        (folder / "good").write_bytes(good("CT_small.dcm"))
    return folder


@pytest.mark.usefixtures("heard")
@pytest.mark.parametrize("suffix", ["jpg", "png", "tif", "webp", "bmp"])
def test_pictures_carry_no_canary(
    suffix: str, with_canary: Callable[[str], str], tmp_path: Path
) -> None:
    output = tmp_path / "pictures"
    source = with_canary("CT_small.dcm")
    report = dk.export_fileset(source, output, format=suffix, layout="{sop_instance_uid}")
    assert report.pictures == 1
    written = [path for path in output.rglob("*") if path.is_file()]
    assert not [path for path in written if leaks(path.name)]
    assert not [path for path in written if leaks(path.read_bytes().decode("latin-1"))]


def test_an_export_reports_without_the_canary(
    exam: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "pictures"
    arguments = ["--workers", "2", "--layout", "{modality}/{sop_instance_uid}"]
    assert main(["export", str(exam), str(output), *arguments]) == 1
    said = "".join(capfd.readouterr())
    assert "failed: " in said
    assert not leaks(said)
    for path in output.rglob("manifest*"):
        assert not leaks(path.read_text(encoding="utf-8"))


def test_instances_and_problems_do_not_show_the_canary(exam: Path) -> None:
    walker = dk.FileSetWalker(exam)
    shown = [repr(walker), *map(repr, walker), *map(repr, walker.series())]
    shown += [f"{problem} {problem!r}" for problem in walker.problems]
    assert len(shown) > len(MISPLACED)
    assert not [text for text in shown if leaks(text)]


def test_the_command_line_fails_without_the_canary(
    exam: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for path in sorted(exam.iterdir()):
        for command in (
            ["show", str(path), "-o", str(tmp_path / f"{path.name}.png")],
            ["tree", str(path)],
        ):
            status = main(command)
            out, err = capfd.readouterr()
            assert not leaks(err)
            assert status in (0, 1)
            if status or command[0] == "show":
                assert not leaks(out)


@pytest.mark.usefixtures("_canaries", "heard")
def test_a_birth_date_as_a_number_of_frames_is_not_quoted() -> None:
    data = with_values("CT_small.dcm", NumberOfFrames=BIRTH_DATE.encode())
    assert not [text for text in texts(data) if leaks(text)]
