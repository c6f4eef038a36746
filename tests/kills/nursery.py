"""A process that has imported the whole program and does nothing but fork: a start then costs what
the program does, and not what Python loads.

A line of JSON on standard input asks for one program ({"settings", "rate", "seed", "log"}); its
process id comes back on standard output.
"""

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from threading import Lock
from typing import Any, Self

ROOT = Path(__file__).parent.parent.parent

MODULES = (
    "app",
    "chatbot.background",
    "chatbot.site",
    "chatbot.storage.copies.copies",
    "chatbot.ui.layout",
    "chatbot.ui.owner_tabs",
    "chatbot.web.api",
    "fastapi",
    "gradio",
    "openai",
    "openai.resources.chat.completions",
    "phonenumbers",
    "pypdfium2",
    "sqlalchemy.dialects.sqlite.pysqlite",
    "sqlcipher3.dbapi2",
    "tests.kills.faulty_store",
    "tiktoken",
    "uvicorn.lifespan.on",
    "uvicorn.loops.uvloop",
    "uvicorn.protocols.http.httptools_impl",
    "uvicorn.protocols.websockets.websockets_impl",
)


class Nursery:
    """The process, for several harnesses at once."""

    def __enter__(self) -> Self:
        self._lock = Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.kills.nursery"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._read() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def fork(self, wish: dict[str, Any]) -> int:
        """Start one program; returns its process id."""
        assert self._process.stdin is not None
        with self._lock:
            self._process.stdin.write(json.dumps(wish) + "\n")
            self._process.stdin.flush()
            return int(self._read())

    def _read(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def run_program(wish: dict[str, Any]) -> None:
    """Be the program, as `python app.py` is, over a store that fails."""
    from tests.kills.faulty_store import FaultyStore

    log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.environ.update(wish["settings"])
    os.chdir(Path(wish["log"]).parent)
    import app
    from chatbot import foundations

    def open_faulty(address: str, _token: str | None) -> FaultyStore:
        return FaultyStore(Path(address), rate=wish["rate"], seed=wish["seed"])

    foundations.open_store = open_faulty
    app.main()


def main() -> None:
    from chatbot.ui.gradio_settings import prepare_gradio

    gc.disable()
    prepare_gradio()
    for name in MODULES:
        importlib.import_module(name)
    # The collector of a child would look through all of it again and again, and copy its pages.
    gc.freeze()
    # What has been killed needs nobody to wait for it.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            gc.enable()
            run_program(json.loads(line))
            os._exit(0)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
