"""DICOM from disk to numbers and to pictures."""

from dicomkit._version import __version__ as __version__
from dicomkit.dataset.files.reading import read_dataset
from dicomkit.dataset.metadata.listing import (
    MetadataRow,
    find_elements,
    metadata_rows,
    metadata_tree,
)
from dicomkit.dataset.metadata.tree import MetadataTree
from dicomkit.dataset.overlays import Overlay, overlays
from dicomkit.dataset.pixels.frames import frame_count, stored_values
from dicomkit.dataset.voi import VoiOption
from dicomkit.display.build import display_pipeline
from dicomkit.display.pipeline import DisplayPipeline
from dicomkit.display.render import render
from dicomkit.display.series import series_window
from dicomkit.display.values import to_hu, to_values, voi_options
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
from dicomkit.export.fileset import export_fileset
from dicomkit.export.image import save_image
from dicomkit.export.report import ExportEntry, ExportReport
from dicomkit.fileset.instances import Instance, Problem, Series
from dicomkit.fileset.walker import FileSetWalker
from dicomkit.limits import Limits
from dicomkit.notes import Note
from dicomkit.transforms.lut import LookupTable
from dicomkit.transforms.output import to_uint8, to_uint16
from dicomkit.transforms.presets import WINDOWS
from dicomkit.transforms.ranges import auto_window
from dicomkit.transforms.rescale import Rescale
from dicomkit.transforms.window import Window, apply_window

__all__ = [
    "WINDOWS",
    "DecodeError",
    "DicomKitError",
    "DisplayPipeline",
    "ExportEntry",
    "ExportReport",
    "FileSetWalker",
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
    "Problem",
    "ReadError",
    "Rescale",
    "Series",
    "TruncatedError",
    "UnitsError",
    "UnsafePathError",
    "UnsupportedError",
    "VoiOption",
    "Window",
    "WriteError",
    "apply_window",
    "auto_window",
    "display_pipeline",
    "export_fileset",
    "find_elements",
    "frame_count",
    "metadata_rows",
    "metadata_tree",
    "overlays",
    "read_dataset",
    "render",
    "save_image",
    "series_window",
    "stored_values",
    "to_hu",
    "to_uint8",
    "to_uint16",
    "to_values",
    "voi_options",
]
