"""The command ``show``: one frame as a file, or in the terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, BinaryIO

from dicomkit.cli.documents import picture_document, to_json
from dicomkit.cli.terminal import draw, terminal_of
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.modules.units import NO_UNIT
from dicomkit.display.render import render_frame
from dicomkit.display.thumbnail import pixel_aspect
from dicomkit.export.image import save_image
from dicomkit.html.markup import printable
from dicomkit.image.image import open_image
from dicomkit.image.quantity import quantities

if TYPE_CHECKING:
    from dicomkit.display.options import PictureOptions
    from dicomkit.limits import Limits
    from dicomkit.streams.header import SampleColor

__all__ = ["show"]


def show(
    file: str | BinaryIO,
    output: str | None,
    *,
    frame: int,
    options: PictureOptions,
    lenient: bool,
    sample_color: SampleColor | None,
    limits: Limits,
    overwrite: bool,
    as_json: bool = False,
) -> str:
    """Write a frame's picture to a file, or draw it; give what there is to print.

    Raises
    ------
    DicomKitError
        The file cannot be read or drawn, or the picture cannot be written.
    ValueError, IndexError
        There is no such frame, window or kind of picture.
    """
    image = open_image(
        read_dataset(file, limits=limits),
        lenient=lenient,
        sample_color=sample_color,
        limits=limits,
    )
    rendered = render_frame(image, image.index(frame), options)
    option = quantities(image, frame)[0]
    if output is not None:
        save_image(rendered.image, output, overwrite=overwrite)
    if as_json:
        return to_json(picture_document(rendered, output, option))
    said = [*str(rendered.pipeline).splitlines()]
    said += [
        f"Note          {note}" for note in rendered.notes if note not in rendered.pipeline.notes
    ]
    if option.units != NO_UNIT:
        said.append(f"{'Values':<12}  {option}")
    if output is None:
        terminal = terminal_of(sys.stdout, os.environ)
        aspect = pixel_aspect(image.dataset, frame)
        if options.presentation is not None and options.presentation.rotation % 180:
            aspect = 1 / aspect
        drawn = draw(rendered.image, aspect, terminal)
    else:
        drawn = printable(output)
    # A unit is what the file says, and could steer the terminal.
    return "\n".join([drawn, *map(printable, said)])
