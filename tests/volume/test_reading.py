"""Reading volumes: sources, types, padding, memory, and what is refused."""

from __future__ import annotations

import pickle
import sys
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.uid import RLELossless
from tests.fresh import run
from tests.image.mappings import mapping, measured
from tests.volumes import COLUMNS, ROWS, classic, enhanced, pixels_of, sampled_errors, save

import dicomkit as dk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pydicom.dataset import Dataset


def axial(count: int = 6, **more: Any) -> list[Dataset]:  # noqa: ANN401
    return [classic(n, (0, 0, 3 * n), **more) for n in range(count)]


def padded(value: int = 2) -> list[Dataset]:
    slices = axial(3, PixelPaddingValue=value)
    for number, one in enumerate(slices):
        pixels = pixels_of(number).copy()
        pixels[0, :2] = value
        one.PixelData = pixels.tobytes()
    return slices


Sources = [
    pytest.param(lambda folder, _: folder, id="folder"),
    pytest.param(lambda folder, _: str(folder), id="text"),
    pytest.param(lambda folder, _: dk.FileSetWalker(folder), id="walker"),
    pytest.param(lambda folder, _: dk.FileSetWalker(folder).series()[0], id="series"),
    pytest.param(lambda folder, _: iter(dk.FileSetWalker(folder)), id="instances"),
    pytest.param(lambda _, paths: paths, id="paths"),
    pytest.param(lambda _, paths: map(dk.read_dataset, paths), id="datasets"),
    pytest.param(lambda _, paths: [dk.open_image(dk.read_dataset(p)) for p in paths], id="images"),
    pytest.param(lambda folder, _: dk.stacks(folder)[0], id="stack"),
]


@pytest.mark.parametrize("make", Sources)
def test_whatever_leads_to_slices_is_a_source(
    tmp_path: Path, make: Callable[[Path, list[Path]], Any]
) -> None:
    slices = axial()
    paths = save(slices, tmp_path)
    volume = dk.read_volume(make(tmp_path, paths))
    assert max(sampled_errors(volume, slices)) < 0.002
    assert [one.path for one in volume.slices if one] == paths
    assert volume.units == "HU"
    assert volume.array.dtype == np.float32


def test_a_single_file_is_a_source(tmp_path: Path) -> None:
    frames = axial(modality="MR")
    (path,) = save([enhanced(frames)], tmp_path)
    for source in (path, next(iter(dk.FileSetWalker(path))), dk.read_dataset(path)):
        assert max(sampled_errors(dk.read_volume(source), frames)) < 0.002


@pytest.mark.parametrize("source", [3, None, [None], ["nowhere"], [3.5]])
def test_what_is_no_source(source: Any) -> None:  # noqa: ANN401
    with pytest.raises((TypeError, dk.ReadError)):
        dk.stacks(source)


def test_a_zip_is_a_source(tmp_path: Path) -> None:
    slices = axial()
    paths = save(slices, tmp_path / "in")
    with zipfile.ZipFile(tmp_path / "exam.zip", "w") as packed:
        for path in paths:
            packed.write(path, f"series/{path.name}")
    for source in (
        tmp_path / "exam.zip",
        tmp_path / "exam.zip" / "series",
        dk.FileSetWalker(tmp_path / "exam.zip"),
        dk.FileSetWalker(tmp_path / "exam.zip").series()[0],
        [tmp_path / "exam.zip" / "series" / path.name for path in paths],
    ):
        (stack,) = dk.stacks(source)
        volume = dk.read_volume(stack)
        assert max(sampled_errors(volume, slices)) < 0.002
        carried = pickle.loads(pickle.dumps(stack))  # noqa: S301 - its own
        assert np.array_equal(dk.read_plane(carried, 2), volume.array[2])
    report = dk.export_volumes(tmp_path / "exam.zip", tmp_path / "out", format="npz")
    assert report.ok
    assert {entry.source for entry in report.written} == {f"series/IM{n:04}" for n in range(6)}
    again = dk.export_volumes(tmp_path / "exam.zip", tmp_path / "out", format="npz")
    assert again == report


def test_a_remote_file_system_is_a_source() -> None:
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    slices = axial()
    for number, one in enumerate(slices):
        buffer = BytesIO()
        one.save_as(buffer, enforce_file_format=True)
        memory.pipe(f"/volumes-test/IM{number}", buffer.getvalue())
    try:
        walker = dk.FileSetWalker("/volumes-test", filesystem=memory)
        assert max(sampled_errors(dk.read_volume(walker), slices)) < 0.002
        (row,) = walker.rows(per="series", volumes=True)
        assert row["volumes"] == 1
    finally:
        memory.rm("/volumes-test", recursive=True)


def test_what_is_no_dicom_says_so(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no image")
    with pytest.raises(dk.NotDicomError) as caught:
        dk.read_volume(path)
    assert caught.value.path == str(path)
    assert dk.stacks(tmp_path) == ()


def test_a_slice_is_what_to_values_gives(tmp_path: Path) -> None:
    slices = axial(4, RescaleSlope="0.123456789", RescaleIntercept="-7.5")
    volume = dk.read_volume(save(slices, tmp_path))
    for plane, ds in zip(volume.array, slices, strict=True):
        assert np.array_equal(plane, dk.to_values(ds))


@pytest.mark.parametrize("slope", ["1", "-3", "2.5", "1000", "-32768"])
@pytest.mark.parametrize("signed", [0, 1])
def test_fast_ways_are_equal_to_the_bit(slope: str, signed: int) -> None:
    slices = axial(2, RescaleSlope=slope, RescaleIntercept="-1024", PixelRepresentation=signed)
    for one in slices:
        one.PixelData = np.linspace(0, 65535, ROWS * COLUMNS).astype(np.uint16).tobytes()
    volume = dk.read_volume(slices)
    for plane, ds in zip(volume.array, slices, strict=True):
        assert np.array_equal(plane, dk.to_values(ds))


def test_hounsfield_units_or_an_error() -> None:
    assert dk.read_volume(axial(), values="hu").units == "HU"
    with pytest.raises(dk.UnitsError, match="not Hounsfield"):
        dk.read_volume(axial(modality="MR"), values="hu")


def test_slices_in_different_units_are_no_volume() -> None:
    slices = axial()
    slices[3].RescaleType = "OD"
    with pytest.raises(dk.UnitsError, match="different units"):
        dk.read_volume(slices)


def test_slices_of_different_quantities_are_no_volume() -> None:
    """T1 in one, T2 in others (PS3.16 CID 7180's): both are in ms (PS3.3 C.7.6.16.2.11)."""
    slices = [classic(n, (0, 0, 3 * n), modality="MR") for n in range(4)]
    for number, one in enumerate(slices):
        item = mapping(0.5, "ms", RealWorldValueLastValueMapped=1000)
        item.QuantityDefinitionSequence = measured("113065" if number else "113063")
        one.RealWorldValueMappingSequence = [item]
    with pytest.raises(dk.UnitsError, match="of different quantities"):
        dk.read_volume(slices, values="quantity")
    volume = dk.read_volume(slices[1:], values="quantity")
    assert volume.units == "ms"
    assert volume.array[0, 0, 3] == 51.5


def test_values_as_stored() -> None:
    volume = dk.read_volume(axial(), dtype="stored")
    assert volume.array.dtype == np.uint16
    assert volume.units is None
    assert np.array_equal(volume.array[2], pixels_of(2))
    with pytest.raises(ValueError, match="no units"):
        dk.read_volume(axial(), dtype="stored", values="hu")


@pytest.mark.parametrize("kind", ["f4", "f8"])
def test_a_dose_is_a_volume_of_quantities(kind: str) -> None:
    """Dose Grid Scaling is 1e-6 (PS3.3 C.8.8.3), by hand: no Modality step knows of it."""
    path = str(get_testdata_file("rtdose.dcm", download=False))
    stored = dcmread(path).pixel_array
    volume = dk.read_volume(path, values="quantity", dtype=kind)
    assert volume.array.dtype == kind
    np.testing.assert_allclose(volume.array, stored * 1e-6, rtol=1e-6)
    assert volume.units == "1"
    plane = dk.read_plane(dk.stacks(path)[0], 3, values="quantity", units="1", dtype=kind)
    np.testing.assert_array_equal(plane, volume.array[3])


def test_a_quantity_is_no_whole_number_and_no_other_values() -> None:
    with pytest.raises(ValueError, match="float32 or float64, not as int16"):
        dk.read_volume(axial(), values="quantity", dtype="i2")
    with pytest.raises(ValueError, match="pass values='quantity', too"):
        dk.read_volume(axial(), units="HU")
    with pytest.raises(dk.UnitsError, match="offers no values in these units"):
        dk.read_volume(axial(), values="quantity", units="Gy")


def test_stored_types_that_do_not_go_together_are_refused() -> None:
    slices = axial()
    slices[1].PixelRepresentation = 1
    assert dk.read_volume(slices).array.dtype == np.float32
    with pytest.raises(dk.InconsistentError, match="read the volume as float32"):
        dk.read_volume(slices, dtype="stored")


@pytest.mark.parametrize("dtype", [np.int16, np.int32, "i8", np.float64, "float32"])
def test_types_that_hold_every_value(dtype: Any) -> None:  # noqa: ANN401
    volume = dk.read_volume(axial(), dtype=dtype)
    assert volume.array.dtype == np.dtype(dtype)
    assert volume.array[3, 0, 1] == 301 - 1024


@pytest.mark.parametrize(
    ("more", "dtype"),
    [({}, np.uint16), ({}, np.int8), ({"RescaleSlope": "0.5"}, np.int16)],
)
def test_types_that_do_not_are_refused(more: dict[str, Any], dtype: Any) -> None:  # noqa: ANN401
    with pytest.raises(dk.UnitsError, match="not all exact"):
        dk.read_volume(axial(**more), dtype=dtype)


@pytest.mark.parametrize("dtype", [np.complex64, "U4", bool])
def test_types_that_are_no_real_numbers(dtype: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="real number"):
        dk.read_volume(axial(), dtype=dtype)


def test_float64_is_not_rounded_on_the_way() -> None:
    (array,) = dk.read_volume(axial(1, RescaleSlope="0.1"), dtype=np.float64).array
    assert array[0, 3] == 3 * 0.1 - 1024


def test_padding_stays_unless_asked_for() -> None:
    assert (dk.read_volume(padded()).array[:, 0, :2] == 2 - 1024).all()
    volume = dk.read_volume(padded(), padding=np.nan)
    assert np.isnan(volume.array[:, 0, :2]).all()
    # A pixel that merely has another value is none.
    assert np.isfinite(volume.array[:, 1:]).all()
    assert (dk.read_volume(padded(), padding=-2000).array[:, 0, :2] == -2000).all()


def test_padding_goes_into_whole_numbers_only_where_it_fits() -> None:
    stored = dk.read_volume(padded(), dtype="stored", padding=65535)
    assert (stored.array[:, 0, :2] == 65535).all()
    for value in (np.nan, -1, 0.5, 65536):
        with pytest.raises(ValueError, match="is no uint16"):
            dk.read_volume(padded(), dtype="stored", padding=value)


def test_fill_goes_into_whole_numbers_only_where_it_fits() -> None:
    slices = axial()
    del slices[2]
    with pytest.raises(ValueError, match="fill=-1 is no uint16"):
        dk.read_volume(slices, dtype="stored", fill=-1)


def test_unknown_values_are_refused() -> None:
    with pytest.raises(ValueError, match="values is"):
        dk.read_volume(axial(), values="suv")  # type: ignore[arg-type]


def test_slices_go_where_they_are_told_to(tmp_path: Path) -> None:
    out = np.lib.format.open_memmap(tmp_path / "volume.npy", "w+", np.float32, (6, ROWS, COLUMNS))
    volume = dk.read_volume(axial(), out=out)
    assert volume.array is out
    out.flush()
    assert np.array_equal(np.load(tmp_path / "volume.npy"), dk.read_volume(axial()).array)


def test_zarr_takes_slices(tmp_path: Path) -> None:
    zarr = pytest.importorskip("zarr")
    out = zarr.create_array(
        str(tmp_path / "v.zarr"), shape=(6, ROWS, COLUMNS), chunks=(1, ROWS, COLUMNS), dtype="f4"
    )
    volume = dk.read_volume(axial(), out=out)
    assert volume.array is out
    again = zarr.open_array(str(tmp_path / "v.zarr"))
    assert np.array_equal(again[:], dk.read_volume(axial()).array)
    assert np.array_equal(np.asarray(volume), again[:])


def test_out_has_to_fit() -> None:
    with pytest.raises(ValueError, match=r"out has the shape \(1, 2, 3\); the volume has"):
        dk.read_volume(axial(), out=np.empty((1, 2, 3)))
    with pytest.raises(dk.InconsistentError, match="int16 does not hold"):
        dk.read_volume(axial(), out=np.empty((6, ROWS, COLUMNS), np.int16))


def test_the_limit_holds_for_what_is_allocated() -> None:
    limits = dk.Limits(total_bytes=6 * ROWS * COLUMNS * 4 - 1)
    with pytest.raises(dk.LimitError, match="pass out="):
        dk.read_volume(axial(), limits=limits)
    out = np.empty((6, ROWS, COLUMNS), np.float32)
    assert dk.read_volume(axial(), limits=limits, out=out).array is out


def test_the_limit_on_frames_holds_for_headers() -> None:
    ds = classic(1, (0, 0, 0), NumberOfFrames=1000)
    for ask in (dk.stacks, dk.read_volume, dk.frame_plane):
        with pytest.raises(dk.LimitError):
            ask(ds, limits=dk.Limits(frames=999))


def test_colour_has_a_last_axis() -> None:
    slices = axial(3, modality="MR")
    for number, one in enumerate(slices):
        one.SamplesPerPixel, one.PhotometricInterpretation = 3, "RGB"
        one.PlanarConfiguration, one.BitsAllocated, one.BitsStored, one.HighBit = 0, 8, 8, 7
        one.PixelData = np.full((ROWS, COLUMNS, 3), (number, 10, 20), np.uint8).tobytes()
    (stack,) = dk.stacks(slices)
    assert stack.shape == (3, ROWS, COLUMNS, 3)
    volume = dk.read_volume(stack)
    assert volume.shape == (3, ROWS, COLUMNS, 3)
    assert not volume.is_gray
    assert volume.array[2, 4, 5].tolist() == [2, 10, 20]
    assert dk.read_volume(stack, dtype="stored", padding=0).array.dtype == np.uint8


def test_palette_colour_gives_indices() -> None:
    slices = axial(3, PhotometricInterpretation="PALETTE COLOR")
    assert dk.read_volume(slices).array[1, 0, 3] == 103


def test_compressed_slices_and_frames(tmp_path: Path) -> None:
    slices = axial(modality="MR")
    whole = enhanced(slices)
    for one in (*slices, whole):
        one.compress(RLELossless)
    for source in (save(slices, tmp_path / "many"), save([whole], tmp_path / "one")):
        volume = dk.read_volume(source)
        assert np.array_equal(volume.array, [pixels_of(n) for n in range(6)])


def test_a_plane_is_a_slice_of_the_volume(tmp_path: Path) -> None:
    (stack,) = dk.stacks(save(axial(), tmp_path))
    volume = dk.read_volume(stack)
    carried = pickle.loads(pickle.dumps(stack))  # noqa: S301 - its own
    assert carried == stack
    for index in range(6):
        assert np.array_equal(dk.read_plane(carried, index), volume.array[index])
    assert np.array_equal(dk.read_plane(stack, 2, dtype="stored"), pixels_of(2))
    (padded_stack,) = dk.stacks(padded())
    assert np.isnan(dk.read_plane(padded_stack, 0, padding=np.nan)[0, 0])


@pytest.mark.parametrize("index", [6, -1, 2.5, None, True])
def test_there_are_no_other_planes(index: Any) -> None:  # noqa: ANN401
    (stack,) = dk.stacks(axial())
    with pytest.raises(IndexError, match="slices 0 to 5"):
        dk.read_plane(stack, index)


def test_a_plane_is_read_by_another_process(tmp_path: Path) -> None:
    (stack,) = dk.stacks(save(axial(), tmp_path))
    code = (
        f"import pickle, dicomkit; stack = pickle.loads({pickle.dumps(stack)!r}); "
        "print(dicomkit.read_plane(stack, 4)[0, 1])"
    )
    assert run(code) == str(float(401 - 1024))


def test_a_file_that_changed_is_refused(tmp_path: Path) -> None:
    paths = save(axial(), tmp_path)
    (stack,) = dk.stacks(paths)
    other = classic(3, (0, 0, 9))
    other.Rows, other.PixelData = 4, other.PixelData[: 4 * COLUMNS * 2]
    other.save_as(paths[3])
    for read in (lambda: dk.read_volume(stack), lambda: dk.read_plane(stack, 3)):
        with pytest.raises(dk.InconsistentError, match="make the stacks again") as caught:
            read()
        assert caught.value.path == str(paths[3])


def test_a_slice_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    paths = save(axial(), tmp_path)
    data = paths[2].read_bytes()
    paths[2].write_bytes(data[:-10])
    with pytest.raises(dk.TruncatedError) as caught:
        dk.read_volume(paths)
    assert caught.value.path == str(paths[2])


def test_memory_holds_the_result_and_little_else(tmp_path: Path) -> None:
    side, count = 512, 60
    source = classic(0, (0, 0, 0))
    source.Rows = source.Columns = side
    for number in range(count):
        source.InstanceNumber = number
        source.SOPInstanceUID = f"1.2.{number}"
        source.ImagePositionPatient = [0, 0, number]
        source.PixelData = np.full(side * side, number, np.uint16).tobytes()
        source.save_as(tmp_path / f"{number}")
    code = f"""
import resource, dicomkit, dicomkit.image.values, dicomkit.image.encapsulated
dicomkit.read_volume
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
before = peak()
volume = dicomkit.read_volume({str(tmp_path)!r})
print(peak() - before - volume.array.nbytes)
"""
    if sys.platform.startswith("linux"):
        assert int(run(code)) < 16 << 20
