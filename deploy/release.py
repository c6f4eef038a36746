"""Brings this version of the program to its Space, and stays until it runs there."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from deploy.errors import DeployError, explained
from deploy.front_matter import check_front_matter
from deploy.hub import Say, does_space_exist
from deploy.staging import list_left_out, refuse_secrets, stage
from deploy.watching import check_health, wait_until_running

if TYPE_CHECKING:
    from huggingface_hub import HfApi


@dataclass(frozen=True)
class ReleaseOptions:
    """What the command line says; `wait_seconds` is for building and starting together."""

    repo: str
    env_file: Path = Path(".env")
    message: str = "Release"
    wait_seconds: float = 900.0
    dry_run: bool = False


@dataclass(frozen=True)
class Changes:
    """Paths that a release would add, change and remove."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


def release(hub: "HfApi", options: ReleaseOptions, root: Path, say: Say) -> None:
    """Uploads the program, waits until its Space runs exactly this commit, and asks it.

    Raises DeployError with what to do; nothing was uploaded when a file holds a secret.
    """
    with TemporaryDirectory() as name:
        folder = Path(name)
        paths = stage(root, folder)
        for path in list_left_out(root):
            say(f"{path} is not in git and stays here.")
        check_front_matter(folder)
        refuse_secrets(folder, _read_own_secrets(options.env_file))
        version = _read_version(folder)
        if not does_space_exist(hub, options.repo):
            raise DeployError(
                f"There is no Space {options.repo}, or the token may not see it. Make it first: "
                f"python deploy_to_hf.py provision --repo {options.repo}"
            )
        if options.dry_run:
            _tell_changes(_compare(hub, options.repo, folder, paths), say)
            return
        say(f"Uploading {len(paths)} files of version {version} to {options.repo}.")
        commit = _upload(hub, options, folder, paths)
    say(f"Commit {commit[:8]}. Waiting until the Space runs it.")
    wait_until_running(
        hub,
        options.repo,
        commit,
        seconds=options.wait_seconds,
        say=say,
    )
    running = check_health(hub, options.repo, version)
    say(f"Running: {running.url} (yours: {running.url}/owner)")
    if running.is_durable:
        say("Its data outlives a restart of the Space.")
    else:
        say(
            "WARNING: its data does not outlive a restart of the Space. The reason stands at the "
            f"top of {running.url}/owner, and docs/deploy.md says how copies are set up."
        )


def _upload(hub: "HfApi", options: ReleaseOptions, folder: Path, paths: list[str]) -> str:
    with explained(f"Uploading to {options.repo}"):
        head = hub.space_info(options.repo).sha
        commit = hub.upload_folder(
            repo_id=options.repo,
            repo_type="space",
            folder_path=folder,
            commit_message=options.message,
            # What is gone here goes there too; another release in between is refused (412).
            delete_patterns="*",
            parent_commit=head,
        )
    left = _compare(hub, options.repo, folder, paths)
    if wrong := [*left.added, *left.changed, *left.removed]:
        raise DeployError(
            f"The Hub did not take {wrong[0]} (of {len(wrong)} files). A .gitignore in the Space "
            "is the usual reason: remove it there and run release again."
        )
    return str(commit.oid)


def _read_own_secrets(env_file: Path) -> list[str]:
    from dotenv import dotenv_values

    from deploy.provision import is_secret

    values = dotenv_values(env_file).items()
    return [value for name, value in values if value and is_secret(name) and _is_private(value)]


def _is_private(value: str) -> bool:
    """Not the address of a service that anyone uses, which documents may name."""
    return not re.fullmatch(r"https?://[^@?]*", value)


def _read_version(folder: Path) -> str:
    text = (folder / "chatbot" / "__init__.py").read_text("utf-8")
    found = re.search(r'__version__ = "([^"]+)"', text)
    return found.group(1) if found else ""


def _compare(hub: "HfApi", repo: str, folder: Path, paths: list[str]) -> Changes:
    from huggingface_hub.hf_api import RepoFile

    with explained(f"Reading the files of {repo}"):
        entries = list(hub.list_repo_tree(repo, repo_type="space", recursive=True))
    remote = {entry.path: entry for entry in entries if isinstance(entry, RepoFile)}
    remote.pop(".gitattributes", None)
    return Changes(
        added=[path for path in paths if path not in remote],
        changed=[
            path
            for path in paths
            if path in remote and not _is_same(remote[path], (folder / path).read_bytes())
        ],
        removed=sorted(remote.keys() - set(paths)),
    )


def _is_same(entry: "object", content: bytes) -> bool:
    large = getattr(entry, "lfs", None)
    if large is not None:
        return bool(large.sha256 == hashlib.sha256(content).hexdigest())
    blob = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False)
    return bool(getattr(entry, "blob_id", "") == blob.hexdigest())


def _tell_changes(changes: Changes, say: Say) -> None:
    for word, paths in (
        ("add", changes.added),
        ("change", changes.changed),
        ("remove", changes.removed),
    ):
        for path in paths:
            say(f"Would {word} {path}")
    total = len(changes.added) + len(changes.changed) + len(changes.removed)
    outcome = (
        "The Space would be built and started again once." if total else "Nothing would change."
    )
    say(f"{total} files differ. {outcome} Nothing was written.")
