"""The block at the head of the README that tells a Space how to run the program."""

import re
from pathlib import Path

from deploy.errors import DeployError

# ZeroGPU runs no other.
_PYTHONS = frozenset({"3.10.13", "3.12.12"})
_LONGEST_DESCRIPTION = 60


def check_front_matter(folder: Path) -> None:
    """Raises DeployError when the README in `folder` would not start this program on a Space."""
    import yaml

    text = (folder / "README.md").read_text("utf-8")
    found = re.match(r"---\n(.*?\n)---\n", text, re.DOTALL)
    if not found:
        raise DeployError("README.md does not begin with the Space's block between two lines ---.")
    try:
        block = yaml.safe_load(found.group(1))
    except yaml.YAMLError as error:
        problem = " ".join(str(error).split())
        raise DeployError(f"README.md: the Space's block is not YAML: {problem}") from error
    gradio = re.search(r"^gradio==(\S+)$", (folder / "requirements.txt").read_text("utf-8"), re.M)
    wanted = {"sdk": "gradio", "app_file": "app.py"}
    if gradio:
        wanted["sdk_version"] = gradio.group(1)
    for key, value in wanted.items():
        if block.get(key) != value:
            raise DeployError(f'README.md: the Space\'s block has to say {key}: "{value}".')
    if block.get("python_version") not in _PYTHONS:
        raise DeployError(
            "README.md: python_version has to be one that every kind of Space has, in quotes: "
            f"{' or '.join(sorted(_PYTHONS))}."
        )
    if len(str(block.get("short_description", ""))) > _LONGEST_DESCRIPTION:
        raise DeployError(
            f"README.md: short_description is over {_LONGEST_DESCRIPTION} characters."
        )
