import subprocess
import sys

import pytest

from chatbot.errors import StartupError
from chatbot.storage.lock import FileLock

HOLD = """
import sys, time
from pathlib import Path
from chatbot.storage.lock import FileLock
lock = FileLock(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(60)
"""


def test_a_second_program_is_refused_until_the_first_is_gone(tmp_path):
    file = tmp_path / "chatbot.db"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(StartupError, match="in use by another copy"):
            FileLock(file)
    finally:
        holder.kill()
        holder.wait()
    FileLock(file).release()


def test_a_released_lock_can_be_taken_again(tmp_path):
    lock = FileLock(tmp_path / "chatbot.db")
    lock.release()
    FileLock(tmp_path / "chatbot.db").release()
