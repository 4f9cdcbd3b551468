"""The command line: parse, call, print."""

from __future__ import annotations

import argparse
import errno
import io
import sys
from importlib.resources import files
from typing import TYPE_CHECKING

from dicomkit._version import __version__
from dicomkit.cli.arguments import (
    WINDOWS_HELP,
    frame_number,
    join_negative,
    layout,
    one_or_three,
    quality,
    window,
    workers,
)
from dicomkit.errors import DicomKitError, WriteError
from dicomkit.export.naming.layout import DEFAULT_LAYOUT, LAYOUT_FIELDS
from dicomkit.export.writing.encoding import DEFAULT_QUALITY, FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main"]

# What argparse gives for wrong usage.
_USAGE = 2
# What a shell gives for a process that SIGINT ended.
_INTERRUPTED = 130

_SAMPLE = "data/test_files/dicomdirtests/DICOMDIR"
_STATUS_HELP = (
    "`dicomkit COMMAND --help` shows a command's options and an example. "
    "Exit status: 0 if nothing failed, 1 if something did, 2 for wrong usage, 130 if interrupted."
)
_FILE_HELP = "a DICOM file; its name and suffix do not matter"


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
    words = join_negative(sys.argv[1:] if arguments is None else arguments)
    parser = _parser(sample="--sample" in words)
    if not words:
        parser.print_help(sys.stderr)
        raise SystemExit(_USAGE)
    options = parser.parse_args(words)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A terminal may not have every letter of a patient's name.
        sys.stdout.reconfigure(errors="backslashreplace")
    run: Callable[[argparse.Namespace], int] = options.run
    try:
        status = run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
    except DicomKitError as error:
        return _failed(f"{error} [{error.code}]", 1)
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python must not try to flush the rest.
        sys.stdout = None
        return 1
    except OSError as error:
        sys.stdout = None
        return _failed(f"cannot write the result: {error.strerror}", 1)
    except KeyboardInterrupt:
        goes_on = run in {_export, _volume}
        hint = "; the same command goes on where it stopped" if goes_on else ""
        return _failed(f"interrupted{hint}", _INTERRUPTED)
    return status


def _failed(message: str, status: int) -> int:
    # Where standard error is closed, only the status says it.
    if sys.stderr is not None:
        print(f"dicomkit: {message}", file=sys.stderr)
    return status


def _parser(*, sample: bool) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dicomkit",
        description="DICOM from disk to numbers and to pictures.",
        epilog=_STATUS_HELP,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"dicomkit {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add_export(commands, sample=sample)
    _add_show(commands)
    _add_volume(commands)

    tree = commands.add_parser(
        "tree", help="print every element of one file", epilog="example: dicomkit tree IM0001"
    )
    tree.add_argument("file", metavar="FILE", help=_FILE_HELP)
    _add_json(tree)
    tree.set_defaults(run=_tree)

    listing = commands.add_parser(
        "list",
        help="print what a File-set or a folder holds",
        epilog="example: dicomkit list exam/DICOMDIR",
    )
    listing.add_argument("source", metavar="SOURCE", help="a DICOMDIR or a folder")
    listing.add_argument(
        "--volumes",
        action="store_true",
        help="the volumes of each series, and why they are some; reads every header",
    )
    _add_json(listing)
    listing.set_defaults(run=_list)
    return parser


def _add_json(command: argparse.ArgumentParser) -> None:
    command.add_argument("--json", action="store_true", help="print JSON for other programs")


def _add_sample_color(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--sample-color",
        choices=["rgb", "ybr"],
        help="take colour samples as these, whatever the file and its streams say",
    )


def _add_show(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "show",
        help="draw one image in the terminal, or write it as a picture",
        epilog="example: dicomkit show IM0001 --window brain -o brain.png",
        allow_abbrev=False,
    )
    command.add_argument("file", metavar="FILE", help=_FILE_HELP)
    command.add_argument(
        "-o", "--output", metavar="PICTURE", help="where to write; its suffix says the kind"
    )
    command.add_argument(
        "--frame",
        default=0,
        type=frame_number,
        metavar="N",
        help="which frame, counted from 0 (default: %(default)s)",
    )
    command.add_argument("--window", action="append", type=window, help=WINDOWS_HELP)
    _add_sample_color(command)
    command.add_argument("--overwrite", action="store_true", help="replace what is at PICTURE")
    _add_json(command)
    command.set_defaults(run=_show)


def _add_volume(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "volume",
        help="write every volume of a File-set or a folder as a file",
        epilog="example: dicomkit volume exam/DICOMDIR volumes --format nii.gz",
        allow_abbrev=False,
    )
    command.add_argument("source", metavar="SOURCE", help="a DICOMDIR, a folder or one file")
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
        choices=["values", "hu"],
        help="hu fails where values are not Hounsfield units (default: the files' own units)",
    )
    command.add_argument(
        "--layout",
        type=layout,
        help="folders and file name, made of fields in braces, as in export "
        "(default: the patient's ID, then the study's date, then the number of the series)",
    )
    command.add_argument(
        "--overwrite", action="store_true", help="replace what has the volumes' names"
    )
    _add_json(command)
    command.set_defaults(run=_volume)


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
        type=window,
        help=WINDOWS_HELP,
    )
    export.add_argument(
        "--series-window",
        action="store_true",
        help="draw all images of a series with one window",
    )
    _add_sample_color(export)
    export.add_argument(
        "--layout",
        default=DEFAULT_LAYOUT,
        type=layout,
        help="folders and file name, made of fields in braces: "
        + ", ".join(LAYOUT_FIELDS)
        + " (default: the patient's ID, then the study's date, then the numbers of the series "
        "and of the instance)",
    )
    export.add_argument(
        "--workers",
        type=workers,
        metavar="N",
        help="how many processes work at the same time (default: as many as pay off)",
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
    _add_json(export)
    export.set_defaults(run=_export)


# A command imports what it needs, so that neither `--help` nor another command waits for it.


def _export(options: argparse.Namespace) -> int:
    from dicomkit.cli.documents import report_document, to_json
    from dicomkit.display.views import single_windows
    from dicomkit.export.fileset import export_fileset

    chosen = one_or_three(options.window)
    try:
        single_windows(chosen)
    except ValueError as error:
        return _failed(str(error), _USAGE)
    report = export_fileset(
        options.source,
        options.output,
        format=options.format,
        window=chosen,
        series_window=options.series_window,
        sample_color=options.sample_color,
        layout=options.layout,
        quality=options.quality,
        overwrite=options.overwrite,
        workers=options.workers,
        progress=sys.stderr is not None and sys.stderr.isatty(),
    )
    print(to_json(report_document(report)) if options.json else report)
    if report.ok and not report.pictures:
        print("dicomkit: there is no image in the source", file=sys.stderr)
    return 0 if report.ok else 1


def _volume(options: argparse.Namespace) -> int:
    from dicomkit.cli.documents import report_document, to_json
    from dicomkit.export.volumes import VOLUME_LAYOUT, export_volumes

    try:
        report = export_volumes(
            options.source,
            options.output,
            format=options.format,
            layout=options.layout or VOLUME_LAYOUT,
            values=options.values,
            overwrite=options.overwrite,
        )
    except ValueError as error:
        if isinstance(error, DicomKitError):
            raise
        return _failed(str(error), _USAGE)
    except ImportError as error:
        return _failed(str(error), 1)
    print(to_json(report_document(report)) if options.json else report)
    if report.ok and not report.pictures:
        print("dicomkit: there is no volume in the source", file=sys.stderr)
    return 0 if report.ok else 1


def _show(options: argparse.Namespace) -> int:
    from dicomkit.cli.show import show
    from dicomkit.display.options import PictureOptions

    try:
        print(
            show(
                options.file,
                options.output,
                frame=options.frame,
                options=PictureOptions(one_or_three(options.window)),
                sample_color=options.sample_color,
                overwrite=options.overwrite,
                as_json=options.json,
            )
        )
    except DicomKitError as error:
        taken = isinstance(error, WriteError) and error.errno == errno.EEXIST
        hint = "; --overwrite replaces what is there" if taken else ""
        return _failed(f"{error.at(path=options.file)}{hint}", 1)
    except (IndexError, ValueError) as error:
        return _failed(str(error), _USAGE)
    return 0


def _tree(options: argparse.Namespace) -> int:
    from dicomkit.cli.documents import to_json, tree_document
    from dicomkit.dataset.files.reading import read_dataset
    from dicomkit.dataset.metadata.listing import metadata_tree

    ds = read_dataset(options.file)
    print(to_json(tree_document(ds)) if options.json else metadata_tree(ds))
    return 0


def _list(options: argparse.Namespace) -> int:
    from dicomkit.cli.documents import listing_document, to_json
    from dicomkit.fileset.walker import FileSetWalker

    walker = FileSetWalker(options.source)
    if options.volumes:
        from dicomkit.cli.volumes import volume_lines, volumes_document

        if options.json:
            print(to_json(volumes_document(walker)))
        else:
            for line in volume_lines(walker):
                print(line)
        return 0
    print(to_json(listing_document(walker)) if options.json else walker.summary())
    return 0


if __name__ == "__main__":
    sys.exit(main())
