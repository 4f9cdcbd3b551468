from __future__ import annotations

import pytest

from dicomkit.export.progress import reporting


def test_a_callback_hears_how_far_it_is() -> None:
    heard: list[tuple[int, int]] = []
    with reporting(lambda done, total: heard.append((done, total)), 5, 2) as update:
        update(3)
        update(5)
    assert heard == [(2, 5), (3, 5), (5, 5)]


def test_silence_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    with reporting(False, 5, 0) as update:  # noqa: FBT003
        update(5)
    assert capsys.readouterr() == ("", "")


def test_a_bar_where_tqdm_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    with reporting(True, 5, 2) as update:  # noqa: FBT003
        update(3)
        update(5)
    out, err = capsys.readouterr()
    assert out == ""
    assert "export: 100%" in err
    assert "5/5" in err


def test_nothing_where_it_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dicomkit.export.progress.find_spec", lambda _name: None)
    with reporting(True, 5, 2) as update:  # noqa: FBT003
        update(5)
    assert capsys.readouterr() == ("", "")
