"""A slider through frames or slices. Needs the extra `widgets`."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from dicomkit.notebook.sequences import frames_of

if TYPE_CHECKING:
    from ipywidgets import VBox

    from dicomkit.display.views import WindowLike
    from dicomkit.fileset.images import ImageSource
    from dicomkit.fileset.instances import Series
    from dicomkit.volume.volume import Volume

__all__ = ["scroll"]


def scroll(source: Volume | Series | ImageSource, /, window: WindowLike = None) -> VBox:
    """Scroll through the frames of an image, or the slices of a series or a volume.

    A slider chooses the picture, a list the window: the file's views, the presets that fit, all
    but the extreme values, and the full range. Whatever it is, it is one for all frames, so that
    nothing flickers. Pixels have their true shape; letters name the patient's sides, a line is
    so many millimetres long, and beside the number of the picture stands where it lies.

    Each picture is made when the slider comes to it, and forgotten when it leaves. A saved
    notebook still shows the middle one, as `show` draws it.

    Parameters
    ----------
    source : Volume, Series, path, Instance, pydicom.dataset.Dataset or Image
        What to look at. The slices of a series stand in the order of their places in the
        patient where `dicomkit.stacks` finds one volume; else in that of instance numbers,
        which stands under the picture then.
    window : optional
        What to begin with, as in `dicomkit.display_pipeline`; of a volume, as in `planes`. By
        default, the first view that the middle file offers; else the range of all frames, of a
        series and a volume without their extremes. Here, ``"auto"`` and ``"full"`` are of all
        frames, and need a look at each of them.

    Returns
    -------
    ipywidgets.VBox
        A notebook shows it. It can stand in other boxes, too.

    Raises
    ------
    ImportError
        ipywidgets is not installed.
    DicomKitError, IndexError, ValueError
        As `dicomkit.render`, for the source as a whole and the window. A single frame that
        cannot be drawn has the code of its error in its place.

    Examples
    --------
    >>> import pydicom.data, dicomkit as dk
    >>> ds = dk.read_dataset(pydicom.data.get_testdata_file("emri_small.dcm"))
    >>> scroll(ds)
    <Scroller: frame 5 of 10>
    """
    if find_spec("ipywidgets") is None:
        msg = "dicomkit.notebook.scroll is made of ipywidgets: pip install 'dicomkit[widgets]'"
        raise ImportError(msg, name="ipywidgets")
    from dicomkit.notebook.scroller import make_scroller

    return make_scroller(frames_of(source, window))
