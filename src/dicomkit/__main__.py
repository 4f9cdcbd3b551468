"""The command line: parse, call, print."""

from __future__ import annotations

import argparse
import io
import sys
from importlib.resources import files
from typing import TYPE_CHECKING, TypeVar

from dicomkit._version import __version__
from dicomkit.dataset.metadata import metadata_tree
from dicomkit.dataset.reading import read_dataset
from dicomkit.errors import DicomKitError
from dicomkit.export.encoding import DEFAULT_QUALITY, FORMATS, check_quality
from dicomkit.export.fileset import export_fileset
from dicomkit.export.layout import DEFAULT_LAYOUT, LAYOUT_FIELDS, parse_layout
from dicomkit.export.windows import check_window
from dicomkit.fileset.walker import FileSetWalker
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main"]

_Value = TypeVar("_Value")

# What argparse gives for wrong usage.
_USAGE = 2
# What a shell gives for a process that SIGINT ended.
_INTERRUPTED = 130

_SAMPLE = "data/test_files/dicomdirtests/DICOMDIR"
_WINDOWS_HELP = (
    "a preset (" + ", ".join(WINDOWS) + "), 'auto', 'full', the number of one of the file's own "
    "views, counted from 0, or CENTER,WIDTH (with = before a negative center); "
    "three times for the red, green and blue channel"
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words behind the command's name; by default the process's own.

    Returns
    -------
    int
        The exit status: 0 if nothing failed, 1 if something did, 130 if it was
        interrupted. Wrong usage exits with 2.
    """
    words = sys.argv[1:] if arguments is None else list(arguments)
    options = _parser(sample="--sample" in words).parse_args(words)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal may not have every letter of a patient's name.
        sys.stdout.reconfigure(errors="backslashreplace")
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        return run(options)
    except DicomKitError as error:
        return _failed(str(error), 1)
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python must not try to flush the rest.
        sys.stdout = None
        return 1
    except KeyboardInterrupt:
        return _failed("interrupted", _INTERRUPTED)


def _failed(message: str, status: int) -> int:
    print(f"dicomkit: {message}", file=sys.stderr)
    return status


def _parser(*, sample: bool) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dicomkit",
        description="DICOM from disk to numbers and to pictures.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"dicomkit {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_export(commands, sample=sample)

    tree = commands.add_parser(
        "tree", help="print every element of one file", epilog="example: dicomkit tree IM0001"
    )
    tree.add_argument("file", metavar="FILE")
    tree.set_defaults(run=_tree)

    listing = commands.add_parser(
        "list",
        help="print what a File-set or a folder holds",
        epilog="example: dicomkit list exam/DICOMDIR",
    )
    listing.add_argument("source", metavar="SOURCE", help="a DICOMDIR or a folder")
    listing.set_defaults(run=_list)
    return parser


def _add_export(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], *, sample: bool
) -> None:
    export = commands.add_parser(
        "export",
        help="write every image of a File-set or a folder as a picture",
        usage="dicomkit export [options] SOURCE OUTPUT\n"
        "       dicomkit export [options] --sample OUTPUT",
        epilog="example: dicomkit export exam/DICOMDIR pictures --format png --window brain",
        allow_abbrev=False,
    )
    # argparse hands the first positional to an optional SOURCE when options stand between the
    # two; so there are two positionals or one, never one and a half.
    if sample:
        export.set_defaults(source=files("pydicom").joinpath(_SAMPLE))
    else:
        export.add_argument("source", metavar="SOURCE", help="a DICOMDIR, a folder or one file")
    export.add_argument("output", metavar="OUTPUT", help="the folder for the pictures")
    export.add_argument(
        "--sample", action="store_true", help="export the File-set that comes with pydicom"
    )
    export.add_argument(
        "--format",
        default="jpg",
        choices=[suffix.removeprefix(".") for suffix in FORMATS],
        help="the kind of picture (default: %(default)s)",
    )
    export.add_argument(
        "--window",
        action="append",
        type=_argument(_window),
        help=_WINDOWS_HELP,
    )
    export.add_argument(
        "--layout",
        default=DEFAULT_LAYOUT,
        type=_argument(_layout),
        help="folders and file name, made of fields in braces: "
        + ", ".join(LAYOUT_FIELDS)
        + " (default: the patient's ID, then the study's date, then the numbers of the series "
        "and of the instance)",
    )
    export.add_argument(
        "--workers",
        type=_argument(_workers),
        metavar="N",
        help="how many processes work at the same time (default: as many as pay off)",
    )
    export.add_argument(
        "--quality",
        default=DEFAULT_QUALITY,
        type=_argument(_quality),
        metavar="Q",
        help="of JPEG and WebP, 1 to 100 (default: %(default)s)",
    )
    export.add_argument(
        "--overwrite", action="store_true", help="replace what has the pictures' names"
    )
    export.set_defaults(run=_export)


def _argument(parse: Callable[[str], _Value]) -> Callable[[str], _Value]:
    """Let argparse show the message of a `ValueError`, which it keeps to itself."""

    def parsed(text: str) -> _Value:
        try:
            return parse(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from None

    return parsed


def _window(text: str) -> Window | str | int:
    if text in WINDOWS or text in ("auto", "full"):
        return text
    if text.isdecimal():
        return int(text)
    center, comma, width = text.partition(",")
    if not comma:
        msg = f"{text!r} is neither a preset, 'auto', 'full', a number, nor CENTER,WIDTH"
        raise ValueError(msg)
    return Window(float(center), float(width))


def _layout(text: str) -> str:
    parse_layout(text)
    return text


def _quality(text: str) -> int:
    quality = int(text)
    check_quality(quality)
    return quality


def _workers(text: str) -> int:
    workers = int(text)
    if workers < 1:
        msg = "at least 1 is needed"
        raise ValueError(msg)
    return workers


def _export(options: argparse.Namespace) -> int:
    window = options.window
    if window is not None and len(window) == 1:
        (window,) = window
    try:
        check_window(window)
    except ValueError as error:
        return _failed(str(error), _USAGE)
    report = export_fileset(
        options.source,
        options.output,
        format=options.format,
        window=window,
        layout=options.layout,
        quality=options.quality,
        overwrite=options.overwrite,
        workers=options.workers,
        progress=sys.stderr.isatty(),
    )
    print(report)
    return 0 if report.ok else 1


def _tree(options: argparse.Namespace) -> int:
    print(metadata_tree(read_dataset(options.file)))
    return 0


def _list(options: argparse.Namespace) -> int:
    print(FileSetWalker(options.source).summary())
    return 0


if __name__ == "__main__":
    sys.exit(main())
