"""What does tasks: one maker for each kind of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from dicomkit.export.work.tasks import VolumeSettings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dicomkit.export.work.tasks import AnySettings, Outcome

__all__ = ["Maker", "make_maker"]


class Maker(Protocol):
    """What does tasks of one kind, one after the other."""

    def export(self, task: Any, *, native_only: bool = False) -> Iterator[Outcome]:  # noqa: ANN401 - each has its own
        """Do a task, or defer it where only native pixels are wanted."""
        ...


def make_maker(settings: AnySettings) -> Maker:
    """Make what does tasks of the settings' kind; what the other kind takes is not loaded."""
    if isinstance(settings, VolumeSettings):
        from dicomkit.export.work.volume import VolumeMaker

        return VolumeMaker(settings)
    from dicomkit.export.work.instance import Exporter

    return Exporter(settings)
