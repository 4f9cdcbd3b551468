"""A whole exam to pictures."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from dicomkit.dataset.modules.cine import FrameRate
from dicomkit.display.options import Depth, Padding, PictureOptions
from dicomkit.export.job import Runner, run_export
from dicomkit.export.naming.layout import DEFAULT_LAYOUT, parse_layout
from dicomkit.export.plan import plan_exam
from dicomkit.export.work.tasks import Settings
from dicomkit.export.workers.running import available_workers
from dicomkit.export.writing.encoding import (
    DEFAULT_QUALITY,
    FORMATS,
    check_quality,
    picture_suffix,
)
from dicomkit.export.writing.film import FILMS, film_suffix
from dicomkit.export.writing.mp4 import require_encoder
from dicomkit.fileset.walker import FileSetWalker
from dicomkit.image.image import check_sample_color
from dicomkit.limits import DEFAULT_LIMITS, Limits
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from dicomkit.display.views import WindowLike
    from dicomkit.export.bookkeeping.report import ExportReport
    from dicomkit.export.progress import Progress
    from dicomkit.fileset.scan import DicomdirUse
    from dicomkit.regions.files import SegmentationFile
    from dicomkit.streams.header import SampleColor

__all__ = ["export_fileset"]

_TIMEOUT = 120.0


def export_fileset(
    source: str | os.PathLike[str] | FileSetWalker,
    output: str | os.PathLike[str],
    /,
    *,
    format: str = "jpg",  # noqa: A002 - what everyone calls it
    window: WindowLike = None,
    series_window: bool = False,
    presentation_states: bool = False,
    graphics: bool = False,
    film: str | None = None,
    rate: float | None = None,
    layout: str = DEFAULT_LAYOUT,
    dicomdir: DicomdirUse = "auto",
    follow_links: bool = False,
    quality: int = DEFAULT_QUALITY,
    bits: Depth = 8,
    padding: Padding = "clamp",
    overlays: bool = False,
    square: bool = False,
    icc: bool = False,
    mask: bool = False,
    segmentation: str | os.PathLike[str] | None = None,
    lenient: bool = False,
    sample_color: SampleColor | None = None,
    limits: Limits = DEFAULT_LIMITS,
    overwrite: bool = False,
    workers: int | None = None,
    executor: Executor | None = None,
    timeout: float = _TIMEOUT,
    progress: Progress = False,
) -> ExportReport:
    """Make a picture of every frame of every image of an exam.

    All names are planned first, so that none depends on the order of the files and no
    two pictures share one. Each picture appears whole or not at all, and nothing that was
    in `output` is changed. A manifest there, ``manifest-....jsonl``, says what each picture
    shows and how it came about. Calling again with the same arguments goes on where a run
    was cut off, tries again what failed, makes the pictures of files that have changed
    since anew, and leaves what is done.

    The names of the default layout's folders are the patient's ID and the study's date.
    Neither pictures nor manifest carry other attributes of the patient, but burned-in
    annotation may show: it is noted in the report where the file states it or its kind
    makes it likely.

    Parameters
    ----------
    source : path-like or FileSetWalker
        A DICOMDIR, a folder with or without one, a zip, or a single file. Every file is asked
        who it is, whatever a DICOMDIR claims.
    output : path-like
        The folder for the pictures. It is made if it is not there. If it lies in the
        source, it does not count as part of it; if it is the source's own folder, the
        pictures in it do not.
    format : str
        Of the pictures, and their suffix, as in `encode_image`.
    window, bits, padding, overlays, square, icc, mask, lenient, sample_color, limits
        As in `render`, for every image.
    segmentation : path-like, optional
        A segmentation's file. Its segments are painted in their colours over the pictures that
        they lie on, as `segment_masks` places them. Pictures of other grids, planes or Frames of
        Reference stay as they are, with a note where they share space with it.
    series_window : bool
        Draw all images of a series with one window, so that brightness does not change
        from one to the next: the one that reaches from where the first of the views that
        `window` means for each of them begins to where the last one ends. Where they are
        all the same, nothing changes. Colour images, images whose view is a table, and
        those whose mask is subtracted stay as they are; only values of the same units share
        a window. Images that cannot be decoded do not count. Where `window` depends on the
        pixels, these are decoded twice.
    presentation_states : bool
        Make each Grayscale Softcopy Presentation State of the exam one more picture of every
        frame that it references, as it shows it (`presentation_state`). A state's own window
        counts, not `window`. The first state of an image is ``_ps1``, and so on. In the report,
        the pictures are the state's.
    graphics : bool
        As in `render`, for these.
    film : str, optional
        Make films of this kind, as `save_film` does: ``"mp4"``, ``"webp"``, ``"apng"`` or
        ``"gif"``. Each multi-frame image becomes one, and so do the single-frame images of a
        series: those that lie on one grid in the order of `stacks`, and the other placed ones in
        the order of their numbers. They are drawn with one window, as with `series_window`, and
        called by ``series`` in place of an instance's number. What belongs to no film becomes a
        picture as always. An image that fails is left out of the film of its series.
    rate : float, optional
        Frames a second of films. By default what `frame_rate` says of an image, and 10 where it
        says nothing and for slices.
    layout : str
        Where a picture goes below `output`, without its suffix: folders and a file name of
        fields in braces, such as ``"{modality}/{sop_instance_uid}"``. The fields are
        ``patient_id``, ``study_date``, ``study_id``, ``study_instance_uid``, ``modality``,
        ``series_number``, ``series_description``, ``series_instance_uid``,
        ``instance_number`` and ``sop_instance_uid``; numbers may have a width, such as
        ``{instance_number:04}``. ``relative_path``, alone at the end, is the source's own.
        Values that are no plain names are made into some, with ``~`` and a digest that keeps
        them apart; so do series that share a number. Frames of a multi-frame image get
        ``_f0001`` and so on.
    dicomdir, follow_links
        As in `FileSetWalker`; where `source` is one, these are its own.
    quality : int
        1 to 100, for JPEG and WebP.
    overwrite : bool
        Make everything again and replace what has the pictures' names. Otherwise another
        file at a picture's name stays, and the picture fails with the code ``exists``.
    workers : int, optional
        How many processes work at the same time; by default as many as there are
        processors, if the exam is large enough for them to pay. Images that need a decoder
        are always left to a process of their own, which may crash without harm.
    executor : concurrent.futures.Executor, optional
        Does the work instead, such as ``dask.distributed.Client.get_executor()``. Its
        workers must see the same paths. `workers` is how many batches it does at once. If
        it breaks, as a pool of processes does when one dies, dicomkit's own do the rest.
    timeout : float
        Seconds after which a decoder that is still at one frame is ended.
    progress : bool or callable
        True shows a bar on the terminal or in the notebook, or a line on standard error if
        tqdm is not installed: how far it is, how fast, how long it will take, and what became
        of the instances. A callable is called with the number of instances done and of all.
        By default nothing is shown.

    Returns
    -------
    ExportReport
        What became of every file. A full disk or a missing permission ends the export with
        the report so far: see ``stopped``.

    Raises
    ------
    ValueError
        If an option does not fit.
    ReadError
        If there is no such source or segmentation.
    DicomKitError
        If what is to be painted is no segmentation.

    Examples
    --------
    >>> import tempfile
    >>> from pydicom.data import get_testdata_file
    >>> exam = get_testdata_file("dicomdirtests/DICOMDIR", download=False)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     report = export_fileset(exam, folder)
    ...     print(str(report).replace(folder, "out"))
    31 pictures from 31 of 31 files in out
    noted: window_missed: all values lie outside of the window: 'full' shows them (2 files)
    """
    started = time.perf_counter()
    suffix = picture_suffix(format)
    if bits not in FORMATS[suffix].greyscale_bits:
        msg = f"{format!r} pictures have no {bits} bits; use 'png'"
        raise ValueError(msg)
    check_quality(quality)
    film_kind = "" if film is None else _checked_film(film, rate, bits)
    check_sample_color(sample_color)
    workers = available_workers() if workers is None else workers
    if workers < 1 or timeout <= 0:
        msg = "workers must be at least 1, and timeout above 0"
        raise ValueError(msg)
    seg = None if segmentation is None else _chosen(segmentation, limits)
    options = PictureOptions(
        window,
        bits,
        padding,
        overlays,
        square,
        icc,
        mask=mask,
        graphics=graphics,
        segmentation=seg,
    )
    folder = Path(os.path.abspath(output))  # noqa: PTH100 - links stay as they are given
    names = parse_layout(layout)
    if not isinstance(source, FileSetWalker):
        source = FileSetWalker(source, dicomdir=dicomdir, follow_links=follow_links, limits=limits)
    elif dicomdir != "auto" or follow_links:
        msg = "dicomdir and follow_links are the walker's: give them to the FileSetWalker"
        raise ValueError(msg)
    plan = plan_exam(
        source,
        names,
        folder,
        films=film is not None,
        presentation_states=presentation_states,
        limits=limits,
    )
    header: dict[str, object] = {
        "format": suffix,
        "quality": quality,
        "layout": layout,
        "window": _described(options.window),
        "series_window": series_window,
        "presentation_states": presentation_states,
        "graphics": graphics,
        "bits": bits,
        "padding": padding,
        "overlays": overlays,
        "square": square,
        "icc": icc,
        "mask": mask,
        "segmentation": seg and [seg.path, seg.stamp],
        "lenient": lenient,
        "sample_color": sample_color,
    }
    if film is not None:
        header |= {"film": film_kind, "rate": rate}
    settings = Settings(
        plan.root,
        str(folder),
        suffix,
        quality,
        overwrite,
        lenient,
        sample_color,
        limits,
        filesystem=plan.filesystem,
        film_suffix=film_kind,
        rate=rate,
    )
    runner = Runner(workers, executor, timeout)
    report = run_export(
        plan,
        options,
        settings,
        runner,
        header=header,
        progress=progress,
        series_window=series_window,
    )
    return replace(report, seconds=time.perf_counter() - started)


def _chosen(path: str | os.PathLike[str], limits: Limits) -> SegmentationFile:
    from dicomkit.regions.files import SegmentationFile

    chosen = SegmentationFile.at(path, limits)
    # What is no segmentation is refused here, not once for every picture.
    chosen.image()
    return chosen


def _checked_film(film: str, rate: float | None, bits: Depth) -> str:
    """Refuse films that there are not, before any file is looked at."""
    suffix = film_suffix(film)
    form = FILMS[suffix]
    if bits not in form.frame.greyscale_bits:
        msg = f"{film!r} films have no {bits} bits; use 'apng'"
        raise ValueError(msg)
    if rate is not None:
        FrameRate(rate)
    if suffix == ".mp4":
        require_encoder()
    return suffix


def _described(window: object) -> object:
    """Describe a window so that JSON can hold it and equal ones read the same."""
    if isinstance(window, LookupTable):
        digest = hashlib.sha256(window.entries.astype("<u2").tobytes()).hexdigest()
        return f"LookupTable(first={window.first}, bits={window.bits}, sha256={digest})"
    if isinstance(window, Window):
        return repr(window)
    return list(map(_described, window)) if isinstance(window, tuple) else window
