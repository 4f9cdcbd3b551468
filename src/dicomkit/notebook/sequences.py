"""What can be scrolled through: the frames of an image, a series or a volume, one at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import numpy as np

from dicomkit.dataset.elements.datasets import error_context
from dicomkit.dataset.modules.geometry import pixel_spacing
from dicomkit.dataset.modules.orientation import EdgeLetters, direction_letters, edge_letters
from dicomkit.display.options import PictureOptions
from dicomkit.display.render import render_frame
from dicomkit.display.series import series_window
from dicomkit.display.thumbnail import fitted, pixel_aspect
from dicomkit.display.views import AUTO_PERCENTILES, find_view, needs_range, single_windows
from dicomkit.errors import DicomKitError, NoPixelsError
from dicomkit.fileset.images import open_source
from dicomkit.fileset.instances import Series
from dicomkit.notebook.canvas import figure_of, grid
from dicomkit.notebook.marks import measured_place, set_title, write_length, write_letters
from dicomkit.notebook.pictures import draw_pixels, panel
from dicomkit.notebook.planes import slice_picture, volume_window
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.ranges import window_between, window_ends
from dicomkit.transforms.window import Window
from dicomkit.volume.planes import frame_plane
from dicomkit.volume.reading import stacks
from dicomkit.volume.volume import Volume

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    from matplotlib.figure import Figure

    from dicomkit.display.pipeline import Picture
    from dicomkit.display.views import SingleWindow, WindowLike
    from dicomkit.fileset.images import ImageSource
    from dicomkit.fileset.instances import Instance
    from dicomkit.image.image import Image
    from dicomkit.stacking.stack import Stack

__all__ = ["Frames", "Shown", "frames_of", "place_along"]

# No screen shows more of one, and what is sent for each move of the slider has to be small.
_MOST_PIXELS = 1024
_INCHES = 5.0
# A hundred metres, in mm.
_FARTHEST = 1e5
# A window that holds for every frame; three of them for red, green and blue, None for colour.
_Fixed: TypeAlias = Window | LookupTable | None
FixedWindow: TypeAlias = _Fixed | tuple[_Fixed, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One frame as it is shown.

    Attributes
    ----------
    picture : numpy.ndarray of uint8
        With square pixels.
    name : str
        Which one it is.
    place : str
        Where it lies along its normal; empty where nobody knows.
    letters : EdgeLetters or None
    width : float or None
        Of the picture, in mm.
    measured_at : str
        Where that width lies: at the patient, the detector or the film.
    """

    picture: Picture
    name: str
    place: str
    letters: EdgeLetters | None
    width: float | None
    measured_at: str = "patient"

    def draw(self, title: str) -> Figure:
        """Draw it with all that is known of it."""
        rows, columns = self.picture.shape[:2]
        (ax,) = grid(1, 1, size=panel(self.picture.shape, 1, _INCHES))
        draw_pixels(ax, self.picture, 1)
        if self.letters is not None:
            write_letters(ax, self.letters)
        if self.width is not None:
            across, down = (-0.5, columns - 0.5), (rows - 0.5, -0.5)
            place = measured_place(self.measured_at)
            write_length(ax, across, down, unit=self.width / columns, place=place)
        set_title(ax, title)
        return figure_of(ax)


class Frames(ABC):
    """Frames in an order, each made when it is asked for, and the windows that fit them.

    Attributes
    ----------
    kind : str
        What one is called: a frame or a slice.
    said : str
        What there is to know of the order; empty where it is as expected.
    windows : tuple of (str, window)
        What each is called, and what it is; empty for colour.
    first_window : int
        The number of the one to begin with.
    """

    kind: str
    said: str = ""
    windows: tuple[tuple[str, WindowLike], ...]
    first_window: int

    def __init__(self, window: WindowLike) -> None:
        self._resolved: dict[int, FixedWindow] = {}
        offered = self._offered()
        same = [number for number, (_, one) in enumerate(offered) if _is_same(one, window)]
        if offered and window is not None and not same:
            offered.insert(0, ("as given", window))
        self.windows = tuple(offered)
        self.first_window = same[0] if same and window is not None else 0

    @abstractmethod
    def __len__(self) -> int:
        """Count the frames."""

    @abstractmethod
    def shown(self, index: int, window: FixedWindow) -> Shown:
        """Make one frame's picture."""

    @abstractmethod
    def _offered(self) -> list[tuple[str, WindowLike]]:
        """List the windows that fit, the usual one first."""

    @abstractmethod
    def _fixed(self, window: WindowLike) -> FixedWindow:
        """Give what a window is for all frames."""

    def window(self, number: int) -> FixedWindow:
        """Give one of the windows, the same for all frames: nothing flickers.

        Raises
        ------
        DicomKitError
            It depends on pixels that cannot be decoded.
        """
        if not self.windows:
            return None
        if number not in self._resolved:
            self._resolved[number] = self._fixed(self.windows[number][1])
        return self._resolved[number]


def frames_of(source: Volume | Series | ImageSource, window: WindowLike) -> Frames:
    """Take what is to be scrolled through.

    Raises
    ------
    DicomKitError
        It cannot be read, or has no image.
    """
    if isinstance(source, Volume):
        return _VolumeFrames(source, window)
    if isinstance(source, Series):
        return _SeriesFrames(source, window)
    return _ImageFrames(open_source(source), window)


def place_along(normal: npt.ArrayLike, position: npt.ArrayLike) -> str:
    """Say where a plane lies along its normal: from the origin towards a part of the patient.

    Empty for a place that is in no patient.

    Examples
    --------
    >>> place_along((0, 0, 1), (-100, -90, -75.7)), place_along((0, 0, -1), (0, 0, 12.25))
    ('F 75.7 mm', 'H 12.2 mm')
    """
    unit = np.asarray(normal, np.float64)
    unit = unit / np.linalg.norm(unit)
    distance = float(unit @ np.asarray(position, np.float64))
    if not abs(distance) < _FARTHEST:
        return ""
    x, y, z = map(float, unit if distance >= 0 else -unit)
    return f"{direction_letters((x, y, z))[0]} {abs(distance):.1f} mm"


def _is_same(one: WindowLike, other: WindowLike) -> bool:
    # Of numpy's integers and Python's, too; a table equals nothing else.
    return type(one) is type(other) and one == other


class _Placed(NamedTuple):
    """A frame of an instance."""

    instance: Instance
    frame: int


class _ImageFrames(Frames):
    """The frames of one image."""

    kind = "frame"

    def __init__(self, image: Image, window: WindowLike) -> None:
        self._image = image
        super().__init__(window)

    def __len__(self) -> int:
        return len(self._image)

    def shown(self, index: int, window: FixedWindow) -> Shown:
        image, frame = self._opened(index)
        ds = image.dataset
        with error_context(ds):
            picture = render_frame(image, frame, PictureOptions(window)).image
            plane = frame_plane(image, frame, limits=image.limits)
        place = "" if plane is None else place_along(plane.normal, plane.position)
        spacing = pixel_spacing(ds, frame)
        in_mm = spacing is not None and spacing.in_mm
        return Shown(
            fitted(picture, pixel_aspect(ds, frame), (_MOST_PIXELS, _MOST_PIXELS)),
            f"{self.kind} {index} of {len(self)}",
            place,
            edge_letters(ds, frame),
            spacing.between_columns * picture.shape[1] if spacing and in_mm else None,
            spacing.measured_at if spacing else "patient",
        )

    def _opened(self, index: int) -> tuple[Image, int]:
        return self._image, index

    def _sources(self) -> Iterator[ImageSource]:
        """Give every image, to be opened one at a time."""
        yield self._image

    def _typical(self) -> tuple[Image, int]:
        """Give the frame whose file says what holds for all: the middle one, if it can be read."""
        return self._opened(len(self) // 2)

    def _offered(self) -> list[tuple[str, WindowLike]]:
        image, frame = self._typical()
        if not image.is_gray:
            return []
        gray = image.gray(frame)
        offered: list[tuple[str, WindowLike]] = [
            (f"file: {option.window}", number) for number, option in enumerate(gray.options)
        ]
        if not offered:
            offered.append(("default", None))
        if gray.modality.units == "HU":
            offered += [(name, name) for name in WINDOWS]
        return [*offered, ("auto", "auto"), ("full", "full")]

    def _fixed(self, window: WindowLike) -> FixedWindow:
        first, *others = map(self._fixed_one, single_windows(window))
        return (first, *others) if others else first

    def _fixed_one(self, window: SingleWindow) -> _Fixed:
        image, frame = self._typical()
        if window == "full":
            return self._reaching_all((0, 100))
        if window == "auto" or (len(self) > len(image) and needs_range(image, frame, window)):
            return self._reaching_all(AUTO_PERCENTILES)
        # What the file of one says holds for all of them.
        with error_context(image.dataset):
            return find_view(image, frame, image.gray(frame), window).transform

    def _reaching_all(self, percentiles: tuple[float, float]) -> Window:
        """Give one window for all images; those that cannot be decoded do not count."""
        ends: list[float] = []
        lost: DicomKitError | None = None
        for image in self._sources():
            try:
                ends += window_ends(series_window([open_source(image)], percentiles=percentiles))
            except DicomKitError as error:
                lost = error
        if not ends and lost is not None:
            raise lost
        return window_between(min(ends), max(ends))


class _SeriesFrames(_ImageFrames):
    """The slices of a series, one file open at a time."""

    def __init__(self, series: Series, window: WindowLike) -> None:
        self._places, self.kind, said = _in_order(series)
        if not self._places:
            msg = "the series has no image"
            raise NoPixelsError(msg)
        self.said = said if len(self._places) > 1 else ""
        self._last: tuple[Instance, Image] | None = None
        Frames.__init__(self, window)

    def __len__(self) -> int:
        return len(self._places)

    def _opened(self, index: int) -> tuple[Image, int]:
        instance, frame = self._places[index]
        if self._last is None or self._last[0] is not instance:
            self._last = None
            self._last = instance, open_source(instance)
        image = self._last[1]
        return image, image.index(frame)

    def _typical(self) -> tuple[Image, int]:
        middle = len(self) // 2
        for index in (*range(middle, len(self)), *range(middle)):
            try:
                return self._opened(index)
            except DicomKitError:
                continue
        return self._opened(middle)

    def _sources(self) -> Iterator[ImageSource]:
        yield from {id(one.instance): one.instance for one in self._places}.values()


def _in_order(series: Series) -> tuple[list[_Placed], str, str]:
    """Order the images of a series by their places, if it is one volume.

    Also gives what one is called, and what there is to say of the order.
    """
    numbers = {instance.path: number for number, instance in enumerate(series)}
    try:
        found = stacks(series)
    except DicomKitError:
        said = "in the order of instance numbers: a header cannot be read"
        return [_Placed(instance, 0) for instance in series], "image", said

    def placed(those: Sequence[Stack]) -> list[_Placed]:
        slices = (one for stack in those for one in stack.slices)
        return [
            _Placed(series[numbers[one.path]], one.frame) for one in slices if one.path in numbers
        ]

    def by_number(place: _Placed) -> tuple[int, int]:
        return numbers[place.instance.path], place.frame

    volumes = [stack for stack in found if len(stack) > 1 and stack.grid is not None]
    if len(volumes) == 1:
        rest = sorted(placed([one for one in found if one is not volumes[0]]), key=by_number)
        beside = "one lies" if len(rest) == 1 else f"{len(rest)} lie"
        said = f"the last {beside} beside the volume" if rest else ""
        return placed(volumes) + rest, "slice", said
    several = f"{len(volumes)} volumes" if volumes else "no volume"
    said = f"in the order of instance numbers: the series has {several}"
    return sorted(placed(found), key=by_number), "image", said


class _VolumeFrames(Frames):
    """The slices of a volume."""

    kind = "slice"

    def __init__(self, volume: Volume, window: WindowLike) -> None:
        self._volume = volume
        super().__init__(window)

    def __len__(self) -> int:
        return len(self._volume)

    def shown(self, index: int, window: FixedWindow) -> Shown:
        volume = self._volume
        picture = slice_picture(volume, (index,), _single(window))
        name = f"{self.kind} {index} of {len(self)}"
        if volume.grid is None:
            return Shown(fitted(picture, 1.0, (_MOST_PIXELS, _MOST_PIXELS)), name, "", None, None)
        spacing = volume.grid.spacing
        _, down, right = volume.grid.affine[:3, :3].T
        place = place_along(np.cross(right, down), volume.grid.to_patient((index, 0, 0)))
        return Shown(
            fitted(picture, spacing[1] / spacing[2], (_MOST_PIXELS, _MOST_PIXELS)),
            name,
            place,
            _letters(volume),
            spacing[2] * picture.shape[1],
        )

    def _offered(self) -> list[tuple[str, WindowLike]]:
        if not self._volume.is_gray:
            return []
        presets = WINDOWS if self._volume.units == "HU" else ()
        return [("auto", "auto"), *((name, name) for name in presets), ("full", "full")]

    def _fixed(self, window: WindowLike) -> FixedWindow:
        return volume_window(self._volume, window)


def _single(window: FixedWindow) -> _Fixed:
    return window[0] if isinstance(window, tuple) else window


def _letters(volume: Volume) -> EdgeLetters | None:
    if volume.grid is None:
        return None
    steps = volume.grid.affine[:3, :3].T
    right, down = (
        direction_letters(tuple(map(float, step / np.linalg.norm(step))))
        for step in (steps[2], steps[1])
    )
    return EdgeLetters.from_directions(right, down)
