"""Cuts a sentence into clauses, and tells which of them say something of the owner."""

import re
from collections.abc import Container
from dataclasses import dataclass

from chatbot.knowledge.words import split_words

_MARK = re.compile(r"\[\s*S?\d{1,4}(?:\s*[,;]\s*S?\d{1,4})*\s*\]")
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^)]*)\)")
_MARKUP = re.compile(r"[*_`#>|~]+")
_HARD = re.compile(
    r";\s+|\s[–—]\s(?![A-Z])|,?\s+(?=(?:but|while|whereas|although|though|however)\b)"
    r"|,?(?<!days)(?<!weeks)(?<!months)(?<!years)(?<!month)(?<!year)(?<!week)\s+"
    r"(?=(?:before|after)\s+(?:\w+ (?:years?|months?) (?:at|with|in)\b|\w+ing\b"
    r"|(?:he|she|they)\b))|,\s+(?=so\b(?! for\b))|,\s+(?=(?:before|after)\b)"
    r"|,\s+(?=(?:where|which|who|when|based in|located in)\b)|,\s+then\s+"
)
_SOFT = re.compile(
    r",\s+and\s+(?:also\s+|then\s+|later\s+)?|\s+and\s+(?:also\s+|then\s+|later\s+)?|,\s+"
)
_IRREGULAR = frozenset(
    """
    led built cut won wrote ran grew held made is was has had were are took began spent taught gave
    left works leads holds uses manages speaks serves knows studies found brought became set kept
    sold sat rose fell got earns lives plays writes builds runs develops designs oversees won't can
    will would could did does spoke drove chose sent met rebuilt oversaw enjoys wants reads
    """.split()
)
_NOT_VERBS = frozenset(
    "based related united limited advanced applied distributed integrated need"
    " speed seed unified embedded managed certified".split()
)
_PRONOUNS = frozenset("he she they it i we you his her their there".split())
_DENIAL = re.compile(
    r"\b(?:(?:records?|profile|resume|cv|information|notes|documents?|i)\b.{0,40}"
    r"\b(?:do(?:es)?(?:n['’]t| not)|did(?:n['’]t| not)|can(?:['’]t|not)|cannot|has no|have no"
    r"|lacks?|contains? no|says? nothing|is silent|are silent|not sure|unable|unaware)"
    r"|(?:not|n['’]t|never)\b.{0,24}\b(?:mentioned|listed|stated|recorded|on record|covered"
    r"|specified|(?:in|part of) (?:the|his|her|their|\w+['’]s) (?:records?|profile))"
    r"|(?:no|any) (?:information|mention|record|details?|data|indication|evidence|entry)\b"
    r"|not sure|don['’]t know|do not know|isn['’]t something i|is not something i"
    r"|nothing (?:about|on|in (?:the|his|her|their|\w+['’]s) (?:records?|profile|resume|cv))"
    r"|nothing (?:is|was|has been) (?:said|stated|mentioned|recorded|written|listed|told)"
    r"|(?:not|\w+n['’]t) (?:something|anything) (?:that )?(?:the|his|her|their|\w+['’]s)"
    r" (?:records?|profile|resume|cv)"
    r"|no [\w -]{2,40} (?:is|are|was|were) (?:mentioned|listed|recorded|named|stated|shown|given)"
    r"|(?:can['’]t|cannot|can not) be (?:said|told|answered|confirmed)"
    r"|^(?:but|and) (?:has |have |lists )?no (?:\w+ ){0,2}\w+\W*$)",
    re.IGNORECASE,
)
_ASSISTANT = re.compile(
    r"\bI(?:['’]m| am| can| could| will| would| do| don['’]t|['’]ll|['’]d| cannot| can['’]t| may"
    r"| might| see| suggest| recommend| hope| think| apologi[sz]e"
    r"|(?:['’]ve| have) (?:also |now |just )?(?:passed|noted|told|saved|filed|forwarded|let|sent"
    r"|asked|recorded|added|no|not|booked|shared))\b"
)
_HERE_IS = re.compile(r"(?i)\s*(?:here(?:['’]s| is| are)|below (?:is|are)|see below|let['’]?s)\b")
_SELF = re.compile(
    r"\b(?:stand-in|chat ?bot|bot|(?:an?|['’]s|as) AI|(?:an|['’]s|virtual) assistant)\b"
)
_YOU = re.compile(
    r"\b(?:you|your|yours|yourself|thank|thanks|welcome|hello|hi|please|let me|sorry)\b", re.I
)
_SAYER = re.compile(r"(?i)\s*(?:yes, |well, |so, |as )?(?:I|you)\b")
_TELLS = re.compile(
    r"(?i)\b(tell you|confirm|say|see|think|believe|know|note|add|mention|share|sure|glad|happy"
    r"|learn|assure you|find|hear|understand)\b,?\s+(?:that\s+)?"
)
_SUBJECTS = frozenset("he she they his her their".split())
# What the owner will do with a message is a promise to the visitor.
_GETS_BACK = re.compile(
    r"(?i)\bwill (?:\w+ )?(?:receive|reply|respond|get back|be in touch|contact|write|answer"
    r"|be (?:notified|informed|told))\b"
)
_OWNER = re.compile(r"\b(?:he|she|his|her|hers|him)\b", re.I)
_FRONTED = re.compile(
    r"(?i)\s*(?:at|in|as|from|between|since|with|during|while|for|until|before|after|on|through|under"
    r"|today|previously|earlier|currently|by)\b"
)
_BACK = re.compile(
    r"(?i)(?:there|here|in (?:that|this) (?:role|job|position|time|company)|in it|while there"
    r"|during (?:that|this)|at (?:that|this) (?:company|job|time)|as part of (?:that|this))\b"
)
_RELATIVE = re.compile(r"(?i)\s*(?:which|who|where|that)\b")
_TIME = re.compile(
    r"(?i)\s*(?:before|after|prior to|since)\s+(?:\w+ing\b|(?!\d+\s|(?:that|this|which)\b"
    r"|\w+ (?:years?|months?|weeks?|days?)\b))"
)
_BEFORE = re.compile(r"(?i)\s*(?:before|prior to)\b")
_AFTER = re.compile(r"(?i)\s*(?:after|following|since)\b")
# Turns of phrase that claim nothing, or say "now".
_NOTHING = re.compile(
    r"(?i)\b(?:to sum up|in (?:short|summary|addition|particular|general|fact)"
    r"|in a nutshell|in brief|in essence|all in all|simply put|in the space of|over the course of"
    r"|for example|for instance|on top of that|by the way|as well|so far|to date|at first"
    r"|i\.e\.|e\.g\.|a lot|in (?:his|her|their) (?:spare|free) time|outside (?:of )?work"
    r"|off the clock|in practice|at heart|overall|in other words|that said)(?:[,:]\s+|(?![\w-]))"
)
_WOULD = re.compile(r"(?i)\b(he|she|they|i|you)['’]d\b")
# Turns of speech that say in several words what the check knows by one.
_REWORDED = tuple(
    (re.compile(rf"(?i)\b(?:{pattern})\b"), plainly)
    for pattern, plainly in (
        (
            r"(?:one|some|two|three) of (?:his|her|their) (?:biggest|main|key|greatest|proudest"
            r"|best|major|most \w+|notable) (?:achievements?|wins?|accomplishments?|success(?:es)?"
            r"|contributions?|highlights?)(?: there| in that role)?(?: (?:is|was|were))?(?: that)?",
            "",
        ),
        (
            r"(?:biggest|greatest|main|proudest) (failure|mistake|strength|lesson|challenge)",
            r"\1",
        ),
        (r"(?:would|will|is|are)(?:n['’]t| not) (?:be )?an? (?:problem|issue)", "is fine"),
        (r"dat(?:es|ed|ing) back to", "is from"),
        (r"mother[- ]tongue|first language", "native language"),
        (r"(knows|works|known|suited|described|does|do|work) best", r"\1"),
        (r"manage[sd]? to", ""),
        (r"(his|her|their) former(?! (?:employer|job|role|position|company))", r"\1"),
        (r"(less|fewer) than", "under"),
        (r"(more|greater) than", "over"),
        (r"(?<!the )(?<!an )only", ""),
        (r"(?:free|spare) time", ""),
        (r"(over|in|for|during) the past", r"\1 the last"),
        (r"(?:so far|to date)(?=:)", ""),
        (r"both (?=at|in|for|with|of|from)", ""),
    )
)
_PRESENTLY = re.compile(r"(?i)\b(?:at the moment|right now|these days|as of now|at present)\b")
_LEADS_TO = re.compile(r"(?i)\bl(?:ed|eads?|eading) to\b|\bleading up to\b")
_FRONTED_TIME = re.compile(
    r"(?i)((?:before|after|prior to|following)\s+(?!\d+\s|\w+ (?:years?|months?|weeks?"
    r"|days?)\b)[^,]{3,50}?)"
    r"(?:,\s+|\s+(?=(?:he|she|they)\b))"
)
_ITEM = re.compile(r",(?!\d)\s*(?:and\s+|or\s+)?|\s+(?:and|or|&)\s+|;\s+")
_NUMERALS = {
    word: count
    for count, words in enumerate(
        "two 2|three 3|four 4|five 5|six 6|seven 7|eight 8|nine 9|ten 10".split("|"), start=2
    )
    for word in words.split()
}
# "Four internships: A, B, C and D": the number is that of the items.
_COUNTED_OFF = re.compile(rf"\b({'|'.join(_NUMERALS)}) (?=\w)")
_LED = re.compile(r"(?i)\bunder (?:his|her|their) (?:leadership|direction|guidance),?")
_DID_YOU_KNOW = re.compile(r"(?i)\bdid you know\b|\bright\?|, (?:is|was|has|does|did)n['’]t\b")


@dataclass(frozen=True)
class Clause:
    """A part of a sentence with its own statement; `starts` when it begins the sentence.

    `is_apart` is "before founding Acme": what stands beside it happened elsewhere, and `order`
    tells whether before or after. `is_relative` is "where he led ...": it speaks of what stands
    before it.
    """

    text: str
    starts: bool = False
    has_verb: bool = True
    refers_back: bool = False
    is_apart: bool = False
    is_relative: bool = False

    @property
    def order(self) -> int:
        """-1 for "before ...", 1 for "after ...", 0 for neither."""
        if not self.is_apart:
            return 0
        return -1 if _BEFORE.match(self.text) else 1 if _AFTER.match(self.text) else 0


def bare_text(sentence: str) -> str:
    """A sentence without citation marks and markup; links keep their words and address."""
    text = _LED.sub(" ", _MARK.sub(" ", sentence))
    text = _LINK.sub(r"\1 \2 ", text)
    text = _WOULD.sub(r"\1 would", text)
    for pattern, plainly in _REWORDED:
        text = pattern.sub(plainly, text)
    text = _LEADS_TO.sub("giving", _PRESENTLY.sub("currently", _NOTHING.sub(" ", text)))
    text = re.sub(r"^\s*(?:[-*+•]|\d{1,2}[.)])\s+", "", text)
    text = without_total(_RECORD_SAYS.sub("", text))
    text = _MARKUP.sub(lambda m: " " if m.group()[0] == "|" else "", text)
    return " ".join(text.split())


# "The profile lists X" says X of the owner, and of the profile that it does.
_RECORD_SAYS = re.compile(
    r"(?i)^(?:according to |as |in )?(?:the|his|her|their|my|\w+['’]s) (?:records?|profile|resume"
    r"|cv|résumé) (?:only |also |just |does |do |clearly )?(?:says?|states?|mentions?|lists?|shows?"
    r"|names?|notes?|records?|tells? (?:us )?)\b(?!\s+(?:no|nothing|neither|nowhere)\b)"
    r"(?:,| that| of)?\s+"
)
# "Eleven: nine account executives plus two engineers": the number is the sum of the others.
_IN_ALL = re.compile(
    r"(?i)^\W*(?:(?:yes|well|a total of|altogether|in all|that['’]s|that is)[,:]? )?"
    r"([\w-]+)(?: (?:people|persons?|of them|in all|in total|altogether|all told|staff))*"
    r"\s*[:–—]\s+"
)
_AND_SUM = re.compile(r"(?i)\b(?:and|plus)\b")
_CARDINALS = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen twenty".split()
    )
} | {w: 10 * n for n, w in enumerate("thirty forty fifty sixty seventy eighty ninety".split(), 3)}


def _count_of(word: str) -> int | None:
    return int(word) if word.isdigit() else _CARDINALS.get(word.lower())


def without_total(text: str) -> str:
    """A sentence that adds up what it names, "Nineteen: sixteen pickers and three drivers",
    without the sum; any other, and one that adds up wrongly, as it is."""
    match = _IN_ALL.match(text)
    total = _count_of(match[1]) if match else None
    if match is None or total is None or not _AND_SUM.search(text[match.end() :]):
        return text
    parts = [_count_of(word) for word in split_words(text[match.end() :])]
    added = [part for part in parts if part is not None]
    return text[match.end() :] if len(added) > 1 and sum(added) == total else text


def is_question(text: str) -> bool:
    """Whether a sentence asks, and tells nothing on the way."""
    return text.rstrip("\"”' )").endswith("?") and not _DID_YOU_KNOW.search(text)


def is_denial(text: str) -> bool:
    """Whether a clause says that something is not in the records."""
    return bool(_DENIAL.search(text))


def speaks_of_others(text: str, owner: Container[str]) -> bool:
    """Whether a clause is about the visitor or the stand-in and says nothing of the owner."""
    if _ASSISTANT.search(text) or _HERE_IS.match(text):
        return True
    is_of_owner = bool(_OWNER.search(text)) or any(word in owner for word in split_words(text))
    if is_of_owner and _GETS_BACK.search(text) and _YOU.search(text):
        return True
    if is_of_owner:
        return bool(
            re.search(r"\b(?:would you|you (?:can|could|may|might|would)|if you)\b", text, re.I)
        )
    return bool(_YOU.search(text) or _SELF.search(text))


def split_clauses(text: str, owner: Container[str]) -> list[Clause]:
    """The clauses of a sentence in their order."""
    text = text.rstrip()
    parts: list[str] = []
    for hard in _HARD.split(_apart_from_owner(text, owner)):
        if hard and hard.strip():
            parts += _split_at_verbs(hard, owner)
    if parts and (fronted := _FRONTED_TIME.match(parts[0])):
        parts[:1] = [parts[0][: fronted.end(1)], parts[0][fronted.end() :]]
    is_apart = len(parts) > 1 and bool(_TIME.match(parts[0]))
    if len(parts) > 1 and not is_apart and _FRONTED.match(parts[0]) and not _has_verb(parts[0]):
        parts[:2] = [f"{parts[0]}, {parts[1]}"]
    clauses: list[Clause] = []
    for index, part in enumerate(parts):
        clauses.append(
            Clause(
                text=part.strip(),
                starts=index == 0,
                has_verb=_has_verb(part),
                is_apart=len(parts) > 1 and bool(_TIME.match(part)),
                is_relative=index > 0 and bool(_RELATIVE.match(part)),
                refers_back=index == 0 and _refers_back(text),
            )
        )
    return clauses


def _apart_from_owner(text: str, owner: Container[str]) -> str:
    """Put a mark between "I can tell you" and what is told of the owner, which is checked alone."""
    if not _SAYER.match(text):
        return text
    for match in _TELLS.finditer(text):
        first = split_words(text[match.end() :][:40])[:1]
        is_owner = first and (first[0] in _SUBJECTS or first[0] in owner)
        if is_owner and not is_denial(text[: match.start()] + match[1]):
            return f"{text[: match.end(1)]}; {text[match.end() :]}"
    return text


def _refers_back(text: str) -> bool:
    return bool(_BACK.match(text))


def _split_at_verbs(text: str, owner: Container[str]) -> list[str]:
    """Cut at "and" and at commas that a verb, a pronoun or the owner's name follows."""
    parts: list[str] = []
    start = 0
    for match in _SOFT.finditer(text):
        rest = split_words(text[match.end() : match.end() + 40])
        if not rest:
            continue
        first = rest[0]
        is_clause = (
            first in _PRONOUNS
            or first in owner
            or (_is_verb(first) and "(" not in text[start : match.start()].rpartition(")")[2])
        )
        if is_clause and first not in ("his", "her", "their"):
            parts.append(text[start : match.start()])
            start = match.end()
    parts.append(text[start:])
    return [part for part in parts if part.strip()]


def _has_verb(text: str) -> bool:
    return any(_is_verb(word) for word in split_words(text))


def _is_verb(word: str) -> bool:
    if word in _NOT_VERBS:
        return False
    return word in _IRREGULAR or (len(word) > 4 and word.endswith("ed"))


def split_list(text: str) -> tuple[list[str], bool]:
    """The parts of an enumeration, each with the label that stands before all of them, and whether
    one "at" or "in" at an end of it belongs to all."""
    label, colon, rest = text.partition(": ")
    parts = [part for part in _ITEM.split(rest if colon else text) if part]
    if len(parts) < 2:
        return [], False
    if _FRONTED.match(parts[0]) and not _has_verb(parts[0]):
        return parts, True
    last = re.search(r"\b(at|for|during|while|in|from|under|by|with)\b\s+[^\W_]", parts[-1])
    is_shared = last and not any(re.search(rf"\b{last[1]}\b", part) for part in parts[:-1])
    label = _COUNTED_OFF.sub(lambda m: "" if _NUMERALS.get(m[1]) == len(parts) else m[0], label)
    return [f"{label}: {part}" if colon else part for part in parts], bool(is_shared)
