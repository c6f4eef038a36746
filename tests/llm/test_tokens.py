import random
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import tiktoken

from chatbot.errors import StartupError
from chatbot.llm import tokens
from chatbot.llm.tokens import (
    count_tokens,
    count_tool_tokens,
)

SAMPLES = [
    "", "Hello, world!", "Größe, naïve, 你好，世界，😀👩‍👩‍👧 done",
    "def f(x):\n\treturn x ** 2\n\n\n",
    "<|endoftext|> and <|im_start|>", "  \n \r\n  spaces   ", "\x00\x07 control", "مرحبا بالعالم",
    "I'LL they're WE'VE", "1234567890 3.14", "https://example.com/a?b=c&d=e#f",
]  # fmt: skip


@pytest.fixture(scope="module")
def reference() -> tiktoken.Encoding:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(tokens.VOCABULARY))
        return tiktoken.get_encoding("o200k_base")


@pytest.mark.parametrize("text", SAMPLES)
def test_counts_are_those_of_tiktoken(text: str, reference: tiktoken.Encoding) -> None:
    assert count_tokens(text) == len(reference.encode(text, disallowed_special=()))


def test_counts_of_random_unicode_are_those_of_tiktoken(reference: tiktoken.Encoding) -> None:
    letters = random.Random(7)
    for _ in range(200):
        points = [letters.randrange(0x20, 0x2FFF) for _ in range(60)]
        text = "".join(chr(point) for point in points)
        assert count_tokens(text) == len(reference.encode(text, disallowed_special=()))


def test_long_text_is_counted_exactly_in_pieces(reference: tiktoken.Encoding) -> None:
    text = "The build broke on Monday.\nWe had it running by noon.\n\n" * 6000
    assert len(text) > 3 * tokens.MAX_PIECE
    assert count_tokens(text) == len(reference.encode(text))


@pytest.mark.parametrize("run", ["a", " ", "\n", "^", "你", "A1", "=-"])
def test_a_million_characters_without_a_break_are_counted_in_pieces(run: str) -> None:
    tokens.warm_up()
    started = time.process_time()
    assert count_tokens(run * (1_000_000 // len(run))) > 0
    # About half a second; as one piece it would take hours.
    assert time.process_time() - started < 10


def test_no_environment_and_no_network_is_needed(tmp_path: Path) -> None:
    code = (
        "import socket; socket.socket = None;"
        "from chatbot.llm.tokens import count_tokens; print(count_tokens('hello world'))"
    )
    root = str(Path(tokens.__file__).parents[2])
    environment = {"PYTHONPATH": root, "TIKTOKEN_CACHE_DIR": str(tmp_path)}
    result = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert result.stdout.strip() == "2"
    assert list(tmp_path.iterdir()) == []


def test_threads_that_count_first_at_once_agree() -> None:
    tokens._read_encoding.cache_clear()
    counts: list[int] = []
    threads = [
        threading.Thread(target=lambda: counts.append(count_tokens("hello world")))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [2] * 8


def test_declarations_of_tools_count() -> None:
    assert count_tool_tokens([]) == 0
    assert count_tool_tokens([{"type": "function", "function": {"name": "save"}}]) > 5


def test_a_missing_or_damaged_vocabulary_is_named(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="missing"):
        tokens._read_encoding(tmp_path / "none")
    damaged = tmp_path / "damaged"
    damaged.write_bytes((tokens.VOCABULARY / tokens.FILE_NAME).read_bytes()[:-5])
    with pytest.raises(StartupError, match="damaged"):
        tokens._read_encoding(damaged)
