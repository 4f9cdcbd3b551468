"""Frames as a film, one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, BinaryIO, TypeAlias

from dicomkit.errors import LimitError
from dicomkit.export.writing.animation import write_apng, write_gif, write_webp
from dicomkit.export.writing.encoding import PictureFormat, check_image, check_quality
from dicomkit.export.writing.mp4 import TICKS, write_mp4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from dicomkit.dataset.modules.cine import FrameRate
    from dicomkit.export.writing.encoding import ImageArray

__all__ = ["FILMS", "film_suffix", "write_film"]

Shown: TypeAlias = "Iterator[tuple[ImageArray, int]]"

_SIXTEEN = (8, 16)


@dataclass(frozen=True, slots=True)
class FilmFormat:
    """What a kind of film can hold, and what writes it.

    Parameters
    ----------
    frame : PictureFormat
        What one of its frames can be.
    write : callable
        Takes a file, frames with their ticks, and the quality; yields after each frame.
    ticks : int
        Of a second.
    shortest, longest : int
        How many a frame can be shown.
    """

    frame: PictureFormat
    write: Callable[[BinaryIO, Shown, int], Iterator[int]]
    ticks: int = 1000
    shortest: int = 1
    longest: int = 2**16 - 1


_APNG = FilmFormat(PictureFormat("APNG", _SIXTEEN, _SIXTEEN), write_apng)

FILMS: Mapping[str, FilmFormat] = MappingProxyType(
    {
        # Level 6.2 of H.264 allows 16 384 of them.
        ".mp4": FilmFormat(
            PictureFormat("MP4", longest_side=16_384), write_mp4, TICKS, longest=2**31 - 1
        ),
        ".webp": FilmFormat(
            PictureFormat("WEBP", longest_side=16_383), write_webp, longest=2**24 - 1
        ),
        ".apng": _APNG,
        ".png": _APNG,
        # Players show a frame of one hundredth for ten.
        ".gif": FilmFormat(PictureFormat("GIF", longest_side=65_535), write_gif, 100, shortest=2),
    }
)
"""The kinds of film by suffix."""


def film_suffix(name: str) -> str:
    """Find the suffix of a kind of film.

    Raises
    ------
    ValueError
        If dicomkit does not write such films.

    Examples
    --------
    >>> film_suffix("MP4")
    '.mp4'
    """
    suffix = f".{name.removeprefix('.').lower()}"
    if suffix not in FILMS:
        known = ", ".join(known.removeprefix(".") for known in FILMS)
        msg = f"unknown kind of film {name!r}: use one of {known}"
        raise ValueError(msg)
    return suffix


def write_film(
    file: BinaryIO,
    frames: Iterable[NDArray[Any]],
    suffix: str,
    *,
    rate: FrameRate,
    quality: int,
) -> Iterator[int]:
    """Write frames as they come, and keep none of them.

    Parameters
    ----------
    file : binary file
        Empty, and for seeking too.
    frames : iterable of ndarray
        As `save_film` takes them.
    suffix : str
        One of `FILMS`.
    rate : FrameRate
        How fast they follow each other.
    quality : int
        1 to 100.

    Yields
    ------
    int
        How many are written, after each of them. The film is whole at the end.

    Raises
    ------
    TypeError, ValueError, LimitError
        A frame does not fit the kind of film or the one before it, is shown for too short or too
        long a time, or there is none.
    """
    form = FILMS[suffix]
    check_quality(quality)
    count = 0
    for count in form.write(file, _shown(frames, form, rate), quality):
        yield count
    if not count:
        msg = "a film has at least one frame"
        raise ValueError(msg)


def _shown(frames: Iterable[NDArray[Any]], form: FilmFormat, rate: FrameRate) -> Shown:
    """Give each frame with its ticks, rounded so that what is lost on one is made up for later."""
    end, passed = 0.0, 0
    first: tuple[object, ...] | None = None
    for number, image in enumerate(frames):
        check_image(image, form.frame)
        kind = image.shape, image.dtype
        first = first or kind
        if kind != first:
            msg = (
                f"frame {number} is {_described(kind)} where the first is {_described(first)}: "
                "all frames of a film are alike"
            )
            raise ValueError(msg)
        end += rate.duration(number) * form.ticks
        ticks = round(end) - passed
        if not form.shortest <= ticks <= form.longest:
            shortest, longest = form.shortest / form.ticks, form.longest / form.ticks
            msg = (
                f"{form.frame.name} shows a frame for {shortest:.2g} to {longest:.0f} seconds, "
                f"and frame {number} is to be shown for {rate.duration(number):.3g}"
            )
            raise LimitError(msg)
        passed += ticks
        yield image, ticks


def _described(kind: tuple[object, ...]) -> str:
    shape, dtype = kind
    return f"{dtype} of shape {shape}"
