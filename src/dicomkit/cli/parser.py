"""The commands and their options."""

from __future__ import annotations

import argparse
from importlib.resources import files
from typing import TYPE_CHECKING

from dicomkit._version import __version__
from dicomkit.cli.arguments import (
    WINDOWS_HELP,
    Completion,
    frame_number,
    frame_rate,
    layout,
    limit,
    quality,
    timeout,
    window,
    workers,
)
from dicomkit.export.naming.layout import DEFAULT_LAYOUT, LAYOUT_FIELDS, VOLUME_LAYOUT
from dicomkit.export.writing.encoding import DEFAULT_QUALITY, FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable

    Run = Callable[[argparse.Namespace], int]
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001 - it has no name

__all__ = ["STATUSES", "make_parser"]

_EXPORT_USAGE = (
    "dicomkit export [options] SOURCE OUTPUT\n       dicomkit export [options] --sample OUTPUT"
)
_SAMPLE = "data/test_files/dicomdirtests/DICOMDIR"
STATUSES = (
    "Exit status: 0 if there are pictures and nothing was lost, 1 if something failed or there is "
    "no picture, 2 for wrong usage, 130 if interrupted."
)
_FILE_HELP = "a DICOM file, whatever its name and suffix; - is standard input"


def make_parser(
    *, sample: bool, export: Run, volume: Run, show: Run, tree: Run, listing: Run
) -> argparse.ArgumentParser:
    """Make the parser; each command sets ``run`` to what is handed in for it.

    ``sample`` says whether the words hold ``--sample``, which stands for a source.
    """
    parser = argparse.ArgumentParser(
        prog="dicomkit",
        description="DICOM from disk to numbers and to pictures.",
        epilog=f"`dicomkit COMMAND --help` shows a command's options and an example. {STATUSES}",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"dicomkit {__version__}")
    parser.add_argument(
        "--print-completion",
        action=Completion,
        choices=["bash", "tcsh", "zsh"],
        help="print what lets a shell complete commands and options (needs shtab)",
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_export(commands, export, sample=sample)
    _add_volume(commands, volume)
    _add_show(commands, show)
    command = _command(
        commands,
        "tree",
        tree,
        purpose="print every element of one file",
        example="dicomkit tree IM0001",
    )
    command.add_argument("file", metavar="FILE", help=_FILE_HELP)
    command = _command(
        commands,
        "list",
        listing,
        purpose="print what a File-set or a folder holds",
        example="dicomkit list exam/DICOMDIR",
    )
    command.add_argument("source", metavar="SOURCE", help="a DICOMDIR, a folder or a zip")
    command.add_argument(
        "--units", action="store_true", help="say what units the values of each series are in"
    )
    command.add_argument(
        "--volumes",
        action="store_true",
        help="the volumes of each series, and why they are some; reads every header",
    )
    _add_source_options(command)
    return parser


def _command(
    commands: Commands,
    name: str,
    run: Run,
    *,
    purpose: str,
    example: str,
    usage: str | None = None,
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=purpose,
        description=f"{purpose[0].upper()}{purpose[1:]}.",
        usage=usage,
        epilog=f"example: {example}",
        allow_abbrev=False,
    )
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    command.add_argument(
        "--limit",
        action="append",
        default=[],
        type=limit,
        metavar="NAME=N",
        help="allow a file to ask for more, or for less: frame_bytes=4GiB, frames=2000000",
    )
    command.set_defaults(run=run)
    return command


def _add_volume(commands: Commands, run: Run) -> None:
    command = _command(
        commands,
        "volume",
        run,
        purpose="write every volume of a File-set or a folder as a file",
        example="dicomkit volume exam/DICOMDIR volumes --format nii.gz",
    )
    command.add_argument("source", metavar="SOURCE", help="a DICOMDIR, a folder, a zip or one file")
    command.add_argument("output", metavar="OUTPUT", help="the folder for the volumes")
    command.add_argument(
        "--format",
        default="nii.gz",
        choices=["nii.gz", "nii", "nrrd", "mha", "zarr", "npz"],
        help="the kind of file (default: %(default)s)",
    )
    command.add_argument(
        "--values",
        default="values",
        choices=["values", "hu", "quantity"],
        help="hu fails where values are not Hounsfield units; quantity are values in the units "
        "that the files state anywhere, such as dose (default: values)",
    )
    command.add_argument(
        "--padding",
        type=float,
        metavar="NUMBER",
        help="what to put where the files say that there is padding: a number, or nan",
    )
    command.add_argument(
        "--layout",
        default=VOLUME_LAYOUT,
        type=layout,
        help="folders and file name, made of fields in braces, as in export (default: the "
        "patient's ID, then the study's date, then the number of the series)",
    )
    command.add_argument(
        "--overwrite", action="store_true", help="replace what has the volumes' names"
    )
    _add_source_options(command)
    _add_worker_options(command)


def _add_export(commands: Commands, run: Run, *, sample: bool) -> None:
    export = _command(
        commands,
        "export",
        run,
        purpose="write every image of a File-set or a folder as a picture",
        example="dicomkit export exam/DICOMDIR pictures --format png --window brain",
        usage=_EXPORT_USAGE,
    )
    # argparse hands the first positional to an optional SOURCE when options stand between the
    # two; so there are two positionals or one, never one and a half.
    if sample:
        export.set_defaults(source=files("pydicom").joinpath(_SAMPLE))
    else:
        export.add_argument(
            "source", metavar="SOURCE", help="a DICOMDIR, a folder, a zip or one file"
        )
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
    _add_picture_options(export)
    export.add_argument(
        "--series-window",
        action="store_true",
        help="draw all images of a series with one window",
    )
    export.add_argument(
        "--presentation-states",
        action="store_true",
        help="draw the images that presentation states reference as these show them, too",
    )
    export.add_argument(
        "--film",
        choices=["mp4", "webp", "apng", "gif"],
        help="make a film of each image of several frames, and of each series of slices",
    )
    export.add_argument(
        "--rate",
        type=frame_rate,
        metavar="N",
        help="frames a second of films (default: the file's own, and 10 where it has none)",
    )
    export.add_argument(
        "--layout",
        default=DEFAULT_LAYOUT,
        type=layout,
        help="folders and file name, made of fields in braces: "
        + ", ".join(LAYOUT_FIELDS)
        + "; numbers may have a width, such as {instance_number:04} (default: the patient's ID, "
        "then the study's date, then the numbers of the series and of the instance)",
    )
    export.add_argument(
        "--quality",
        default=DEFAULT_QUALITY,
        type=quality,
        metavar="Q",
        help="of JPEG and WebP, 1 to 100 (default: %(default)s)",
    )
    export.add_argument(
        "--overwrite", action="store_true", help="replace what has the pictures' names"
    )
    _add_source_options(export)
    _add_worker_options(export)


def _add_show(commands: Commands, run: Run) -> None:
    show = _command(
        commands,
        "show",
        run,
        purpose="draw one image in the terminal, or write it as a picture",
        example="dicomkit show IM0001 --window brain -o brain.png",
    )
    show.add_argument("file", metavar="FILE", help=_FILE_HELP)
    show.add_argument(
        "-o", "--output", metavar="PICTURE", help="where to write; its suffix says the kind"
    )
    show.add_argument(
        "--frame",
        default=0,
        type=frame_number,
        metavar="N",
        help="which frame, counted from 0 (default: %(default)s)",
    )
    show.add_argument(
        "--presentation",
        metavar="FILE",
        help="draw it as this grayscale softcopy presentation state shows it",
    )
    _add_picture_options(show)
    show.add_argument("--overwrite", action="store_true", help="replace what is at PICTURE")


def _add_source_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--dicomdir",
        choices=["auto", "only", "ignore"],
        default="auto",
        help="use a DICOMDIR and look at what it does not name, believe it alone, or look at every "
        "file (default: %(default)s)",
    )
    command.add_argument(
        "--follow-links", action="store_true", help="follow links that lead out of the folder"
    )
    command.add_argument(
        "--progress",
        action=argparse.BooleanOptionalAction,
        help="show how far it is (default: in a terminal)",
    )


def _add_worker_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--workers",
        type=workers,
        metavar="N",
        help="how many processes work at the same time (default: as many as pay off)",
    )
    command.add_argument(
        "--timeout",
        type=timeout,
        default=120.0,
        metavar="SECONDS",
        help="end a decoder that is longer at one frame (default: %(default)g)",
    )


def _add_picture_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--window", action="append", type=window, help=WINDOWS_HELP)
    command.add_argument(
        "--bits", type=int, choices=[8, 16], default=8, help="of a sample (default: %(default)s)"
    )
    command.add_argument(
        "--padding",
        choices=["clamp", "background"],
        default="clamp",
        help="draw padding like any value, or black (default: %(default)s)",
    )
    command.add_argument("--overlays", action="store_true", help="burn graphic overlays in")
    command.add_argument(
        "--graphics",
        action="store_true",
        help="draw a presentation state's overlays, figures and texts, which may name a patient",
    )
    command.add_argument("--square", action="store_true", help="make pixels square")
    command.add_argument("--icc", action="store_true", help="convert colour to sRGB")
    command.add_argument(
        "--mask", action="store_true", help="subtract the masks that angiograms name"
    )
    command.add_argument(
        "--segmentation",
        metavar="SEGMENTATION",
        help="paint the segments of this file over the images that they lie on",
    )
    command.add_argument(
        "--lenient",
        action="store_true",
        help="draw what there is where data end too early or frames are missing",
    )
    command.add_argument(
        "--sample-color",
        choices=["rgb", "ybr"],
        help="take colour samples as these, whatever the file and its streams say",
    )
