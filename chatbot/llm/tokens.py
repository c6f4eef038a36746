"""Exact token counts of the o200k_base vocabulary, with no network.

The vocabulary lies in `data/tiktoken` under the name that tiktoken gives it in its own cache, and
is read from there directly: tiktoken's loader would delete a damaged file and download another.
"""

import base64
import functools
import hashlib
import json
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatbot.errors import StartupError

if TYPE_CHECKING:
    import tiktoken

VOCABULARY = Path(__file__).parents[2] / "data" / "tiktoken"
# SHA-1 of the download address, and the SHA-256 of the content that tiktoken checks.
FILE_NAME = "fb374d419588a4632f3f557e76b4b70aebbca790"
FILE_HASH = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
# The pattern and the special tokens of o200k_base: tiktoken_ext/openai_public.py.
PATTERN = "|".join([
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    r"\p{N}{1,3}",
    r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
    r"\s*[\r\n]+",
    r"\s+(?!\S)",
    r"\s+",
])  # fmt: skip
SPECIAL_TOKENS = {"<|endoftext|>": 199999, "<|endofprompt|>": 200018}
# Beyond this, one run of characters overflows the stack of tiktoken's pattern matcher.
MAX_PIECE = 100_000
_SAFE_CUT = re.compile(r"\n(?=[A-Za-z0-9])")

# What a chat message costs besides its content: three tokens of framing and one of its role.
# https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb
MESSAGE_FRAME_TOKENS = 4

_lock = threading.Lock()


def warm_up() -> None:
    """Loads the vocabulary (about 0.3 s); safe in any thread. Raises StartupError as counting."""
    _load()


def count_tokens(text: str) -> int:
    """The number of o200k_base tokens of `text`; special tokens in it count as ordinary text.

    Exact up to 100,000 characters; longer text is counted in pieces, which is exact when it has
    line breaks and can differ by a token per piece when it has none. Raises StartupError when the
    vocabulary is missing or damaged.
    """
    return sum(len(tokens) for tokens in _encode(text))


def count_tool_tokens(tools: Sequence[Mapping[str, Any]]) -> int:
    """An upper bound of the prompt tokens of tool declarations: the tokens of their JSON.

    The model is given a shorter rendering of them, whose form OpenAI does not publish.
    """
    return count_tokens(json.dumps(list(tools))) if tools else 0


def _encode(text: str) -> Iterator[list[int]]:
    encoding = _load()
    for piece in _split(text):
        yield encoding.encode(piece, disallowed_special=())


def _split(text: str) -> Iterator[str]:
    """The text in pieces that tiktoken can take, cut where no token reaches across if possible."""
    start = 0
    while len(text) - start > MAX_PIECE:
        cuts = [match.end() for match in _SAFE_CUT.finditer(text, start, start + MAX_PIECE)]
        end = cuts[-1] if cuts else start + MAX_PIECE
        yield text[start:end]
        start = end
    yield text[start:]


def _load() -> "tiktoken.Encoding":
    with _lock:
        return _read_encoding(VOCABULARY / FILE_NAME)


@functools.cache
def _read_encoding(path: Path) -> "tiktoken.Encoding":
    import tiktoken

    try:
        content = path.read_bytes()
    except OSError:
        raise StartupError(
            f"The token vocabulary {path.name} is missing. Restore the folder data/tiktoken."
        ) from None
    if hashlib.sha256(content).hexdigest() != FILE_HASH:
        raise StartupError(
            f"The token vocabulary {path.name} is damaged. Restore the folder data/tiktoken."
        )
    pairs = (line.split() for line in content.splitlines() if line)
    ranks = {base64.b64decode(token): int(rank) for token, rank in pairs}
    return tiktoken.Encoding(
        "o200k_base", pat_str=PATTERN, mergeable_ranks=ranks, special_tokens=SPECIAL_TOKENS
    )
