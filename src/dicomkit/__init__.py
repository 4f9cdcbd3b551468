"""DICOM from disk to numbers and to pictures."""

from importlib import import_module
from threading import RLock
from typing import TYPE_CHECKING

from dicomkit._version import __version__ as __version__

__all__ = [
    "WINDOWS",
    "Concept",
    "Contour",
    "DecodeError",
    "DicomKitError",
    "DisplayPipeline",
    "ExportEntry",
    "ExportReport",
    "FileSetWalker",
    "FrameRate",
    "Grid",
    "Image",
    "InconsistentError",
    "Instance",
    "LimitError",
    "Limits",
    "LookupTable",
    "MetadataRow",
    "MetadataTree",
    "NoPixelsError",
    "NotDicomError",
    "Note",
    "Overlay",
    "Plane",
    "PresentationState",
    "Problem",
    "Quantity",
    "QuantityOption",
    "ReadError",
    "Rescale",
    "Segment",
    "Series",
    "Stack",
    "StackSlice",
    "Structure",
    "SuvFactor",
    "TruncatedError",
    "Unit",
    "UnitsError",
    "UnsafePathError",
    "UnsupportedError",
    "VoiOption",
    "Volume",
    "Window",
    "WriteError",
    "apply_window",
    "auto_window",
    "color_wash",
    "display_pipeline",
    "encode_image",
    "export_fileset",
    "export_volumes",
    "find_elements",
    "frame_count",
    "frame_plane",
    "frame_rate",
    "metadata_rows",
    "metadata_tree",
    "open_image",
    "overlays",
    "paint",
    "presentation_state",
    "quantities",
    "read_dataset",
    "read_plane",
    "read_volume",
    "render",
    "resample",
    "save_film",
    "save_image",
    "save_volume",
    "segment_labels",
    "segment_masks",
    "segments",
    "series_window",
    "stacks",
    "stored_values",
    "structure_mask",
    "structure_notes",
    "structures",
    "suv_factor",
    "to_hu",
    "to_nibabel",
    "to_quantity",
    "to_sitk",
    "to_uint8",
    "to_uint16",
    "to_values",
    "unshear",
    "voi_options",
]

if TYPE_CHECKING:
    from dicomkit.dataset.files.reading import read_dataset
    from dicomkit.dataset.metadata.listing import (
        MetadataRow,
        find_elements,
        metadata_rows,
        metadata_tree,
    )
    from dicomkit.dataset.metadata.tree import MetadataTree
    from dicomkit.dataset.modules.cine import FrameRate
    from dicomkit.dataset.modules.plane import Plane
    from dicomkit.dataset.modules.presentation_state import PresentationState, presentation_state
    from dicomkit.dataset.modules.real_world_value import QuantityOption
    from dicomkit.dataset.modules.segmentation import Segment
    from dicomkit.dataset.modules.structures import Contour, Structure
    from dicomkit.dataset.modules.units import Concept, Unit
    from dicomkit.dataset.modules.voi import VoiOption
    from dicomkit.display.build import display_pipeline
    from dicomkit.display.pipeline import DisplayPipeline
    from dicomkit.display.render import render
    from dicomkit.display.series import series_window
    from dicomkit.errors import (
        DecodeError,
        DicomKitError,
        InconsistentError,
        LimitError,
        NoPixelsError,
        NotDicomError,
        ReadError,
        TruncatedError,
        UnitsError,
        UnsafePathError,
        UnsupportedError,
        WriteError,
    )
    from dicomkit.export.bookkeeping.report import ExportEntry, ExportReport
    from dicomkit.export.fileset import export_fileset
    from dicomkit.export.film import save_film
    from dicomkit.export.image import save_image
    from dicomkit.export.volumes import export_volumes
    from dicomkit.export.writing.encoding import encode_image
    from dicomkit.export.writing.volume import save_volume
    from dicomkit.fileset.instances import Instance, Problem, Series
    from dicomkit.fileset.walker import FileSetWalker
    from dicomkit.image.cine import frame_rate
    from dicomkit.image.image import Image, open_image
    from dicomkit.image.overlays import Overlay, overlays
    from dicomkit.image.quantity import Quantity, quantities, to_quantity
    from dicomkit.image.suv import SuvFactor, suv_factor
    from dicomkit.image.values import (
        frame_count,
        stored_values,
        to_hu,
        to_values,
        voi_options,
    )
    from dicomkit.limits import Limits
    from dicomkit.notes import Note
    from dicomkit.regions.labels import segment_labels
    from dicomkit.regions.masks import segment_masks, segments
    from dicomkit.regions.structures import structure_mask, structure_notes, structures
    from dicomkit.stacking.stack import Stack, StackSlice
    from dicomkit.transforms.grid import Grid
    from dicomkit.transforms.lut import LookupTable
    from dicomkit.transforms.output import to_uint8, to_uint16
    from dicomkit.transforms.painting import color_wash, paint
    from dicomkit.transforms.presets import WINDOWS
    from dicomkit.transforms.ranges import auto_window
    from dicomkit.transforms.rescale import Rescale
    from dicomkit.transforms.window import Window, apply_window
    from dicomkit.volume.conversion import to_nibabel, to_sitk
    from dicomkit.volume.planes import frame_plane
    from dicomkit.volume.reading import read_plane, read_volume, stacks
    from dicomkit.volume.resampling import resample, unshear
    from dicomkit.volume.volume import Volume
else:
    # The imports above are what type checkers, editors and the rules on imports see. What runs
    # is below: a name's module is imported when the name is first used, so that nobody waits for
    # what they do not use. tests/test_front_door.py holds the two together.
    _NAMES = {
        "dataset.files.reading": "read_dataset",
        "dataset.metadata.listing": "MetadataRow find_elements metadata_rows metadata_tree",
        "dataset.metadata.tree": "MetadataTree",
        "dataset.modules.cine": "FrameRate",
        "dataset.modules.plane": "Plane",
        "dataset.modules.presentation_state": "PresentationState presentation_state",
        "dataset.modules.real_world_value": "QuantityOption",
        "dataset.modules.segmentation": "Segment",
        "dataset.modules.structures": "Contour Structure",
        "dataset.modules.units": "Concept Unit",
        "dataset.modules.voi": "VoiOption",
        "display.build": "display_pipeline",
        "display.pipeline": "DisplayPipeline",
        "display.render": "render",
        "display.series": "series_window",
        "errors": (
            "DecodeError DicomKitError InconsistentError LimitError NoPixelsError "
            "NotDicomError ReadError TruncatedError UnitsError UnsafePathError "
            "UnsupportedError WriteError"
        ),
        "export.fileset": "export_fileset",
        "export.film": "save_film",
        "export.image": "save_image",
        "export.writing.volume": "save_volume",
        "export.volumes": "export_volumes",
        "export.bookkeeping.report": "ExportEntry ExportReport",
        "export.writing.encoding": "encode_image",
        "fileset.instances": "Instance Problem Series",
        "fileset.walker": "FileSetWalker",
        "image.cine": "frame_rate",
        "image.image": "Image open_image",
        "image.overlays": "Overlay overlays",
        "image.quantity": "Quantity quantities to_quantity",
        "image.suv": "SuvFactor suv_factor",
        "image.values": "frame_count stored_values to_hu to_values voi_options",
        "limits": "Limits",
        "notes": "Note",
        "regions.labels": "segment_labels",
        "regions.masks": "segment_masks segments",
        "regions.structures": "structure_mask structure_notes structures",
        "stacking.stack": "Stack StackSlice",
        "transforms.grid": "Grid",
        "transforms.lut": "LookupTable",
        "transforms.output": "to_uint8 to_uint16",
        "transforms.painting": "color_wash paint",
        "transforms.presets": "WINDOWS",
        "transforms.ranges": "auto_window",
        "transforms.rescale": "Rescale",
        "transforms.window": "Window apply_window",
        "volume.conversion": "to_nibabel to_sitk",
        "volume.planes": "frame_plane",
        "volume.reading": "read_plane read_volume stacks",
        "volume.resampling": "resample unshear",
        "volume.volume": "Volume",
    }
    _HOME = {name: module for module, names in _NAMES.items() for name in names.split()}
    # Threads that import parts of pydicom at the same time meet half of it.
    _ONE_AT_A_TIME = RLock()

    def __getattr__(name: str) -> object:
        if name not in _HOME:
            msg = f"module {__name__!r} has no attribute {name!r}"
            raise AttributeError(msg, name=name, obj=import_module(__name__))
        with _ONE_AT_A_TIME:
            value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})
