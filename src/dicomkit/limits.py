"""How much a file may ask for before dicomkit refuses."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT_LIMITS", "Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that are checked before memory is taken.

    Parameters
    ----------
    frame_bytes : int
        The most bytes that one decoded frame may take. The default holds a
        16 384 x 16 384 frame of RGB, beyond any mammogram or slide tile.
    total_bytes : int
        The most bytes that one call may return, such as all frames at once.
    frames : int
        The most frames that an instance may declare.
    inflated_bytes : int
        The most bytes that a deflated dataset may inflate to.
    depth : int
        How deep sequences may nest.
    items : int
        How many items all sequences of a dataset may have together, at whatever depth. An empty
        one takes 8 bytes in a file, and a hundred times that as a dataset.

    Examples
    --------
    >>> Limits(frames=100).frames
    100
    """

    frame_bytes: int = 1 << 30
    total_bytes: int = 1 << 33
    frames: int = 1_000_000
    inflated_bytes: int = 1 << 29
    depth: int = 64
    items: int = 500_000

    def __post_init__(self) -> None:
        """Refuse bounds that nothing can keep."""
        for name in self.__slots__:
            if getattr(self, name) < 1:
                msg = f"{name} must be at least 1"
                raise ValueError(msg)


DEFAULT_LIMITS = Limits()
