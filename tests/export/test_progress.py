from __future__ import annotations

import pytest

from dicomkit.export.progress import reporting


def test_a_callback_hears_how_far_it_is() -> None:
    heard: list[tuple[int, int]] = []
    with reporting(lambda done, total: heard.append((done, total)), 5, 2) as update:
        update(3, "")
        update(5, "")
    assert heard == [(2, 5), (3, 5), (5, 5)]


def test_silence_is_the_default(capsys: pytest.CaptureFixture[str]) -> None:
    with reporting(False, 5, 0) as update:  # noqa: FBT003
        update(5, "5 written")
    assert capsys.readouterr() == ("", "")


def test_a_bar_where_tqdm_is_installed(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    with reporting(True, 5, 2) as update:  # noqa: FBT003
        update(3, "3 written")
        update(5, "4 written, 1 failed")
    out, err = capsys.readouterr()
    assert out == ""
    assert "export: 100%" in err
    assert "5/5" in err
    assert err.rstrip().endswith("file/s, 4 written, 1 failed]")


def test_a_line_where_it_is_not(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = iter([0.0, 0.5, 2.0, 2.0, 2.5, 4.0])
    monkeypatch.setattr("dicomkit.export.progress.find_spec", lambda _name: None)
    monkeypatch.setattr("dicomkit.export.progress.time.monotonic", lambda: next(clock))
    with reporting(True, 300, 100) as update:  # noqa: FBT003
        update(150, "149 written, 1 failed")
        assert capsys.readouterr() == ("", "")
        update(200, "199 written, 1 failed")
        assert capsys.readouterr() == (
            "",
            "\rexport: 200 of 300 files, 50 a second, 0:00:02 left, 199 written, 1 failed\r",
        )
        update(300, "299 written, 1 failed")
    assert capsys.readouterr() == (
        "",
        "\rexport: 300 of 300 files, 50 a second, 0:00:00 left, 299 written, 1 failed\n",
    )


def test_a_line_of_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dicomkit.export.progress.find_spec", lambda _name: None)
    with reporting(True, 5, 5):  # noqa: FBT003
        pass
    assert capsys.readouterr() == ("", "\rexport: 5 of 5 files\n")


def test_without_standard_error_there_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr", None)
    with reporting(True, 5, 0) as update:  # noqa: FBT003
        update(5, "5 written")
