"""Releases to a stand-in of the Hub, over HTTP."""

import subprocess
from pathlib import Path

import pytest

from tests.deploy.conftest import REPO, TOKEN, Run, write
from tests.hub_spaces import Failure, HubSpaces, Space

FILES = {
    "LICENSE",
    "README.md",
    "app.py",
    "chatbot/__init__.py",
    "chatbot/engine/engine.py",
    "dashboards/__init__.py",
    "data/profile/cv.md",
    "data/profile/resume.json",
    "requirements.txt",
}


@pytest.fixture
def space(hub: HubSpaces) -> Space:
    old = {".gitattributes": b"*.bin", "README.md": b"old", "gone.py": b"x", "app.py": b"y"}
    return hub.add_space(REPO, files=old)


def test_a_release_brings_exactly_the_allowed_files_and_ends_when_they_run(
    run: Run, space: Space, hub: HubSpaces
) -> None:
    space.stages = ["RUNNING 0ld", "RUNTIME_ERROR 0ld", "BUILDING", "APP_STARTING", "RUNNING"]
    said = run("release")
    assert set(space.files) == FILES | {".gitattributes"}
    assert space.commits == 1
    assert "ERROR " not in said
    assert f"Running: {hub.url}" in said
    assert "chatbot/scratch.py is not in git and stays here." in said
    assert "authorization" not in hub.health_headers


def test_the_same_version_again_makes_no_commit(run: Run, space: Space) -> None:
    run("release")
    assert "Running:" in run("release")
    assert space.commits == 1


def test_a_dry_run_shows_every_difference_and_only_reads(
    run: Run, space: Space, hub: HubSpaces
) -> None:
    said = run("release", "--dry-run")
    assert "Would add chatbot/engine/engine.py" in said
    assert "Would change app.py" in said
    assert "Would remove gone.py" in said
    assert ".gitattributes" not in said
    assert hub.writes == []
    assert space.commits == 0
    run("release")
    assert "0 files differ. Nothing would change." in run("release", "--dry-run")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"token = '{TOKEN}'", "a Hugging Face token"),
        ("KEY = 'sk-proj-abcdefghijklmnopqrstuvwx'", "a model provider's key"),
        ("ghp_" + "a1B2" * 9, "a GitHub token"),
        ("AKIAABCDEFGHIJKLMNOP", "an AWS key"),
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        ("key: one-two-three-four-five", "a secret of your .env"),
    ],
)
def test_a_secret_in_a_file_stops_the_release_and_is_not_shown(
    run: Run, space: Space, hub: HubSpaces, project: Path, text: str, kind: str
) -> None:
    write(project, "chatbot/engine/engine.py", f"x = 1\n\n{text}\n")
    said = run("release")
    assert f"ERROR chatbot/engine/engine.py, line 3 holds what looks like {kind}" in said
    assert text not in said
    assert hub.requests == []
    assert space.commits == 0


def test_without_git_nothing_hidden_or_private_is_taken_either(
    run: Run, space: Space, project: Path
) -> None:
    subprocess.run(["rm", "-rf", str(project / ".git")], check=True)
    write(project, "chatbot/__pycache__/a.pyc", "x")
    write(project, "data/backups/chats.json", "{}")
    write(project, "data/owner.pem", "x")
    write(project, "chatbot/.env", "A=1")
    run("release")
    assert set(space.files) == FILES | {".gitattributes", "chatbot/scratch.py"}


def test_a_link_is_not_followed_out_of_the_project(run: Run, space: Space, project: Path) -> None:
    (project / "data/profile/more.md").symlink_to(project / ".env")
    assert "ERROR data/profile/more.md is a link to another file." in run("release")
    assert space.commits == 0


@pytest.mark.parametrize("names_commit", [True, False])
@pytest.mark.parametrize(
    ("stage", "log", "words"),
    [
        ("BUILD_ERROR", "build", "requirements.txt"),
        ("RUNTIME_ERROR", "run", "SECRET_KEY is not set"),
        ("CONFIG_ERROR", "run", "README.md"),
        ("NO_APP_FILE", "run", "app_file"),
    ],
)
def test_a_failed_start_ends_the_release_with_the_log(
    run: Run,
    space: Space,
    hub: HubSpaces,
    stage: str,
    log: str,
    words: str,
    names_commit: bool,
) -> None:
    space.stages = ["RUNNING 0ld", "BUILDING", stage]
    space.error, space.names_commit = "SECRET_KEY is not set", names_commit
    said = run("release")
    assert "  | last line" in said
    assert f"ERROR {stage}: " in said
    assert words in said
    assert ("GET", f"/api/spaces/{REPO}/logs/{log}") in hub.requests


def test_a_space_that_rests_is_started_once(run: Run, space: Space) -> None:
    space.stages = ["PAUSED", "SLEEPING", "APP_STARTING", "RUNNING"]
    assert "Running:" in run("release")
    assert space.restarts == 1


def test_an_earlier_build_that_still_runs_is_not_taken_for_this_one(run: Run, space: Space) -> None:
    space.stages = ["RUNNING 0ld"]
    said = run("release", "--wait", "0.1")
    assert "does not run commit" in said
    assert "stage RUNNING" in said


def test_a_busy_hub_does_not_end_the_wait(run: Run, space: Space, hub: HubSpaces) -> None:
    runtime = f"GET /api/spaces/{REPO}/runtime"
    hub.failures = {runtime: Failure(503)}
    assert "does not run commit" in run("release", "--wait", "0.1")
    hub.failures = {runtime: Failure(403)}
    assert "HTTP 403" in run("release", "--wait", "0.1")
    assert space.commits == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Failure(500), "it answers 500"),
        (Failure(200), "another program answers there"),
    ],
)
def test_a_program_that_is_not_well_fails_the_release(
    run: Run, space: Space, hub: HubSpaces, answer: Failure, words: str
) -> None:
    assert space.commits == 0
    hub.failures = {"GET /api/health": answer}
    assert f"is not well: {words}" in run("release")


def test_another_version_that_answers_fails_the_release(
    run: Run, space: Space, project: Path
) -> None:
    write(project, "chatbot/__init__.py", '__version__ = "9.9.9"\n')
    assert "not 9.9.9" in run("release")
    assert space.commits == 1


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([True], "Its data outlives a restart of the Space."),
        ([False, False, True], "Its data outlives a restart of the Space."),
        ([False], "WARNING: its data does not outlive a restart of the Space."),
    ],
)
def test_a_release_says_whether_the_data_outlives_a_restart(
    run: Run, space: Space, hub: HubSpaces, answers: list[bool], words: str
) -> None:
    hub.durable = answers
    said = run("release")
    assert space.commits == 1
    assert said.splitlines()[-1].startswith(words)
    assert "ERROR" not in said


def test_a_private_space_is_asked_with_the_token(run: Run, space: Space, hub: HubSpaces) -> None:
    space.visibility = "private"
    assert "Running:" in run("release")
    assert hub.health_headers["authorization"] == f"Bearer {TOKEN}"


def test_a_release_in_between_is_refused(run: Run, space: Space, hub: HubSpaces) -> None:
    def release_another(space: Space) -> None:
        space.commits = 7

    hub.on_preupload = release_another
    said = run("release")
    assert "HTTP 412: the Space got another commit meanwhile. Run release again" in said
    assert space.commits == 7


def test_a_file_that_the_hub_leaves_out_is_noticed(run: Run, space: Space, hub: HubSpaces) -> None:
    hub.drops = {"chatbot/engine/engine.py"}
    assert "ERROR The Hub did not take chatbot/engine/engine.py" in run("release")
    assert space.commits == 1


def test_a_space_that_is_not_there_is_named_with_the_command(run: Run) -> None:
    assert f"python deploy_to_hf.py provision --repo {REPO}" in run("release")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('sdk_version: "6.31.0"', "sdk_version: 6.30", 'sdk_version: "6.31.0"'),
        ('"3.12.12"', '"3.11"', "3.10.13 or 3.12.12"),
        ("app_file: app.py", "app_file: main.py", 'app_file: "app.py"'),
        ("short_description: ", "short_description: " + "very " * 12, "over 60"),
        ("---\ntitle", "title", "does not begin with the Space's block"),
    ],
)
def test_a_block_that_would_not_start_is_refused(
    run: Run, space: Space, project: Path, old: str, new: str, words: str
) -> None:
    readme = project / "README.md"
    assert old in readme.read_text("utf-8")
    readme.write_text(readme.read_text("utf-8").replace(old, new, 1), "utf-8")
    assert words in run("release")
    assert space.commits == 0
