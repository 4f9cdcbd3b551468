"""Real-world values, written and read by highdicom."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import highdicom
import numpy as np
import pytest
from highdicom.pm import ParametricMap, RealWorldValueMapping
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.sr.codedict import codes

import dicomkit as dk
from reference.quiet import quiet

if TYPE_CHECKING:
    from numpy.typing import NDArray

STORED = np.arange(128 * 128).reshape(1, 128, 128)


@quiet()
def mapped(stored: NDArray[Any], mapping: dict[str, Any]) -> tuple[bytes, NDArray[np.floating]]:
    """Make a parametric map; give the file, and the real-world values that highdicom reads."""
    one = RealWorldValueMapping(
        lut_label="1", lut_explanation="x", unit=codes.UCUM.SquareMillimeterPerSecond, **mapping
    )
    image = ParametricMap(
        source_images=[dcmread(str(get_testdata_file("CT_small.dcm", download=False)))],
        pixel_array=stored,
        series_instance_uid=highdicom.UID(),
        series_number=1,
        sop_instance_uid=highdicom.UID(),
        instance_number=1,
        manufacturer="nobody",
        manufacturer_model_name="none",
        software_versions="1",
        device_serial_number="1",
        contains_recognizable_visual_features=False,
        real_world_value_mappings=[one],
        window_center=1,
        window_width=2,
    )
    buffer = io.BytesIO()
    image.save_as(buffer)
    buffer.seek(0)
    read = highdicom.imread(buffer)
    values = read.get_frame(1, apply_real_world_transform=True, dtype=np.float64)
    return buffer.getvalue(), values


@pytest.mark.parametrize(
    ("stored", "mapping"),
    [
        (
            (STORED % 4096).astype(np.uint16),
            {"value_range": [0, 4095], "slope": 0.25, "intercept": -3.0},
        ),
        (
            (STORED % 256).astype(np.uint8),
            {"value_range": [0, 255], "lut_data": [n**2 / 3 for n in range(256)]},
        ),
    ],
    ids=["line", "table"],
)
def test_real_world_values_agree_to_float32(stored: NDArray[Any], mapping: dict[str, Any]) -> None:
    """Those of float pixel data highdicom 0.28 cannot read: it asks for Pixel Representation."""
    data, theirs = mapped(stored, mapping)
    found = dk.to_quantity(dk.read_dataset(data))
    assert np.array_equal(found.values, theirs.astype(np.float32))
    assert found.units == dk.Unit("mm2/s", "mm2/s", "mm2/s")
    assert found.notes == ()
