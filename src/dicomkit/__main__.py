"""The command line: parse, call, print."""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, BinaryIO

from dicomkit.cli.arguments import join_negative, limits_of, one_or_three
from dicomkit.cli.parser import make_parser
from dicomkit.errors import DicomKitError, WriteError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from dicomkit.dataset.modules.presentation_state import PresentationState
    from dicomkit.export.bookkeeping.report import ExportReport
    from dicomkit.fileset.walker import FileSetWalker
    from dicomkit.regions.files import SegmentationFile

__all__ = ["main"]

# What argparse gives for wrong usage.
_USAGE = 2
# What a shell gives for a process that SIGINT ended.
_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        The words behind the command's name; by default the process's own.

    Returns
    -------
    int
        The exit status: 0 if there is a result and nothing was lost, 1 if something failed
        or there is no picture, 130 if it was interrupted. Wrong usage exits with 2.
    """
    words = join_negative(sys.argv[1:] if arguments is None else arguments)
    parser = make_parser(
        sample="--sample" in words,
        export=_export,
        volume=_volume,
        show=_show,
        tree=_tree,
        listing=_list,
    )
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


# A command imports what it needs, so that neither `--help` nor another command waits for it.


def _export(options: argparse.Namespace) -> int:
    from dicomkit.cli.counting import counting
    from dicomkit.display.views import single_windows
    from dicomkit.export.fileset import export_fileset

    chosen = one_or_three(options.window)
    try:
        single_windows(chosen)
    except ValueError as error:
        return _failed(str(error), _USAGE)
    shown = _shows_progress(options)
    try:
        with counting(shown=shown) as on_found:
            report = export_fileset(
                _walker(options, on_found),
                options.output,
                format=options.format,
                window=chosen,
                series_window=options.series_window,
                presentation_states=options.presentation_states,
                graphics=options.graphics,
                film=options.film,
                rate=options.rate,
                bits=options.bits,
                padding=options.padding,
                overlays=options.overlays,
                square=options.square,
                icc=options.icc,
                mask=options.mask,
                segmentation=options.segmentation,
                lenient=options.lenient,
                sample_color=options.sample_color,
                limits=limits_of(options.limit),
                layout=options.layout,
                quality=options.quality,
                overwrite=options.overwrite,
                workers=options.workers,
                timeout=options.timeout,
                progress=shown,
            )
    except ValueError as error:
        if isinstance(error, DicomKitError):
            raise
        return _failed(str(error), _USAGE)
    return _reported(report, as_json=options.json)


def _volume(options: argparse.Namespace) -> int:
    from dicomkit.cli.counting import counting
    from dicomkit.export.volumes import export_volumes

    shown = _shows_progress(options)
    try:
        with counting(shown=shown) as on_found:
            report = export_volumes(
                _walker(options, on_found),
                options.output,
                format=options.format,
                layout=options.layout,
                values=options.values,
                padding=options.padding,
                overwrite=options.overwrite,
                limits=limits_of(options.limit),
                workers=options.workers,
                timeout=options.timeout,
                progress=shown,
            )
    except ValueError as error:
        if isinstance(error, DicomKitError):
            raise
        return _failed(str(error), _USAGE)
    except ImportError as error:
        return _failed(str(error), 1)
    return _reported(report, as_json=options.json)


def _reported(report: ExportReport, *, as_json: bool) -> int:
    from dicomkit.cli.documents import report_document, to_json
    from dicomkit.cli.remedies import remedies

    print(to_json(report_document(report)) if as_json else report)
    for remedy in remedies(report):
        _failed(remedy, 1)
    return 0 if report.ok and report.pictures else 1


def _show(options: argparse.Namespace) -> int:
    from dicomkit.cli.show import show
    from dicomkit.display.options import PictureOptions

    try:
        print(
            show(
                _input(options.file),
                options.output,
                frame=options.frame,
                options=PictureOptions(
                    one_or_three(options.window),
                    options.bits,
                    options.padding,
                    options.overlays,
                    options.square,
                    options.icc,
                    mask=options.mask,
                    presentation=_presentation(options),
                    graphics=options.graphics,
                    segmentation=_segmentation(options),
                ),
                lenient=options.lenient,
                sample_color=options.sample_color,
                limits=limits_of(options.limit),
                overwrite=options.overwrite,
                as_json=options.json,
            )
        )
    except DicomKitError as error:
        if isinstance(error, WriteError):
            error.message = error.message.replace("overwrite=True", "--overwrite")
        return _failed(str(error.at(path=_named(options.file))), 1)
    except (IndexError, ValueError) as error:
        return _failed(str(error), _USAGE)
    return 0


def _presentation(options: argparse.Namespace) -> PresentationState | None:
    if options.presentation is None:
        return None
    from dicomkit.dataset.files.reading import read_dataset
    from dicomkit.dataset.modules.presentation_state import presentation_state

    ps = read_dataset(options.presentation, limits=limits_of(options.limit))
    return presentation_state(ps)


def _segmentation(options: argparse.Namespace) -> SegmentationFile | None:
    if options.segmentation is None:
        return None
    from dicomkit.regions.files import SegmentationFile

    return SegmentationFile.at(options.segmentation, limits_of(options.limit))


def _tree(options: argparse.Namespace) -> int:
    from dicomkit.cli.documents import to_json, tree_document
    from dicomkit.dataset.files.reading import read_dataset
    from dicomkit.dataset.metadata.listing import metadata_tree

    limits = limits_of(options.limit)
    ds = read_dataset(_input(options.file), limits=limits)
    if options.json:
        print(to_json(tree_document(ds, limits)))
    else:
        print(metadata_tree(ds, limits=limits))
    return 0


def _list(options: argparse.Namespace) -> int:
    from dicomkit.cli.counting import counting
    from dicomkit.cli.documents import listing_document, to_json

    limits = limits_of(options.limit)
    with counting(shown=_shows_progress(options)) as on_found:
        walker = _walker(options, on_found)
        if options.volumes:
            from dicomkit.cli.volumes import volume_lines, volumes_document

            if options.json:
                text = to_json(volumes_document(walker, limits))
            else:
                text = "\n".join(volume_lines(walker, limits))
        elif options.json:
            text = to_json(listing_document(walker, limits, units=options.units))
        else:
            text = walker.summary(units=options.units)
    print(text)
    return 0


def _walker(options: argparse.Namespace, on_found: Callable[[int], None] | None) -> FileSetWalker:
    from dicomkit.fileset.walker import FileSetWalker

    return FileSetWalker(
        options.source,
        dicomdir=options.dicomdir,
        follow_links=options.follow_links,
        on_found=on_found,
        limits=limits_of(options.limit),
    )


def _shows_progress(options: argparse.Namespace) -> bool:
    if options.progress is None:
        return sys.stderr is not None and sys.stderr.isatty()
    return bool(options.progress)


def _input(file: str) -> str | BinaryIO:
    return sys.stdin.buffer if file == "-" else file


def _named(file: str) -> str:
    return "standard input" if file == "-" else file


if __name__ == "__main__":
    sys.exit(main())
