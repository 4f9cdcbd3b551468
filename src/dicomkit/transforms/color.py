"""Colour models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["cielab_to_rgb", "ybr_to_rgb"]

_BLOCK = 1 << 14
"""Pixels at once: three float32 planes of them fit the cache."""
_EXACT_BITS = 53
"""What float64 holds of an integer."""
_D65 = (0.95047, 1.0, 1.08883)
_XYZ_TO_RGB = np.array(
    [
        [3.2404542, -1.5371385, -0.4985314],
        [-0.9692660, 1.8760108, 0.0415560],
        [0.0556434, -0.2040259, 1.0572252],
    ]
)


def ybr_to_rgb(
    values: NDArray[np.integer[Any]], bits: int | None = None
) -> NDArray[np.integer[Any]]:
    """Convert full-range YBR to RGB (PS3.3 C.7.6.3.1.2, YBR_FULL).

    Parameters
    ----------
    values : ndarray of integers, shape (..., 3)
        Y, CB and CR, each of the full range of `bits`; signed ones count from half of it.
    bits : int, optional
        The bits of a sample; by default all that the dtype has.

    Returns
    -------
    ndarray
        A new array of red, green and blue with the shape and dtype of `values`, rounded
        to the nearest and held within the range of `bits`.

    Raises
    ------
    ValueError
        The last axis is not of three samples, or `bits` are not those of the dtype.

    Examples
    --------
    >>> ybr_to_rgb(np.array([[76, 85, 255], [128, 128, 128]], np.uint8))
    array([[254,   0,   0],
           [128, 128, 128]], dtype=uint8)
    """
    width = 8 * values.dtype.itemsize
    bits = width if bits is None else bits
    if values.ndim == 0 or values.shape[-1] != 3:  # noqa: PLR2004 - Y, CB and CR
        msg = f"the last axis must hold three samples, not the shape {values.shape}"
        raise ValueError(msg)
    if not 1 <= bits <= width:
        msg = f"bits must be from 1 to {width} for {values.dtype}, not {bits}"
        raise ValueError(msg)
    # float32 holds integers of 24 bits, so samples of 16 with room for their fractions.
    real: type[np.floating[Any]] = np.float32 if bits <= 16 else np.float64  # noqa: PLR2004
    middle = 1 << (bits - 1)
    offset = middle if values.dtype.kind == "i" else 0
    # The last number that has no more bits: the nearest to 2 ** 64 - 1 would have.
    highest = np.nextafter(2.0**bits, 0) if bits > _EXACT_BITS else (1 << bits) - 1
    pixels = values.reshape(-1, 3)
    result = np.empty_like(pixels)
    for start in range(0, len(pixels), _BLOCK):
        block = pixels[start : start + _BLOCK].astype(real)
        neutral = middle - offset
        y, cb, cr = block[:, 0] + offset, block[:, 1] - neutral, block[:, 2] - neutral
        # R = Y + 1.402 (CR - 128)
        # G = Y - 0.344136 (CB - 128) - 0.714136 (CR - 128)
        # B = Y + 1.772 (CB - 128)
        red = y + 1.402 * cr
        green = y - 0.344136 * cb - 0.714136 * cr
        blue = y + 1.772 * cb
        rgb = np.stack((red, green, blue), axis=-1)
        np.rint(rgb, out=rgb)
        np.clip(rgb, 0, highest, out=rgb)
        result[start : start + _BLOCK] = rgb - offset if offset else rgb
    return result.reshape(values.shape)


def cielab_to_rgb(lab: tuple[float, float, float]) -> tuple[int, int, int]:
    """Convert one colour from CIELab to sRGB.

    White is that of sRGB, D65: the standard means the D50 of ICC profiles, but those who write
    segmentations take D65, as DCMTK and highdicom do, and mean to find their colour again.

    Parameters
    ----------
    lab : (float, float, float)
        L* from 0 to 100, a* and b*.

    Returns
    -------
    (int, int, int)
        Red, green and blue from 0 to 255; what sRGB does not hold is clipped.

    Examples
    --------
    >>> cielab_to_rgb((100, 0, 0)), cielab_to_rgb((53.24, 80.09, 67.2))
    ((255, 255, 255), (255, 0, 0))
    """
    light, a, b = lab
    # f(Y/Yn) = (L* + 16) / 116, f(X/Xn) = f(Y/Yn) + a* / 500, f(Z/Zn) = f(Y/Yn) - b* / 200
    y = (light + 16) / 116
    shares = (y + a / 500, y, y - b / 200)
    # f is the cube root above (6/29)^3, and a straight line below.
    xyz = [
        white * (f**3 if f > 6 / 29 else 3 * (6 / 29) ** 2 * (f - 4 / 29))
        for white, f in zip(_D65, shares, strict=True)
    ]
    linear = np.clip(_XYZ_TO_RGB @ np.array(xyz), 0, 1)
    # IEC 61966-2-1: 12.92 c below 0.0031308, 1.055 c^(1/2.4) - 0.055 above.
    levels = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)  # noqa: PLR2004
    red, green, blue = np.rint(255 * levels).astype(int).tolist()
    return red, green, blue
