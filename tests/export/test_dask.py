"""The export on a real cluster of worker processes, where dask.distributed is installed."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tests.children import killed_on_failure

from dicomkit.export.fileset import export_fileset

if TYPE_CHECKING:
    from pathlib import Path

    from tests.export.conftest import Lab

distributed = pytest.importorskip("distributed")


def test_a_cluster_ends_in_the_same_tree(lab: Lab, tmp_path: Path) -> None:
    exam = lab.exam(tmp_path / "exam", 20)
    shutil.copy(lab.real("emri_small_jpeg_2k_lossless.dcm"), exam / "J2K")
    local = export_fileset(exam, tmp_path / "local")
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
        executor = client.get_executor()
        report = export_fileset(exam, tmp_path / "cluster", executor=executor, workers=2)
    assert report.ok
    assert report.entries == local.entries
    assert lab.tree(tmp_path / "cluster") == lab.tree(tmp_path / "local")
