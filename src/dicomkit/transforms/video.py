"""The colours of video: luma and colour differences that are RGB (ITU-T H.273, 8.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BT601", "BT709", "VideoColor"]

Samples: TypeAlias = "NDArray[np.uint8] | NDArray[np.uint16]"
Planes: TypeAlias = "tuple[Samples, Samples, Samples]"

# So many binary places keep the sums of three rounded terms within a hundredth of a level.
_PLACES: Final = 5
_BYTE: Final = 8


@dataclass(frozen=True, slots=True)
class VideoColor:
    """What luma and colour differences of a stream stand for.

    Parameters
    ----------
    red, blue : float
        The weights KR and KB of luma.
    full : bool
        Whether samples span all numbers of their depth, rather than 16 to 235 of 8 bits (luma)
        and 16 to 240 (colour).

    Examples
    --------
    >>> black, white = np.uint8([[16]]), np.uint8([[235]])
    >>> gray = np.uint8([[128]])
    >>> BT709.to_rgb((white, gray, gray)).tolist(), BT709.to_rgb((black, gray, gray)).tolist()
    ([[[255, 255, 255]]], [[[0, 0, 0]]])
    """

    red: float
    blue: float
    full: bool = False

    def to_rgb(self, planes: Planes, bits: int = 8) -> Samples:
        """Make RGB of the planes of a picture.

        Parameters
        ----------
        planes : tuple of ndarray of uint8 or uint16
            Luma, of shape (rows, columns); blue and red difference, which may have half as many
            rows, or columns, or both: each of their samples then stands for two, or for four.
        bits : int
            Of a sample.

        Returns
        -------
        ndarray of uint8, or of uint16 for more than 8 bits, shape (rows, columns, 3)
        """
        luma, blue, red = planes
        top = (1 << bits) - 1
        kind = np.dtype(np.int16 if bits <= _BYTE else np.int32)
        values = np.arange(top + 1, dtype=np.float64)
        scale = 1 << (bits - 8)
        green = 1 - self.red - self.blue
        # E'Y = Y / (2^n - 1), E'P = (C - 2^(n-1)) / (2^n - 1); or, of the limited range,
        # E'Y = (Y - 16 s) / (219 s), E'P = (C - 128 s) / (224 s), where s = 2^(n-8).
        light = values / top if self.full else (values - 16 * scale) / (219 * scale)
        difference = (values - 128 * scale) / (top if self.full else 224 * scale)

        def terms(plane: Samples, table: NDArray[np.float64]) -> NDArray[np.signedinteger]:
            fixed = np.rint(table * (top << _PLACES)).astype(kind)
            found: NDArray[np.signedinteger] = fixed[plane]
            return found

        def enlarged(plane: NDArray[np.signedinteger]) -> NDArray[np.signedinteger]:
            for axis in (0, 1):
                if plane.shape[axis] < luma.shape[axis]:
                    plane = np.repeat(plane, 2, axis)
            return plane[: luma.shape[0], : luma.shape[1]]

        # R = Y + 2 (1 - KR) PR; B = Y + 2 (1 - KB) PB; G = (Y - KR R - KB B) / KG.
        to_red, to_blue = 2 * (1 - self.red), 2 * (1 - self.blue)
        shares = (
            terms(red, to_red * difference),
            terms(blue, -self.blue * to_blue / green * difference)
            + terms(red, -self.red * to_red / green * difference),
            terms(blue, to_blue * difference),
        )
        # One half is added before the places are cut off.
        base = terms(luma, light) + kind.type(1 << (_PLACES - 1))
        picture = np.empty_like(luma, shape=(*luma.shape, 3))
        for channel, share in enumerate(shares):
            np.clip(
                (base + enlarged(share)) >> _PLACES,
                0,
                top,
                out=picture[..., channel],
                casting="unsafe",
            )
        return picture

    def from_rgb(self, picture: NDArray[np.uint8]) -> Planes:
        """Make planes of a picture, the colour differences with half its rows and columns.

        Parameters
        ----------
        picture : ndarray of uint8, shape (rows, columns) or (rows, columns, 3)
            Greyscale or RGB. Rows and columns are even.

        Returns
        -------
        tuple of ndarray of uint8
            Luma, blue and red difference.
        """
        rows, columns = picture.shape[:2]
        scale, zero = (255.0, 0) if self.full else (219.0, 16)
        if picture.ndim == 2:  # noqa: PLR2004 - greyscale
            table = np.rint(zero + np.arange(256) * (scale / 255)).astype(np.uint8)
            plain = np.full((rows // 2, columns // 2), 128, np.uint8)
            return table[picture], plain, plain
        weights = np.array([self.red, 1 - self.red - self.blue, self.blue], np.float32)
        light = picture @ (weights / np.float32(255))
        reach = 255.0 if self.full else 224.0
        # Y = 219 E'Y + 16; CB = 224 (B - E'Y) / (2 (1 - KB)) + 128; CR likewise.
        differences = []
        for channel, weight in ((2, self.blue), (0, self.red)):
            difference = picture[..., channel] / np.float32(255) - light
            means = difference.reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3))
            fixed = np.rint(128 + means * (reach / (2 * (1 - weight))))
            differences.append(np.clip(fixed, 0, 255).astype(np.uint8))
        return np.rint(zero + scale * light).astype(np.uint8), differences[0], differences[1]


BT601: Final = VideoColor(0.299, 0.114)
"""Of standard definition, and of YBR_PARTIAL_420 (PS3.3 C.7.6.3.1.2)."""

BT709: Final = VideoColor(0.2126, 0.0722)
"""Of high definition."""
