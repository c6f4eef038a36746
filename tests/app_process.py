"""The program in a process of its own, as its owner starts it, for tests and benchmarks.

with AppProcess(folder, {"OPENAI_BASE_URL": stand_in.base_url}) as app:
    ...  # the page is served at app.url
    app.kill()
    app.start()
"""

import http.client
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Self

ROOT = Path(__file__).parent.parent
# What a program needs of its surroundings; no setting of a developer's may reach it.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
_START_SECONDS = 120.0
_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.02


class NotServing(Exception):
    """The program ended, or took too long, before it served its page; holds the log's end."""


class AppProcess:
    """`python app.py` with settings of its own; starts and stops as a context manager.

    Everything it writes is in `folder`: the database and the secret key in `folder/data`, its
    output in `folder/app.log`. The working directory is empty, so that no `.env` is read. The port
    stays the same over restarts, as for a page that is left open.
    """

    # What every program is started with beside its own settings.
    common: ClassVar[Mapping[str, str]] = {}

    def __init__(
        self,
        folder: Path,
        settings: Mapping[str, str] | None = None,
        *,
        command: tuple[str, ...] = (sys.executable, str(ROOT / "app.py")),
    ) -> None:
        self.port = find_free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.data_dir = folder / "data"
        self.log_file = folder / "app.log"
        self.ready_seconds = 0.0
        self._command = command
        self._working_dir = folder / "empty"
        self._working_dir.mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._environment = {
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "DATA_DIR": str(self.data_dir),
            # Tests and benchmarks send more than a person would; those of the limits set their own.
            "RATE_LIMITS": "off",
            "PROFILE_DIR": str(ROOT / "data" / "profile"),
            **self.common,
            **(settings or {}),
        }

    @property
    def database_url(self) -> str:
        """Where its SQLite database is, as an address for `DatabaseValues`."""
        return f"sqlite:///{self.data_dir / 'chatbot.db'}"

    @property
    def environment(self) -> dict[str, str]:
        """What it is started with, for another command on the same data."""
        return dict(self._environment)

    @property
    def pid(self) -> int:
        assert self._process is not None, "the program is not running"
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        """Everything that all its runs have written to standard output and standard error."""
        if not self.log_file.exists():
            return ""
        return self.log_file.read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Starts it and waits until its page is served; `ready_seconds` says how long it took."""
        assert not self.is_running
        started = time.perf_counter()
        with self.log_file.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=self._working_dir,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        try:
            self._wait_until_served(started + _START_SECONDS)
        except BaseException:
            self.kill()
            raise
        self.ready_seconds = time.perf_counter() - started

    def stop(self) -> None:
        """Asks it to end (SIGTERM) and waits; a program that does not obey is killed."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it at once (SIGKILL), as a power cut would."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stops it and starts it again on the same port and the same data."""
        self.stop()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _end(self, sign: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(sign)
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait_until_served(self, until: float) -> None:
        while not self._is_served():
            if not self.is_running:
                raise NotServing(f"The program ended while starting:\n{self.log[-2000:]}")
            if time.perf_counter() > until:
                raise NotServing(f"No page after {_START_SECONDS:.0f} s:\n{self.log[-2000:]}")
            time.sleep(_POLL_SECONDS)

    def _is_served(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_START_SECONDS)
        try:
            connection.request("GET", "/")
            return connection.getresponse().read() != b""
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def find_free_port() -> int:
    """A port below the range that systems give to outgoing connections, so that it stays free."""
    for port in random.sample(range(20000, 32000), 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError("No free port was found.")
