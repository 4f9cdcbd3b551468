"""The array types and the block loop that the transforms share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["AnyArray", "FloatArray", "SupportsArray", "blockwise"]

AnyArray: TypeAlias = npt.NDArray[Any]
FloatArray: TypeAlias = npt.NDArray[np.float32]

_Scalar = TypeVar("_Scalar", np.float32, np.float64, np.uint8, np.uint16)

# 32 Ki samples keep a block and its float64 intermediate inside a second-level cache.
_BLOCK = 1 << 15


@runtime_checkable
class SupportsArray(Protocol):
    """What numpy takes for an array."""

    def __array__(self) -> AnyArray:
        """Give it."""
        ...


def blockwise(
    values: npt.ArrayLike, step: Callable[[AnyArray], AnyArray], dtype: type[_Scalar]
) -> npt.NDArray[_Scalar]:
    """Apply an elementwise function block by block and gather its results.

    A block is always contiguous, so that every element takes the same code path
    whatever array it comes in: the same value gives the same result to the bit.
    """
    array = np.asarray(values)
    if array.dtype.kind not in "biuf":
        msg = f"values must be real numbers, not {array.dtype}"
        raise TypeError(msg)
    flat = np.ascontiguousarray(array).reshape(-1)
    result = np.empty(flat.shape, dtype)
    # Exponentials, and values beyond float32, become infinite here and clamp later; a
    # signalling NaN becomes a quiet one.
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, flat.size, _BLOCK):
            result[start : start + _BLOCK] = step(flat[start : start + _BLOCK])
    return result.reshape(array.shape)
