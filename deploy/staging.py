"""What goes to a Space: a copy of the files that an allow-list names, searched for secrets.

The Hub's own upload takes everything in a folder, `.env` and databases too, and a repository keeps
for ever what was once in it.
"""

import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from deploy.errors import DeployError

_FILES = frozenset({"app.py", "README.md", "requirements.txt", "LICENSE"})
_FOLDERS = ("chatbot", "dashboards", "data")
# What the owner says to visitors need not be in git: the folder's rule is that all of it is public.
_PROFILE = "data/profile"
_PROFILE_KINDS = frozenset({".json", ".pdf", ".md", ".txt"})
_DENIED = re.compile(
    r"(^|/)(\.[^/]*|id_(rsa|ed25519|ecdsa)[^/]*|__pycache__|node_modules|backups|logs)(/|$)"
    r"|\.(pem|key|p12|pfx|pyc|log|bak|db|db-[a-z]+|sqlite3?|sqlite3?-[a-z]+)$",
    re.IGNORECASE,
)
_SECRETS = {
    "a Hugging Face token": rb"\bhf_[A-Za-z0-9]{30,}\b|\bHFAK[A-Za-z0-9]{16,}",
    "a model provider's key": rb"\bsk-[A-Za-z0-9_-]{20,}",
    "a GitHub token": rb"\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})",
    "an AWS key": rb"\bAKIA[0-9A-Z]{16}\b",
    "a Slack token": rb"\bxox[abprs]-[A-Za-z0-9-]{10,}",
    "a private key": rb"-----BEGIN [A-Z ]*PRIVATE KEY-----",
}
_SHORTEST_SECRET = 8


def list_files(root: Path) -> list[str]:
    """The paths under `root`, with slashes and in order, that a Space is given.

    Of a git checkout only what git knows, and the profile.
    """
    known = set(_list_tracked(root)) | set(_list_profile(root))
    return sorted(path for path in known if _is_allowed(path) and (root / path).is_file())


def list_left_out(root: Path) -> list[str]:
    """Files beside those, in the program's folders, that git does not know and does not ignore."""
    asked = ["ls-files", "-z", "--others", "--exclude-standard", "--", *_FILES, *_FOLDERS]
    others = _ask_git(root, asked) or []
    known = set(list_files(root))
    return sorted(path for path in others if path not in known and _is_allowed(path))


def stage(root: Path, target: Path) -> list[str]:
    """Copies those files into the folder `target`; returns their paths.

    Raises DeployError when one that a Space cannot do without is missing.
    """
    paths = list_files(root)
    if missing := sorted(_FILES - {"LICENSE"} - set(paths)):
        raise DeployError(f"{missing[0]} is missing in {root}. Run this in the project's folder.")
    for path in paths:
        if (root / path).is_symlink():
            raise DeployError(f"{path} is a link to another file. Put the file itself there.")
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, target / path)
    return paths


def refuse_secrets(folder: Path, own: Iterable[str]) -> None:
    """Raises DeployError when a file holds what looks like a secret or is one of our `own`.

    The error names file, line and kind, never the secret.
    """
    kinds = [(kind, re.compile(pattern)) for kind, pattern in _SECRETS.items()]
    values = [value for value in own if len(value) >= _SHORTEST_SECRET]
    kinds += [("a secret of your .env", re.compile(re.escape(value.encode()))) for value in values]
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        for kind, pattern in kinds:
            if found := pattern.search(content):
                line = content.count(b"\n", 0, found.start()) + 1
                name = path.relative_to(folder).as_posix()
                raise DeployError(
                    f"{name}, line {line} holds what looks like {kind}. Nothing was uploaded: "
                    "remove it there, and replace it where it is used."
                )


def _is_allowed(path: str) -> bool:
    is_named = path in _FILES or PurePosixPath(path).parts[0] in _FOLDERS
    return is_named and not _DENIED.search(path)


def _list_tracked(root: Path) -> list[str]:
    tracked = _ask_git(root, ["ls-files", "-z", "--cached"])
    return list(_walk(root, (*_FILES, *_FOLDERS))) if tracked is None else tracked


def _ask_git(root: Path, arguments: list[str]) -> list[str] | None:
    """The paths that a git command lists; None when `root` is no checkout."""
    try:
        listed = subprocess.run(
            ["git", "-C", str(root), *arguments], capture_output=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return [path for path in listed.stdout.decode().split("\0") if path]


def _list_profile(root: Path) -> list[str]:
    return [
        path for path in _walk(root, [_PROFILE]) if PurePosixPath(path).suffix in _PROFILE_KINDS
    ]


def _walk(root: Path, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        start = root / name
        paths = start.rglob("*") if start.is_dir() else [start]
        yield from (path.relative_to(root).as_posix() for path in paths if path.is_file())
