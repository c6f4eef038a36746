"""Keeps SQLite off mounts that only look like a disk.

A crash loses commits there, and two machines can open one file: SQLite's locks need a local disk
(https://sqlite.org/howtocorrupt.html, section 2.1).
"""

import re
from pathlib import Path

from chatbot.errors import StartupError

NETWORK_TYPES = re.compile(r"nfs|nfs4|cifs|smb3|smbfs|9p|ceph|glusterfs|fuse(\..*)?")


def refuse_network_folder(database: Path, mounts: Path = Path("/proc/mounts")) -> None:
    """Raise StartupError when the file lies on a network or FUSE mount; only Linux can tell."""
    if not mounts.exists():
        return
    kind = mount_type(database.resolve(), mounts.read_text())
    if NETWORK_TYPES.fullmatch(kind):
        raise StartupError(
            f"DATABASE_URL: {database} is on a network mount ({kind}), where SQLite loses data. "
            "Name a file on a local disk."
        )


def is_on_one_disk(one: Path, other: Path) -> bool:
    """Whether two paths, which need not exist yet, lie on one file system."""
    return _find_device(one) == _find_device(other)


def _find_device(path: Path) -> int:
    there = path.absolute()
    while not there.exists():
        there = there.parent
    return there.stat().st_dev


def mount_type(path: Path, mounts: str) -> str:
    """The file system's type, from the lines of /proc/mounts, of the mount that holds `path`."""
    kind, length = "", 0
    for line in mounts.splitlines():
        _device, escaped, found = line.split()[:3]
        point = Path(re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), escaped))
        # A later mount on one point hides the earlier one.
        if path.is_relative_to(point) and len(point.parts) >= length:
            kind, length = found, len(point.parts)
    return kind
