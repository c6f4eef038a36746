"""A stand-in of Hugging Face's package `spaces`: notes what the real one tells its platform."""

from pathlib import Path

# As spaces 0.51 does it: what is registered counts at the moment of `launch`.
SPACES = """
import os, gradio as gr
registered, launch = [], gr.Blocks.launch
def GPU(task):
    registered.append(task)
    return task
def reporting(*args, **options):
    with open(os.environ["REPORT_FILE"], "a") as report:
        report.write(f"started with {len(registered)}\\n")
    return launch(*args, **options)
gr.Blocks.launch = reporting
def gradio_auto_wrap(task):
    return task
"""


def install_spaces(folder: Path) -> dict[str, str]:
    """Put the package into a folder; returns what starts a program with it, as on ZeroGPU. What the
    platform is told is a line each in `report.txt` there."""
    (folder / "spaces.py").write_text(SPACES)
    return {
        "SPACES_ZERO_GPU": "true",
        "PYTHONPATH": str(folder),
        "REPORT_FILE": str(folder / "report.txt"),
    }
