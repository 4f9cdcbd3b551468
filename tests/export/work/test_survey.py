from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from dicomkit.export.work.instance import Exporter
from dicomkit.export.work.tasks import (
    Alive,
    Deferred,
    Failure,
    Finished,
    Outcome,
    Picture,
    Surveyed,
    Task,
)
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab


def surveyed(
    lab: Lab,
    path: Path,
    *,
    native_only: bool = False,
    done: frozenset[int] = frozenset(),
    lenient: bool = False,
    **options: Any,  # noqa: ANN401
) -> list[Outcome]:
    (task,) = lab.tasks([path.name], **options)
    survey = Task(0, task.source, task.stem, task.options, done, survey=True)
    out = path.parent / "nothing"
    outcomes = list(
        Exporter(lab.settings(path.parent, out, lenient=lenient)).export(
            survey, native_only=native_only
        )
    )
    assert not out.exists()
    return outcomes


def ends(outcomes: list[Outcome]) -> list[tuple[float, float]]:
    return [
        (extent.low, extent.high)
        for outcome in outcomes
        if isinstance(outcome, Surveyed)
        for extent in outcome.extents
    ]


def test_every_frame_says_how_far_its_view_reaches(lab: Lab, tmp_path: Path) -> None:
    path = lab.save(
        lab.ct(1, frames=3, side=4, WindowCenter=None, WindowWidth=None), tmp_path / "a"
    )
    found = surveyed(lab, path, window="full")
    # 37, 44 and so on, 16 values 7 apart a frame, less 1024.
    assert ends(found) == [(-987, -882), (-875, -770), (-763, -658)]
    assert [one.domain for one in found if isinstance(one, Surveyed)] == ["HU"] * 3
    assert found[-1] == Finished(0)
    assert ends(surveyed(lab, path, window="full", done=frozenset({0, 2}))) == [(-875, -770)]


def test_a_range_of_all_frames_is_every_frames_and_gives_signs_of_life(
    lab: Lab, tmp_path: Path
) -> None:
    path = lab.save(
        lab.ct(1, frames=3, side=4, WindowCenter=None, WindowWidth=None), tmp_path / "a"
    )
    found = surveyed(lab, path)
    assert found[:3] == [Alive(0)] * 3
    assert ends(found) == [(-987, -658)] * 3


def test_values_without_a_modality_step_are_another_domain(lab: Lab, tmp_path: Path) -> None:
    plain = lab.ct(1, RescaleSlope=None, RescaleIntercept=None)
    (first, _) = surveyed(lab, lab.save(plain, tmp_path / "plain"))
    assert isinstance(first, Surveyed)
    assert first.domain == "stored values"
    unnamed = lab.ct(1, Modality="MR")
    (first, _) = surveyed(lab, lab.save(unnamed, tmp_path / "unnamed"))
    assert isinstance(first, Surveyed)
    assert first.domain == "unspecified"


@pytest.mark.parametrize("name", ["examples_rgb_color.dcm", "examples_palette.dcm"])
def test_colour_has_nothing_to_say(lab: Lab, name: str) -> None:
    assert surveyed(lab, lab.real(name)) == [Finished(0)]


def test_a_table_is_a_view_of_its_own(lab: Lab) -> None:
    # Its first view is a VOI LUT.
    assert surveyed(lab, lab.real("vlut_04.dcm")) == [Surveyed(0, None), Finished(0)]


def test_a_decoder_is_asked_for_only_where_a_view_depends_on_it(lab: Lab) -> None:
    path = lab.real("MR_small_RLE.dcm")
    here = surveyed(lab, path, native_only=True)
    assert ends(here) == [(-200, 1399)]
    assert surveyed(lab, path, native_only=True, window="full") == [Deferred(0)]
    assert ends(surveyed(lab, path, window="full")) == ends(
        surveyed(lab, lab.real("MR_small.dcm"), window="full", native_only=True)
    )


def test_frames_that_fail_say_nothing(lab: Lab, tmp_path: Path) -> None:
    ds = lab.ct(1, frames=40, side=4, WindowCenter=None, WindowWidth=None)
    ds.PixelData = ds.PixelData[: 2 * 16 * 5]
    path = lab.save(ds, tmp_path / "short")
    assert len(ends(surveyed(lab, path, window="full"))) == 5
    # What is missing is 0 where the caller is lenient.
    lenient = surveyed(lab, path, window="full", lenient=True)
    assert ends(lenient)[5:] == [(-1024, -1024)] * 35


def test_a_frame_count_that_lies_costs_little(
    lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ds = lab.ct(1, frames=1000, side=4, WindowCenter=None, WindowWidth=None)
    ds.PixelData = b""
    tried = []

    def refuse(*_: object, **__: object) -> None:
        tried.append(1)
        raise ValueError

    monkeypatch.setattr("dicomkit.image.image.open_pixels", refuse)
    assert surveyed(lab, lab.save(ds, tmp_path / "lies")) == [Finished(0)]
    assert len(tried) < 40


def test_what_cannot_be_read_says_so(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("hello")
    first, last = surveyed(lab, tmp_path / "text")
    assert isinstance(first, Failure)
    assert last == Finished(0)


def test_only_windows_that_depend_on_the_image_count(lab: Lab, tmp_path: Path) -> None:
    path = lab.save(lab.ct(1), tmp_path / "a")
    found = surveyed(lab, path, window=(0, Window(1, 2), "bone"))
    assert ends(found) == [(-160, 239)]


def angiogram(lab: Lab, path: Path) -> Path:
    ds = lab.ct(1, frames=3, side=4, RescaleSlope=None, RescaleIntercept=None)
    item = Dataset()
    item.MaskOperation, item.MaskFrameNumbers = "AVG_SUB", [1]
    ds.MaskSubtractionSequence = Sequence([item])
    return lab.save(ds, path)


def test_differences_keep_a_view_of_their_own(lab: Lab, tmp_path: Path) -> None:
    path = angiogram(lab, tmp_path / "a")
    found = [one for one in surveyed(lab, path, mask=True) if isinstance(one, Surveyed)]
    assert [(one.domain, one.extents) for one in found] == [(None, ())] * 3
    assert len(ends(surveyed(lab, path))) == 3


def test_measuring_differences_is_a_sign_of_life(lab: Lab, tmp_path: Path) -> None:
    path = angiogram(lab, tmp_path / "a")
    (task,) = lab.tasks([path.name], mask=True)
    exporter = Exporter(lab.settings(path.parent, tmp_path / "out"))
    (tmp_path / "out").mkdir()
    outcomes = [type(one) for one in exporter.export(task)]
    assert outcomes == [Alive] * 3 + [Picture] * 3 + [Finished]
