"""One window for each series, made of how far its images' own views reach."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from dicomkit.display.extent import count_dependent, with_windows
from dicomkit.transforms.window import Window

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dicomkit.display.extent import Extent
    from dicomkit.display.options import PictureOptions
    from dicomkit.export.naming.names import Planned
    from dicomkit.export.work.tasks import Surveyed

__all__ = ["SeriesWindows"]

# None where every image keeps its own view, for all of them are the same.
_Windows: TypeAlias = tuple[Window, ...] | None


@dataclass(slots=True)
class _Group:
    """What shares a window: images of a series whose values mean the same."""

    domain: str
    extents: tuple[Extent, ...] = ()
    settled: bool = False
    windows: _Windows = None
    options: PictureOptions | None = None

    def add(self, extents: tuple[Extent, ...]) -> None:
        if not self.extents:
            self.extents = extents
        elif extents:
            both = zip(self.extents, extents, strict=True)
            self.extents = tuple(one | other for one, other in both)

    def settle(self, windows: _Windows) -> None:
        self.windows, self.settled = windows, True


@dataclass(slots=True)
class SeriesWindows:
    """Decides what every instance is drawn with, once all of its series are surveyed.

    The order in which they are surveyed does not matter. What pictures of an earlier run
    have been drawn with, the others of their series get, too.

    Parameters
    ----------
    planned : sequence of Planned
        The instances.
    chosen : PictureOptions
        How the caller wants all of them to be drawn.
    """

    planned: Sequence[Planned]
    chosen: PictureOptions
    _groups: dict[tuple[str, str], _Group] = field(default_factory=dict, init=False)
    # What keeps its own view, whatever the others have.
    _single: _Group = field(default_factory=lambda: _Group(""), init=False)
    # By instance, of which there may be millions; None for those of which nothing is known.
    _members: list[_Group | None] = field(init=False)

    def __post_init__(self) -> None:
        self._members = [None] * len(self.planned)

    def take(self, surveyed: Surveyed) -> None:
        """Enter how far a frame's views reach.

        Parameters
        ----------
        surveyed : Surveyed
            What a worker found out.
        """
        index, domain = surveyed.index, surveyed.domain
        group = self._single if domain is None else self._group(index, domain)
        known = self._members[index]
        if known is None or known is group:
            self._members[index] = group
            group.add(surveyed.extents)
        else:
            # Frames whose values differ in their meaning: no window would fit all.
            self._members[index] = self._single

    def keep(self, index: int, shared: Mapping[str, Any]) -> None:
        """Enter what a picture of an earlier run was drawn with.

        Parameters
        ----------
        index : int
            Its instance.
        shared : mapping
            What `shared` gave for it then; anything else says nothing.
        """
        domain, windows = shared.get("domain"), shared.get("windows")
        if not isinstance(domain, str):
            return
        try:
            parsed = None if windows is None else tuple(Window(*one) for one in windows)
        except (OverflowError, TypeError, ValueError):
            return
        if parsed is None or len(parsed) == count_dependent(self.chosen.window):
            self._group(index, domain).settle(parsed)

    def options(self, index: int) -> PictureOptions:
        """Give what an instance is drawn with.

        Parameters
        ----------
        index : int
            The instance.

        Returns
        -------
        PictureOptions
            With its series' window, where its images would look different without it.
        """
        group = self._settled(index)
        if group is None or group.windows is None:
            return self.chosen
        if group.options is None:
            window = with_windows(self.chosen.window, group.windows)
            group.options = replace(self.chosen, window=window, source="the series")
        return group.options

    def shared(self, index: int) -> dict[str, Any] | None:
        """Describe for the manifest what an instance shares with its series.

        Parameters
        ----------
        index : int
            The instance.

        Returns
        -------
        dict or None
            What `keep` understands. None if it shares nothing.
        """
        group = self._settled(index)
        if group is None:
            return None
        windows = group.windows and [[w.center, w.width, w.function] for w in group.windows]
        return {"domain": group.domain, "windows": windows}

    def _group(self, index: int, domain: str) -> _Group:
        key = self.planned[index].series, domain
        return self._groups.setdefault(key, _Group(domain))

    def _settled(self, index: int) -> _Group | None:
        group = self._members[index]
        if group is self._single:
            return None
        if group is not None and not group.settled:
            differ = any(extent.common is None for extent in group.extents)
            group.settle(tuple(one.window for one in group.extents) if differ else None)
        return group
