"""Slices read by a real cluster of worker processes, where dask.distributed is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from tests.children import killed_on_failure
from tests.volumes import classic, enhanced, save

import dicomkit as dk

if TYPE_CHECKING:
    from pathlib import Path

distributed = pytest.importorskip("distributed")
da = pytest.importorskip("dask.array")


def test_a_cluster_reads_a_volume_slice_by_slice(tmp_path: Path) -> None:
    slices = [classic(n, (0, 0, 2 * n), RescaleSlope=f"{1 + n / 3:.8g}") for n in range(8)]
    frames = enhanced([classic(n, (0, 0, 2 * n), modality="MR") for n in range(8)])
    many, one = save(slices, tmp_path / "many"), save([frames], tmp_path / "one")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory=str(tmp_path / "scratch"),
        ) as cluster,
        distributed.Client(cluster) as client,
        killed_on_failure(),
    ):
        for source in (many, one):
            (stack,) = dk.stacks(source)
            lazy = da.map_blocks(
                lambda block, stack=stack: dk.read_plane(stack, int(block[0]))[None],
                da.arange(len(stack), chunks=1),
                dtype=np.float32,
                chunks=((1,) * len(stack), *((side,) for side in stack.shape[1:])),
                new_axis=[1, 2],
            )
            assert lazy.shape == stack.shape
            expected = dk.read_volume(stack).array
            assert np.array_equal(lazy.compute(scheduler=client), expected)
            assert float(lazy.max().compute(scheduler=client)) == expected.max()
