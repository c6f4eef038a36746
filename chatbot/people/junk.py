"""Signs that a contact is junk. They are a hint for the owner: nothing is dropped because of them.

A person taken for junk costs the owner a lead, a machine taken for a person costs them a look. So
only what hardly any person has counts, and names of every language must pass.
"""

import re
import unicodedata

DISPOSABLE = "The e-mail address is from a service that gives out throw-away addresses."
NO_NAME = "The name is no name: it has no letters."
LINK_NAME = "The name holds a link or program code."
MASHED_NAME = "The name looks like keys pressed at random."
MASHED_DOMAIN = "The e-mail address ends in a domain that looks like keys pressed at random."
REPEATED = "The same words came with other details from the same visitor."

# The message came with two other contacts already: a corrected typo makes one.
_TIMES_REPEATED = 2
_SHORTEST_REPEATED = 10

_LINK = re.compile(r"https?:|www\.|://|<[^@>]*>|\{\{|\$\{")
_WORD = re.compile(r"[^\W\d_]+")
# Runs of neighbouring keys that stand in no name or word we know of; "wert" and "erty" do.
_KEYS = re.compile(
    "asdf|sdfg|dfgh|fghj|ghjk|hjkl|qwer|rtyu|tyui|uiop|zxcv|xcvb|cvbn|vbnm|lkjh|kjhg|jhgf|hgfd|gfds"
    "|fdsa|mnbv|nbvc|bvcx|vcxz|rewq|poiuy|asdasd|qweqwe|zxczxc|dsadsa|sdfsdf|jkljkl|azerty|qsdf"
)
_ONE_LETTER = re.compile(r"(.)\1{3}")
_SYLLABLES = re.compile(r"(.{2})\1{3,}|(.{3,4})\2{2,}")
_TRIALS = frozenset(
    {
        "asd",
        "qwe",
        "zxc",
        "abc",
        "xxx",
        "test",
        "testing",
        "tester",
        "test test",
        "test user",
        "test name",
        "foo",
        "foobar",
        "foo bar",
        "blah",
        "bla bla",
    }
)
_VOWELS = frozenset("aeiouy")
_LONGEST_WITHOUT_VOWEL = 5
_LONGEST_CONSONANTS = 8


def find_junk(*, name: str | None, email: str | None) -> str | None:
    """Why these details look like junk, in a sentence for the owner; None when they do not."""
    domain = (email or "").rpartition("@")[2].lower()
    return _judge_name(name or "") or _judge_domain(domain)


def is_repeated(words: str, others: list[str]) -> bool:
    """Whether the notes of two or more `others` hold these words as lines of their own."""
    words = _fold(words)
    if len(words) < _SHORTEST_REPEATED:
        return False
    same = [notes for notes in others if f"\n{words}\n" in f"\n{_fold(notes)}\n"]
    return len(same) >= _TIMES_REPEATED


def _judge_name(name: str) -> str | None:
    name = " ".join(name.split()).casefold()
    if not name:
        return None
    words = _WORD.findall(name)
    if not words:
        return NO_NAME
    if _LINK.search(name):
        return LINK_NAME
    if name in _TRIALS or any(map(_is_mashed, words)):
        return MASHED_NAME
    return None


def _judge_domain(domain: str) -> str | None:
    labels = domain.split(".")
    if _is_disposable(labels):
        return DISPOSABLE
    return MASHED_DOMAIN if any(_KEYS.search(label) for label in labels) else None


def _is_disposable(labels: list[str]) -> bool:
    # The domain itself or one that it is part of. Loaded here: 5,000 names at a contact, not at
    # the start of the program.
    from disposable_email_domains import blocklist

    return any(".".join(labels[start:]) in blocklist for start in range(len(labels) - 1))


def _is_mashed(word: str) -> bool:
    letters = _latin(word)
    if letters is None:
        return False
    if _KEYS.search(letters) or _ONE_LETTER.search(letters) or _SYLLABLES.fullmatch(letters):
        return True
    runs = [len(run) for run in re.split("[aeiouy]+", letters)]
    has_vowel = not _VOWELS.isdisjoint(letters)
    return max(runs) > (_LONGEST_CONSONANTS if has_vowel else _LONGEST_WITHOUT_VOWEL)


def _latin(word: str) -> str | None:
    """The word in plain Latin letters; None for one of another script, of which we know nothing."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return plain if plain.isascii() else None


def _fold(text: str) -> str:
    return "\n".join(" ".join(line.split()) for line in text.casefold().splitlines()).strip()
