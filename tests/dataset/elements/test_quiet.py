from __future__ import annotations

import logging
import warnings
from concurrent.futures import ThreadPoolExecutor

import pytest

from dicomkit.dataset.elements.quiet import quiet

LOGGER = logging.getLogger("pydicom")


def test_neither_warnings_nor_records_leave(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG), quiet():
        warnings.warn("a name", stacklevel=1)
        LOGGER.error("a name")
    assert not caplog.records


def test_both_work_again_afterwards(caplog: pytest.LogCaptureFixture) -> None:
    message = "from below"
    with pytest.raises(ValueError, match=message), quiet():
        raise ValueError(message)
    with pytest.warns(UserWarning, match="heard"):
        warnings.warn("heard", stacklevel=1)
    LOGGER.warning("heard")
    assert [record.message for record in caplog.records] == ["heard"]


def test_a_logger_that_was_off_stays_off() -> None:
    LOGGER.disabled = True
    try:
        with quiet():
            pass
        assert LOGGER.disabled
    finally:
        LOGGER.disabled = False


def test_one_inside_another_is_quiet_to_the_end(caplog: pytest.LogCaptureFixture) -> None:
    with quiet():
        with quiet():
            pass
        warnings.warn("a name", stacklevel=1)
        LOGGER.error("a name")
    assert not caplog.records
    assert not LOGGER.disabled


def test_threads_do_not_leave_the_filters_changed() -> None:
    before = list(warnings.filters)

    def convert(_: int) -> None:
        for _ in range(50):
            with quiet():
                warnings.warn("a name", stacklevel=1)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(convert, range(4)))
    assert list(warnings.filters) == before
    assert not LOGGER.disabled
