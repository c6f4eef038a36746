"""What the benchmarks share: processes, their CPU time, and how a figure is printed."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import websockets

from tests.app_process import ROOT, find_free_port
from tests.page_client import PageClient

_TICKS = os.sysconf("SC_CLK_TCK")
MODEL_SETTINGS = {"OPENAI_API_KEY": "sk-benchmark", "OPENAI_MODEL": "stand-in"}


def cpu_seconds(pid: int) -> float:
    """User and system CPU time that a process has used (proc(5), fields 14 and 15 of stat)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def resident_megabytes(pid: int) -> float:
    """Memory that a process occupies now, in millions of bytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) * 1024 / 1e6


def percentile(values: list[float], share: float) -> float:
    """The value that `share` of all are at most."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


@contextmanager
def ringing(page: PageClient) -> Iterator[None]:
    """Keep the bell of an open page connected meanwhile, as a browser does."""
    task = asyncio.create_task(_listen(page))
    try:
        yield
    finally:
        task.cancel()


async def _listen(page: PageClient) -> None:
    address = page.base_url.replace("http", "ws", 1) + "/api/bell"
    # A browser sends no pings of its own.
    async with websockets.connect(address, origin=page.base_url, ping_interval=None) as socket:
        await socket.send(page.ticket)
        with suppress(websockets.ConnectionClosed):
            async for _ in socket:
                pass


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
