"""The commands offer what the functions do, and say how they end."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest

import dicomkit as dk
from dicomkit.cli.parser import make_parser

if TYPE_CHECKING:
    import argparse


def parsed(*words: str) -> argparse.Namespace:
    def run(_options: argparse.Namespace) -> int:
        return 0

    parser = make_parser(sample=False, export=run, volume=run, show=run, tree=run, listing=run)
    return parser.parse_args(words)


def options(function: object) -> dict[str, object]:
    """Give a function's options and their defaults, but for what no command line could hand in."""
    assert callable(function)
    signature = inspect.signature(function)
    return {
        name: parameter.default
        for name, parameter in signature.parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and name not in ("executor", "limits")
    }


def test_the_export_has_every_option_of_the_function_and_its_default() -> None:
    offered = vars(parsed("export", "exam", "out"))
    wanted = options(dk.export_fileset)
    assert set(wanted) <= set(offered)
    # None of these is said where nothing was chosen: the terminal decides.
    decided_later = {"progress"}
    for name in wanted.keys() - decided_later:
        assert offered[name] == wanted[name], name
    assert offered["progress"] is None
    assert offered["limit"] == []


def test_show_has_every_option_of_render_and_its_default() -> None:
    offered = vars(parsed("show", "IM1"))
    wanted = options(dk.render)
    assert set(wanted) <= set(offered)
    for name, default in wanted.items():
        assert offered[name] == default, name


@pytest.mark.parametrize("command", ["tree", "list", "show", "export"])
def test_every_command_takes_limits(command: str) -> None:
    words = [command, "a", "b"] if command == "export" else [command, "a"]
    found = parsed(*words, "--limit", "frames=7", "--limit", "frame_bytes=2MiB")
    assert found.limit == [("frames", 7), ("frame_bytes", 2 << 20)]


@pytest.mark.parametrize("text", ["frames", "frames=", "frames=-1", "frames=0", "colours=3", "=3"])
def test_a_limit_that_is_none_is_wrong_usage(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parsed("tree", "a", "--limit", text)
    assert caught.value.code == 2
    assert "--limit" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon"])
def test_a_timeout_is_a_time(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parsed("export", "a", "b", f"--timeout={text}")
    assert "--timeout" in capsys.readouterr().err


@pytest.mark.parametrize(("words", "expected"), [([], None), (["--progress"], True)])
def test_progress_is_shown_where_asked(words: list[str], *, expected: bool | None) -> None:
    assert parsed("export", "a", "b", *words).progress is expected
    assert parsed("export", "a", "b", "--no-progress").progress is False


def test_shells_can_complete_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("shtab")
    with pytest.raises(SystemExit) as caught:
        parsed("--print-completion", "bash")
    assert caught.value.code == 0
    script = capsys.readouterr().out
    assert all(word in script for word in ("export", "--series-window", "background", "list"))


def test_without_shtab_its_name_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("dicomkit.cli.arguments.find_spec", lambda _name: None)
    with pytest.raises(SystemExit):
        parsed("--print-completion", "bash")
    assert 'pip install "dicomkit[completion]"' in capsys.readouterr().err
