"""The Hub's stand-in, a project to bring there, and the lines that a command says."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from huggingface_hub import HfApi, constants

import deploy_to_hf
from deploy.hub import open_hub
from tests.hub_spaces import HubSpaces

ROOT = Path(__file__).parents[2]
REPO = "ana/chat"
TOKEN = "hf_" + "a1B2" * 9

Run = Callable[..., str]


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubSpaces]:
    for name, seconds in {
        "_SETTLE_SECONDS": 0.2,
        "_POLL_SECONDS": 0.01,
        "_HEALTH_SECONDS": 0.2,
        "_DURABLE_SECONDS": 0.2,
    }.items():
        monkeypatch.setattr(f"deploy.watching.{name}", seconds)
    with HubSpaces() as hub:
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        monkeypatch.setattr(deploy_to_hf, "open_hub", lambda: _open(hub.url))
        yield hub


def _open(url: str) -> HfApi:
    """The client as the command opens it, but for the stand-in and with a token."""
    api = open_hub()
    api.endpoint, api.token = url, TOKEN
    return api


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small checkout of the program, with an `.env` and other files that must not leave."""
    root = tmp_path / "project"
    for name, text in {
        "README.md": (ROOT / "README.md").read_text("utf-8"),
        "requirements.txt": (ROOT / "requirements.txt").read_text("utf-8"),
        "LICENSE": "MIT",
        "app.py": "print('hello')\n",
        "chatbot/__init__.py": (ROOT / "chatbot" / "__init__.py").read_text("utf-8"),
        "chatbot/engine/engine.py": "x = 1\n",
        "dashboards/__init__.py": "",
        "data/profile/resume.json": "{}",
        "tests/test_it.py": "def test(): ...\n",
        ".env.example": (ROOT / ".env.example").read_text("utf-8"),
        ".github/workflows/check.yml": "name: check\n",
        ".gitignore": ".env\n.state/\n",
    }.items():
        write(root, name, text)
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "add", "-A"], check=True)
    for name, text in {
        ".env": "OPENAI_API_KEY=one-two-three-four-five\nOWNER_PASSWORD=correct horse battery\n"
        "OPENAI_MODEL=gpt-4.1-mini\nPORT=8000\nOTHER_PROGRAM=1\n",
        ".state/chatbot.db": "a database",
        "chatbot/scratch.py": "y = 2\n",
        "data/profile/cv.md": "# CV\n",
        "data/profile/notes.db": "a database",
    }.items():
        write(root, name, text)
    return root


@pytest.fixture
def run(
    hub: HubSpaces,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs the command in the project; returns all that it says, the error that ends it too."""
    assert hub.url
    monkeypatch.setattr(deploy_to_hf, "ROOT", project)

    def run_command(*arguments: str) -> str:
        command, *rest = arguments
        ended = ""
        try:
            deploy_to_hf.main([command, "--repo", REPO, *rest])
        except SystemExit as error:
            ended = f"ERROR {error.code}"
        return capsys.readouterr().out + ended

    return run_command


def write(root: Path, name: str, text: str) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
