"""What common work does not load, because only rare work needs it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import PIL.Image
import pytest
from pydicom.data import get_testdata_file
from tests.fresh import run

if TYPE_CHECKING:
    from pathlib import Path

DECODERS = {
    "dicomkit.image.encapsulated",
    *(
        f"dicomkit.streams.{name}"
        for name in (
            "boxes",
            "decoders",
            "engines",
            "jpeg",
            "jpeg2000",
            "jpeg2000_cost",
            "jpeg_accounting",
            "jpeg_mending",
            "jpeg_segments",
            "jpegxl",
            "rle",
        )
    ),
}
FOR_PEOPLE = {
    "dicomkit.cli",
    "dicomkit.dataset.metadata.entries",
    "dicomkit.dataset.metadata.listing",
    "dicomkit.display.diagram",
    "dicomkit.html.markup",
    "dicomkit.display.thumbnail",
    "dicomkit.fileset.overview",
    "dicomkit.fileset.rows",
    "dicomkit.fileset.summary",
    "dicomkit.notebook",
}
FOR_ZIPS = {"dicomkit.dataset.files.zips", "dicomkit.dataset.files.zip_members"}
FOR_COLOR_AND_FINISH = {
    "dicomkit.dataset.modules.overlays",
    "dicomkit.dataset.modules.palettes",
    "dicomkit.display.finish",
    "dicomkit.display.resizing",
    "dicomkit.transforms.palette",
}
FOR_STATES = {
    "dicomkit.dataset.modules.displayed_area",
    "dicomkit.dataset.modules.graphics",
    "dicomkit.dataset.modules.presentation_state",
    "dicomkit.dataset.modules.shutters",
    "dicomkit.display.drawing",
    "dicomkit.display.lettering",
    "dicomkit.display.presented",
    "dicomkit.export.states",
    "dicomkit.transforms.curves",
    "dicomkit.transforms.placement",
    "dicomkit.transforms.shutter",
}
FOR_SHARED_WINDOWS = {
    "dicomkit.display.extent",
    "dicomkit.export.work.series",
    "dicomkit.export.work.survey",
}
# Older ones load five formats whatever is asked of them.
PILLOW_IS_THRIFTY = hasattr(PIL.Image, "_import_plugin_for_extension")
PILLOWS_OTHER_FORMATS = (
    {"PIL.BmpImagePlugin", "PIL.GifImagePlugin", "PIL.PngImagePlugin"}
    if PILLOW_IS_THRIFTY
    else set()
)
EXPORT = {"dicomkit.export", "dicomkit.fileset"}
FOR_UNITS = {
    "dicomkit.dataset.modules.pet",
    "dicomkit.dataset.modules.quantities",
    "dicomkit.image.quantity",
    "dicomkit.image.suv",
    "dicomkit.transforms.real_world",
}
FOR_MASKS = {
    "dicomkit.dataset.modules.mask",
    "dicomkit.display.subtraction",
    "dicomkit.image.subtraction",
    "dicomkit.transforms.subtraction",
}
FOR_REGIONS = {
    "dicomkit.dataset.modules.segmentation",
    "dicomkit.dataset.modules.structures",
    "dicomkit.regions",
    "dicomkit.transforms.painting",
    "dicomkit.transforms.polygons",
}
RARE = (
    DECODERS
    | FOR_ZIPS
    | FOR_PEOPLE
    | FOR_COLOR_AND_FINISH
    | FOR_STATES
    | FOR_UNITS
    | FOR_MASKS
    | FOR_REGIONS
)

RENDER = "import dicomkit as dk; dk.render(dk.read_dataset(sys.argv[1]))"
EXPORTING = "import dicomkit as dk; dk.export_fileset(sys.argv[1], sys.argv[2], workers=1)"
WORKER = "import dicomkit.export.workers.worker"
HELP = "from dicomkit.__main__ import main\ntry: main(['--help'])\nexcept SystemExit: pass"

NATIVE = str(get_testdata_file("CT_small.dcm", download=False))
COMPRESSED = str(get_testdata_file("JPEG-LL.dcm", download=False))


def loaded(code: str, *arguments: str) -> set[str]:
    """Run code and give the names of the modules that it loads."""
    before = "import sys\nbefore = set(sys.modules)"
    behind = "print('modules:', *(set(sys.modules) - before))"
    printed = run(f"{before}\n{code}\n{behind}", *arguments)
    return set(printed.rpartition("modules:")[2].split())


@pytest.mark.parametrize(
    ("code", "rare"),
    [
        (RENDER, RARE | EXPORT | FOR_SHARED_WINDOWS | {"PIL.ImageFile"}),
        (EXPORTING, RARE | FOR_SHARED_WINDOWS | PILLOWS_OTHER_FORMATS),
        (
            WORKER,
            RARE | FOR_SHARED_WINDOWS | {"dicomkit.fileset", "dicomkit.export.bookkeeping"},
        ),
        (HELP, {"pydicom", "dicomkit.dataset", "dicomkit.display.render", "dicomkit.fileset"}),
    ],
    ids=["render", "export", "worker", "help"],
)
def test_what_is_rare_is_not_loaded(code: str, rare: set[str], tmp_path: Path) -> None:
    # A name that is no module's would never be loaded.
    assert [name for name in sorted(rare) if find_spec(name) is None] == []
    assert loaded(code, NATIVE, str(tmp_path / "out")) & rare == set()


def test_a_compressed_image_loads_its_decoders() -> None:
    assert loaded(RENDER, COMPRESSED) >= DECODERS
