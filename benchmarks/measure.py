"""What the benchmarks share: processes, their CPU time, and how a figure is printed."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.app_process import ROOT, find_free_port

_TICKS = os.sysconf("SC_CLK_TCK")
MODEL_SETTINGS = {"OPENAI_API_KEY": "sk-benchmark", "OPENAI_MODEL": "stand-in"}


def cpu_seconds(pid: int) -> float:
    """User and system CPU time that a process has used (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def print_figure(name: str, value: str, target: str) -> None:
    print(f"{name:<58} {value:>14}   target: {target}", flush=True)


@contextmanager
def stand_in_process(*, tokens: int, rate: int, first_token: float) -> Iterator[str]:
    """The provider's stand-in in a process of its own; yields its base URL."""
    port = find_free_port()
    command = [
        *(sys.executable, "-m", "tests.stand_in", "--port", str(port)),
        *("--tokens", str(tokens), "--rate", str(rate), "--first-token", str(first_token)),
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    time.sleep(1.0)
    try:
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()
