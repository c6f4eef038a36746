"""From process start to the first page served, against a bare Gradio app, in turn, five times."""

import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import print_figure
from tests.app_process import AppProcess

RUNS = 5
BARE = (sys.executable, str(Path(__file__).parent / "bare_app.py"))


def start_seconds(command: tuple[str, ...] | None) -> float:
    with tempfile.TemporaryDirectory() as folder:
        settings = {"GRADIO_ANALYTICS_ENABLED": "False"}
        app = AppProcess(Path(folder), settings)
        if command is not None:
            app = AppProcess(Path(folder), settings, command=command)
        with app:
            return app.ready_seconds


def run() -> None:
    bare, own = [], []
    for _ in range(RUNS):
        bare.append(start_seconds(BARE))
        own.append(start_seconds(None))
    more = statistics.median(own) - statistics.median(bare)
    print_figure("first page of a bare Gradio app, median", f"{statistics.median(bare):.2f} s", "-")
    print_figure("first page, median", f"{statistics.median(own):.2f} s", "-")
    print_figure("first page, more than the bare app", f"{more:.2f} s", "2 s")
