from __future__ import annotations

import logging
import sys
import threading
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


# A second thread -------------------------------------------------------------------------------


def test_what_another_thread_says_is_not_lost(caplog: pytest.LogCaptureFixture) -> None:
    silent, spoken = threading.Event(), threading.Event()

    def convert() -> None:
        with quiet():
            silent.set()
            spoken.wait(10)
            warnings.warn("a name", stacklevel=1)
            LOGGER.error("a name")

    with ThreadPoolExecutor(1) as pool:
        future = pool.submit(convert)
        assert silent.wait(10)
        with pytest.warns(UserWarning, match="heard"):
            warnings.warn("heard", stacklevel=1)
        LOGGER.error("heard")
        spoken.set()
        future.result()
    assert [record.message for record in caplog.records] == ["heard"]


def test_nothing_is_lost_while_other_threads_come_and_go() -> None:
    stop = threading.Event()
    switching = sys.getswitchinterval()

    def convert() -> None:
        while not stop.is_set():
            with quiet():
                warnings.warn("a name", stacklevel=1)

    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(3) as pool, warnings.catch_warnings(record=True) as heard:
            warnings.simplefilter("always")
            futures = [pool.submit(convert) for _ in range(3)]
            for number in range(3000):
                warnings.warn(f"{number}", stacklevel=1)
            stop.set()
            for future in futures:
                future.result()
    finally:
        stop.set()
        sys.setswitchinterval(switching)
    assert [str(one.message) for one in heard] == [str(number) for number in range(3000)]


def test_what_was_said_is_known() -> None:
    with quiet() as outer:
        with quiet() as inner:
            warnings.warn("one", stacklevel=1)
        warnings.warn("two", stacklevel=1)
    assert (inner, outer) == (["one"], ["two"])


def test_warnings_that_are_errors_stay_inside() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with quiet():
            warnings.warn("a name", stacklevel=1)
        with pytest.raises(UserWarning, match="heard"):
            warnings.warn("heard", stacklevel=1)
