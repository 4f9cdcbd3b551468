"""The types that public signatures name, for annotations of your own.

They are as stable as the functions that name them. Those that are classes are values that
dicomkit gives; nobody needs to make one.

`ImageLike`
    What every function of an image takes: a pydicom `Dataset` or an `Image`.
`DatasetLike`, `HoldsDataset`
    What functions of elements take: a `Dataset`, or what was made of one and still has it.
`ImageSource`
    What `dicomkit.notebook` draws: a path, an `Instance`, a `Dataset` or an `Image`.
`BinaryReader`, `BinaryWriter`
    The binary streams of `read_dataset` and `save_image`: whatever has ``read``, or ``write``.
`SingleWindow`, `WindowLike`
    A ``window``: None, a `Window`, a `LookupTable`, a name or a view's number; or three of these.
`VoiFunction`
    The functions of a `Window`: ``"LINEAR"``, ``"LINEAR_EXACT"``, ``"SIGMOID"``.
`Presets`
    What `WINDOWS` is.
`Depth`, `Padding`, `SampleColor`
    The words of the options ``bits``, ``padding`` and ``sample_color``.
`AnyArray`, `FloatArray`, `Picture`
    Arrays of any dtype, of float32, and of uint8 or uint16.
`Color`, `Labels`, `Mask`, `Overlap`, `Region`
    A colour, what `paint` paints, what `segment_masks` gives of a segment, the option of
    `segment_labels`: ``"refuse"`` or ``"last"``; and what says what a mask shows.
`Step`, `Transform`, `Role`
    A step of a `DisplayPipeline`, what it does, and its name in the standard.
`ImageDescription`, `PixelKind`
    What a dataset says of its pixels, and in which of three elements they lie.
`FrameReader`, `DecodedFrame`
    What decodes an `Image`'s frames, and what it gives.
`GrayFrame`, `ModalityStep`, `PaddingMask`, `StatedRange`, `ImageRange`
    What a file says of a greyscale frame, and the range that all frames have together.
`ImageReference`, `SoftcopyVoi`, `Shutter`, `DisplayedArea`, `SizeMode`
    What a `PresentationState` references, and what it says of views, hidden pixels, the part of an
    image that is shown, and its size.
`Layer`, `OverlayActivation`, `OverlayGroup`
    Its layers, and which bitmaps it draws in them.
`GraphicAnnotation`, `Figure`, `FigureKind`, `TextObject`, `Justification`, `AnnotationUnits`
    The figures and texts in its layers, and in what units they are placed.
`RectangularShutter`, `CircularShutter`, `PolygonalShutter`, `Shape`
    The shapes of its shutters.
`Invert`, `PresentationTable`, `Degrees`
    How it decides on the polarity, and its rotation.
`SuvKind`
    What `suv_factor` relates uptake to, such as ``"body_weight"``.
`Value`
    The value of a `MetadataRow`.
`Per`, `Row`, `Cell`
    What a row of `FileSetWalker.rows` stands for, the row, and what stands in it.
`Progress`
    The option ``progress`` of `export_fileset`.
`DicomdirUse`
    The option ``dicomdir`` of a walk and an export: ``"auto"``, ``"only"`` or ``"ignore"``.
`FileSystem`, `RemoteFileSystem`
    Where an `Instance` lies, if not on the disk; and one of fsspec's, which a walk can be given.
`VolumeSource`, `VolumeValues`
    What `stacks` and `read_volume` take: an `ImageSource`, a `Series`, a walk, or several of the
    first; and the option ``values``.
`SliceWriter`, `SupportsArray`
    What takes slices, as a zarr array does; and what numpy takes for an array, as a `Volume`.
`Interpolation`
    The option of `resample`: ``"linear"`` or ``"nearest"``.
`Status`
    What became of an `ExportEntry`: ``"written"``, ``"skipped"`` or ``"failed"``.
"""

from dicomkit.dataset.elements.datasets import DatasetLike, HoldsDataset
from dicomkit.dataset.files.filesystems import FileSystem
from dicomkit.dataset.files.remote import RemoteFileSystem
from dicomkit.dataset.files.sources import BinaryReader
from dicomkit.dataset.metadata.columns import Cell
from dicomkit.dataset.metadata.entries import Value
from dicomkit.dataset.modules.displayed_area import DisplayedArea, SizeMode
from dicomkit.dataset.modules.graphics import (
    AnnotationUnits,
    Figure,
    FigureKind,
    GraphicAnnotation,
    Justification,
    Layer,
    TextObject,
)
from dicomkit.dataset.modules.image_pixel import ImageDescription, PixelKind
from dicomkit.dataset.modules.modality import ModalityStep
from dicomkit.dataset.modules.overlays import OverlayGroup
from dicomkit.dataset.modules.presentation_state import OverlayActivation, SoftcopyVoi
from dicomkit.dataset.modules.references import ImageReference
from dicomkit.dataset.modules.shutters import Shutter
from dicomkit.dataset.modules.stated_range import StatedRange
from dicomkit.display.options import Depth, Padding
from dicomkit.display.pipeline import Picture, Role, Step, Transform
from dicomkit.display.views import SingleWindow, WindowLike
from dicomkit.export.bookkeeping.report import Status
from dicomkit.export.image import BinaryWriter
from dicomkit.export.progress import Progress
from dicomkit.fileset.images import ImageSource
from dicomkit.fileset.rows import Per, Row
from dicomkit.fileset.scan import DicomdirUse
from dicomkit.image.gray import GrayFrame
from dicomkit.image.image import ImageLike
from dicomkit.image.memory import ImageRange
from dicomkit.image.reader import DecodedFrame, FrameReader
from dicomkit.image.uptake import SuvKind
from dicomkit.regions.labels import Overlap
from dicomkit.regions.masks import Mask
from dicomkit.regions.structures import Region
from dicomkit.streams.header import SampleColor
from dicomkit.transforms.arrays import AnyArray, FloatArray, SupportsArray
from dicomkit.transforms.interpolation import Interpolation
from dicomkit.transforms.padding import PaddingMask
from dicomkit.transforms.painting import Color, Labels
from dicomkit.transforms.placement import Degrees
from dicomkit.transforms.presentation import Invert, PresentationTable
from dicomkit.transforms.presets import Presets
from dicomkit.transforms.shutter import (
    CircularShutter,
    PolygonalShutter,
    RectangularShutter,
    Shape,
)
from dicomkit.transforms.window import VoiFunction
from dicomkit.volume.reading import SliceWriter
from dicomkit.volume.slices import VolumeValues
from dicomkit.volume.sources import VolumeSource

__all__ = [
    "AnnotationUnits",
    "AnyArray",
    "BinaryReader",
    "BinaryWriter",
    "Cell",
    "CircularShutter",
    "Color",
    "DatasetLike",
    "DecodedFrame",
    "Degrees",
    "Depth",
    "DicomdirUse",
    "DisplayedArea",
    "Figure",
    "FigureKind",
    "FileSystem",
    "FloatArray",
    "FrameReader",
    "GraphicAnnotation",
    "GrayFrame",
    "HoldsDataset",
    "ImageDescription",
    "ImageLike",
    "ImageRange",
    "ImageReference",
    "ImageSource",
    "Interpolation",
    "Invert",
    "Justification",
    "Labels",
    "Layer",
    "Mask",
    "ModalityStep",
    "Overlap",
    "OverlayActivation",
    "OverlayGroup",
    "Padding",
    "PaddingMask",
    "Per",
    "Picture",
    "PixelKind",
    "PolygonalShutter",
    "PresentationTable",
    "Presets",
    "Progress",
    "RectangularShutter",
    "Region",
    "RemoteFileSystem",
    "Role",
    "Row",
    "SampleColor",
    "Shape",
    "Shutter",
    "SingleWindow",
    "SizeMode",
    "SliceWriter",
    "SoftcopyVoi",
    "StatedRange",
    "Status",
    "Step",
    "SupportsArray",
    "SuvKind",
    "TextObject",
    "Transform",
    "Value",
    "VoiFunction",
    "VolumeSource",
    "VolumeValues",
    "WindowLike",
]
