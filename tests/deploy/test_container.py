"""The files around the program that no test can run here: read, and held against the program."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
import yaml

from deploy.front_matter import check_front_matter
from deploy.staging import stage
from tests.app_process import AppProcess

ROOT = Path(__file__).parents[2]


def read_dockerfile() -> list[tuple[str, str]]:
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


def list_copied() -> list[str]:
    copies = [rest.split() for word, rest in read_dockerfile() if word == "COPY"]
    return [path for words in copies if not words[0].startswith("--") for path in words[:-1]]


def read_yaml(name: str) -> dict[str, Any]:
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


@pytest.fixture(scope="module")
def staged_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppProcess]:
    """The program as a Space and an image hold it, without anything else of the project."""
    folder = tmp_path_factory.mktemp("staged")
    stage(ROOT, folder)
    command = (sys.executable, str(folder / "app.py"))
    settings = {"PROFILE_DIR": str(folder / "data" / "profile")}
    with AppProcess(tmp_path_factory.mktemp("run"), settings, command=command) as app:
        yield app


def test_the_image_and_the_space_hold_the_same_program(staged_app: AppProcess) -> None:
    assert staged_app.is_running
    copied = set(list_copied())
    assert {path for path in copied if not (ROOT / path).exists()} == set()
    assert copied == {"requirements.txt", "app.py", "LICENSE", "chatbot", "dashboards", "data"}
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert ignored[1] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == copied


def test_the_image_runs_without_rights_and_answers_for_its_health(staged_app: AppProcess) -> None:
    instructions = read_dockerfile()
    words = [word for word, _ in instructions]
    last = len(words) - 1 - words[::-1].index("FROM")
    user = next(rest for word, rest in instructions[last:] if word == "USER")
    assert user not in ("root", "0")
    assert f"useradd --uid 1000 --create-home {user}" in instructions[last + 1][1]
    assert words.index("USER") > max(place for place, word in enumerate(words) if word == "COPY")
    command = json.loads(next(rest for word, rest in instructions if word == "CMD"))
    assert command == ["python", "app.py"]
    check = next(rest for word, rest in instructions if word == "HEALTHCHECK")
    assert is_healthy(json.loads(check.partition("CMD ")[2]), staged_app.port)
    assert not is_healthy(json.loads(check.partition("CMD ")[2]), port=9)


def is_healthy(command: list[str], port: int) -> bool:
    program = [sys.executable, *command[1:]]
    ended = subprocess.run(program, env={"PORT": str(port)}, capture_output=True, check=False)
    return ended.returncode == 0


def test_the_composition_starts_the_program_after_its_database() -> None:
    composed = read_yaml("compose.yaml")
    app, database = composed["services"]["app"], composed["services"]["database"]
    assert app["depends_on"] == {"database": {"condition": "service_healthy"}}
    assert "pg_isready" in database["healthcheck"]["test"]
    assert "ports" not in database
    assert all(port.startswith("127.0.0.1:") for port in app["ports"])
    address = app["environment"]["DATABASE_URL"]
    assert address.startswith("postgresql://chatbot:${POSTGRES_PASSWORD:?")
    assert address.endswith("@database:5432/chatbot")
    assert (app["read_only"], app["cap_drop"]) == (True, ["ALL"])
    volumes = [place.split(":")[0] for part in (app, database) for place in part["volumes"]]
    assert set(composed["volumes"]) == {name for name in volumes if not name.startswith(".")}
    assert all((ROOT / PurePosixPath(name)).exists() for name in volumes if name.startswith("."))
    known = re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    assert set(app["environment"]) <= set(known)


def test_the_workflows_check_first_and_deploy_without_a_stored_token() -> None:
    check, deploy = (read_yaml(f".github/workflows/{name}.yml") for name in ("check", "deploy"))
    # YAML 1.1 reads the key "on" as true.
    assert deploy[True]["push"] == {"branches": ["main"]}
    assert "workflow_call" in check[True]
    assert check["jobs"]["check"]["steps"][-1] == {"run": ".ci/run"}
    assert (ROOT / ".ci" / "run").exists()
    job = deploy["jobs"]["deploy"]
    assert job["needs"] == "check"
    assert deploy["jobs"]["check"]["uses"] == "./.github/workflows/check.yml"
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert deploy["permissions"] == check["permissions"] == {"contents": "read"}
    assert job["env"]["HF_OIDC_RESOURCE"] == "spaces/${{ vars.SPACE }}"
    assert "secrets." not in (ROOT / ".github/workflows/deploy.yml").read_text("utf-8")
    # What others can name goes through the environment, never into a command's text.
    assert not any("${{" in step.get("run", "") for step in job["steps"])


def test_the_readme_starts_this_program_on_a_space() -> None:
    check_front_matter(ROOT)
