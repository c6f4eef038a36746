from pathlib import Path

import pytest

from chatbot.errors import StartupError
from chatbot.storage.mounts import mount_type, refuse_network_folder

MOUNTS = r"""overlay / overlay rw,relatime 0 0
tmpfs /data tmpfs rw 0 0
hf-mount /data/bucket fuse.hf-mount rw 0 0
nas:/home /home/my\040share nfs4 rw 0 0
/dev/sdb1 /again ext4 rw 0 0
//nas/again /again cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/chatbot.db", "overlay"),
        ("/data/chatbot.db", "tmpfs"),
        ("/data/bucket/chatbot.db", "fuse.hf-mount"),
        ("/data/buckets/chatbot.db", "tmpfs"),
        ("/home/my share/deep/chatbot.db", "nfs4"),
        ("/again/chatbot.db", "cifs"),
    ],
)
def test_a_file_is_on_the_innermost_and_latest_mount(path: str, kind: str):
    assert mount_type(Path(path), MOUNTS) == kind


@pytest.mark.parametrize("kind", ["fuse", "fuse.hf-mount", "nfs", "nfs4", "cifs", "smb3", "9p"])
def test_a_network_mount_stops_the_start(tmp_path: Path, kind: str):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"remote / {kind} rw 0 0\n")
    with pytest.raises(StartupError, match=f"network mount \\({kind}\\).* local disk"):
        refuse_network_folder(tmp_path / "chatbot.db", mounts)


@pytest.mark.parametrize("kind", ["ext4", "overlay", "tmpfs", "xfs", "btrfs", "zfs"])
def test_a_local_disk_is_accepted(tmp_path: Path, kind: str):
    mounts = tmp_path / "mounts"
    mounts.write_text(f"/dev/sda1 / {kind} rw 0 0\n")
    refuse_network_folder(tmp_path / "chatbot.db", mounts)


def test_a_system_without_a_list_of_mounts_is_accepted(tmp_path: Path):
    refuse_network_folder(tmp_path / "chatbot.db", tmp_path / "missing")
