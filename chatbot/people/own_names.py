"""The name by which a visitor introduces themselves."""

import re

_WORD = r"[^\W\d_][^\W\d_'’.\-]*(?:['’\-][^\W\d_]+)*\.?"
_NAME = rf"{_WORD}(?: {_WORD}){{0,4}}"
_LINE_START = r"(?:^|(?<=[.!?,;\n])|\b(?:hi|hello|hey|and|so|sorry|well),?)[ \t]{0,3}\n?[ \t]{0,3}"
_SURE = re.compile(
    rf"(?i)(?:\bm[yi] (?:full |first )?name(?:['’]?s| is| si|:)|^[ \t]*(?:full )?name[ \t]*:"
    rf"|^(?:hi,? |hello,? )?(?:the )?name['’]s"
    rf"|\b(?:mein name ist|ich hei(?:ß|ss)e|je m['’]appelle|me llamo|mi nombre es)"
    rf"|\bi(?:['’]?m| am) called|\bi go by|\b(?:just|please) call me)[ \t]+(?P<name>{_NAME})",
    re.MULTILINE,
)
_LIKELY = re.compile(
    rf"{_LINE_START}(?i:i['’]?m|i am|this is|it['’]?s(?: me,)?|it is(?: me,)?"
    rf"|(?:you can |you may |people |friends |everyone )?calls? me)[ ]+(?P<name>{_NAME})",
    re.MULTILINE,
)
_HERE = re.compile(rf"(?m)^[ \t]{{0,3}}(?:(?i:hi|hello|hey),? )?(?P<name>{_NAME}) here\b")
_SIGN_OFF = re.compile(
    r"(?im)^[ \t]{0,3}(?:(?:best|kind|warm|many)? ?(?:regards|wishes)|best"
    r"|thanks(?: (?:and|a lot|so much)[\w ]{0,20})?|thank you|cheers|sincerely"
    r"(?: yours)?|yours(?: \w+)?|all the best|greetings)"
    rf"[ ]{{0,3}}[,!.\-–—]?[ \t]{{0,3}}\n{{0,2}}[ \t]{{0,3}}(?P<name>{_NAME})[ ]*$"
)
_ENDS_NAME = frozenset(
    "and but from at with i im the a an my of on in for to is was am are not so here speaking by"
    " you your we our please can could would who what how or calling writing working looking email"
    " phone contact it this that thanks interested hiring also just".split()
)
_PARTICLES = frozenset("van von de der den del della di da dos al el bin ben la le ter ten".split())
_NO_NAMES = frozenset(
    "french german dutch swiss greek czech thai irish english welsh hiring looking interested sorry"
    " happy glad ceo cto hr recruiter developer engineer senior junior head lead product great good"
    " urgent important about going trying working currently still very really ok okay fine"
    " correct wrong incorrect right true google linkedin spelled spelt misspelled misspelt written"
    " printed listed shown missing different monday tuesday wednesday thursday friday saturday"
    " sunday today tomorrow tonight later back asap mr mrs ms dr january february march april june"
    " july august september october november december".split()
)
_NATIONALITY = re.compile(r"(?i)(?:ian|ish|ese)$")
_MOST_WORDS = 4


def find_own_name(text: str) -> str | None:
    """The writer's own name as written, or None.

    Read from "my name is", "Name:", "I go by"; with a capital letter also from "I'm", "this is",
    "it's", "NAME here" and the line below "Best regards". Someone else's name in the text is not
    taken: a capitalised word alone proves nothing.
    """
    sure = _SURE.search(text)
    if sure:
        name = _cut(sure["name"], capitals=False)
        if name:
            return name
    for match in (_LIKELY.search(text), _HERE.search(text), _SIGN_OFF.search(text)):
        name = _cut(match["name"], capitals=True) if match else None
        if match and name and _is_likely(name, rest=text[match.start("name") + len(name) :]):
            return name
    return None


def _cut(words: str, *, capitals: bool) -> str | None:
    kept: list[str] = []
    for word in words.split()[:_MOST_WORDS]:
        plain = word.lower().strip(".'’")
        particle = plain in _PARTICLES
        if (
            plain in _ENDS_NAME
            or plain in _NO_NAMES
            or not (particle or not capitals or word[0].isupper())
        ):
            break
        kept.append(word)
        if word.endswith(".") and len(word) > 4:
            break
    while kept and kept[-1].lower() in _PARTICLES:
        kept.pop()
    return " ".join(kept).rstrip(".,'’") or None


def _is_likely(name: str, *, rest: str) -> bool:
    words = name.split()
    if any(len(word) > 2 and word.isupper() for word in words):
        return False
    if len(words) == 1:
        ends = re.match(r"\s*(?:$|[,.!\n]|from\b|at\b|with\b|and\b|here\b|speaking\b)", rest)
        return bool(ends) and len(name) > 1 and not _NATIONALITY.search(name)
    return True
