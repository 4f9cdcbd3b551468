"""A real JupyterLab with real kernels, which ends with its tests, whatever becomes of these."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import urlopen

from selenium.webdriver.support.ui import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver import Chrome

__all__ = ["Lab", "jupyter_lab"]

_SOURCE = Path(__file__).parents[1] / "src"
_TOKEN = "browser-test"  # noqa: S105 - of a server that this machine alone can reach
# A server, a page and a kernel start within seconds, but for a machine that does much else.
_SECONDS = 90


@dataclass(frozen=True)
class Lab:
    """A server, and the browser that is at it.

    Attributes
    ----------
    browser : Chrome
    folder : Path
        Where its notebooks lie.
    address : str
    """

    browser: Chrome
    folder: Path
    address: str

    def write(self, name: str, *cells: str) -> None:
        """Write a notebook that has not been run."""
        made: list[dict[str, Any]] = [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{number}",
                "metadata": {},
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(cells)
        ]
        notebook = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
        notebook["metadata"] = {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
        }
        (self.folder / name).write_text(json.dumps(notebook), encoding="utf-8")

    def read(self, name: str) -> dict[str, Any]:
        """Read a notebook as it was saved."""
        found: dict[str, Any] = json.loads((self.folder / name).read_text(encoding="utf-8"))
        return found

    def open(self, name: str) -> None:
        """Open a notebook and wait until its kernel is there."""
        self.browser.get(f"{self.address}/doc/tree/{name}?token={_TOKEN}")
        self.until(
            "return window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"
            "?.connectionStatus === 'connected'"
        )

    def do(self, command: str) -> None:
        """Do what stands in the menus, and wait until it is done."""
        done = self.browser.execute_async_script(
            "const [command, done] = arguments;"
            "window.jupyterapp.commands.execute(command).then(() => done(''), e => done(`${e}`));",
            command,
        )
        assert done == ""

    def until(self, script: str) -> Any:  # noqa: ANN401 - whatever the page gives
        """Wait until the page says so, and give what it said."""
        return WebDriverWait(self.browser, _SECONDS).until(
            lambda browser: browser.execute_script(script)
        )


@contextmanager
def jupyter_lab(browser: Chrome, folder: Path) -> Iterator[Lab]:
    """Start a server with settings of its own; end it, and every kernel, in the end."""
    notebooks = folder / "notebooks"
    notebooks.mkdir()
    places = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    environment = {
        **os.environ,
        **{f"JUPYTER_{place}": str(folder / place.lower()) for place in places},
        "IPYTHONDIR": str(folder / "ipython"),
        "PYTHONPATH": os.pathsep.join(filter(None, (str(_SOURCE), os.environ.get("PYTHONPATH")))),
    }
    options = {
        "ServerApp.root_dir": notebooks,
        "ServerApp.port": 0,
        "ServerApp.open_browser": False,
        "ServerApp.allow_root": True,
        "IdentityProvider.token": _TOKEN,
        "LabApp.expose_app_in_browser": True,
        "LabApp.news_url": None,
        "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
    }
    log = folder / "server.log"
    with log.open("wb") as written:
        server = subprocess.Popen(  # noqa: S603 - this interpreter, with words from above
            [sys.executable, "-m", "jupyterlab", *(f"--{k}={v}" for k, v in options.items())],
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=written,
            env=environment,
            # Its kernels are in its group, too.
            start_new_session=True,
        )
    try:
        address = _wait(lambda: _address(folder / "runtime_dir"), server, log)
        browser.set_script_timeout(_SECONDS)
        yield Lab(browser, notebooks, address)
    finally:
        # No page may ask a server that is gone.
        with suppress(Exception):
            browser.get("about:blank")
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait(10)


def _address(runtime: Path) -> str | None:
    """Give where the server answers; None as long as it does not."""
    for found in runtime.glob("jpserver-*.json"):
        address = f"http://127.0.0.1:{json.loads(found.read_text(encoding='utf-8'))['port']}"
        with urlopen(f"{address}/api?token={_TOKEN}", timeout=5) as answer:  # noqa: S310 - http
            return address if answer.status == 200 else None
    return None


def _wait(ask: Callable[[], str | None], server: subprocess.Popen[bytes], log: Path) -> str:
    last = time.monotonic() + _SECONDS
    while time.monotonic() < last and server.poll() is None:
        with suppress(URLError, OSError, ValueError, KeyError):
            address = ask()
            if address is not None:
                return address
        time.sleep(0.2)
    raise AssertionError(log.read_text(encoding="utf-8", errors="replace")[-2000:])
