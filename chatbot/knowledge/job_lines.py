"""The lines of a job description, as they were before copying ran them into one.

Mail programs, application forms and PDF viewers drop the line breaks of a list when a posting is
copied: headings, items and the next paragraph then stand one after the other. A heading is told by
its words and by what stands around it, an item by its mark ("* ", "- ", "1. ") or, where that is
lost too, by the words that items begin with. A line that is no list stays as it is.
"""

import re
from collections.abc import Iterator

# A shorter line is one thing.
LONG_LINE = 14
_LEAST_LEAD = 4
# The last word and what it may be part of; a pattern that ends with "$" reads no further back.
_TAIL = 40
SENTENCE = re.compile(
    r"(?<=[a-z0-9)%\]][.!?;])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bDr\.)(?<!\bProf\.)(?<!\b[BM]\.Sc\.)(?<!\b[BM]Sc\.)"
    r"\s+(?=[A-Z\"'(\u2022*-])"
    r"|(?<=[A-Za-z]{2}[A-Z]\.)\s+(?=[A-Z][a-z])|(?<=[a-z][.!?][)\]])\s+(?=[A-Z])|\s+(?=\u2022\s)"
)

_QUALIFIER = (
    r"(?:minimum|basic|key|main|required|preferred|desired|desirable|additional|technical|core|"
    r"essential|professional|job|role|position|candidate|your|our|other|specific)"
)
# A single word says less than several: "Requirements Engineer" is no heading.
_ONE_WORD = r"requirements?|qualifications?|responsibilities|duties|benefits|perks"
_SEVERAL_WORDS = (
    rf"(?:{_QUALIFIER}\s){{1,3}}(?:requirements?|qualifications?|skills|experience|"
    r"responsibilities|duties|tasks|benefits|information)(?: (?:&|and) (?:skills|experience|"
    r"qualifications?|requirements?|knowledge|perks))?|"
    rf"(?:(?:{_QUALIFIER}|strong)\s)?(?:must|nice|good)[- ](?:to[- ])?haves?|bonus points|"
    r"your profile|"
    r"skills (?:(?:&|and) (?:requirements?|qualifications?|experience|competenc(?:y|ies))|needed|"
    r"required)|requirements? (?:&|and) (?:skills|qualifications?)|"
    r"qualifications? (?:&|and) (?:skills|requirements?|experience)|"
    r"what you(?:(?:'|\u2019)ll| will)? (?:bring|need|have|do|get|be doing)(?: to the table)?|"
    r"what we(?:(?:'|\u2019)re| are)? (?:looking for|expect|offer|require)|"
    r"(?:about|who) you(?: are)?|who we are|about (?:us|the (?:company|team|role|position|job))|"
    r"why (?:join us|work with us)|where you(?:(?:'|\u2019)ll| will)? work|we offer|how to apply|"
    r"(?:company|job|role|position|team) (?:description|overview|summary)|"
    r"das bringst du mit|(?:dein|ihr) profil|(?:deine|ihre) aufgaben|wir bieten|was wir bieten"
)
# "You ... have a degree ... speak English": a heading that the items go on from.
_OPEN_WORD = r"(?:you|we)(?= ?(?:\.{2,}|\u2026))"
_HEADING = re.compile(
    rf"(?i)(?<![\w'\u2019-])(?:{_SEVERAL_WORDS}|{_ONE_WORD}|{_OPEN_WORD})(?![\w'\u2019-])"
)
_ROLE = re.compile(
    r"(?:Engineer|Manage|Analy|Special|Lead|Officer|Gather|Admin|Consult|Document|Coordinat|Develop|"
    r"Framework|Director|Partner|Advis|Design|And|For|Of|In|To)\w*\b"
)
# A fact of the position, which stands before its value.
_FACT = re.compile(
    r"(?<=\S)\s+(?=(?:Job type|Employment type|Experience level|Seniority level|Industry|Role|"
    r"Company (?:size|type)|Locations?(?: options)?|Salary(?: range)?|Date posted|Department|"
    r"Start date|Technologies)\s?:)"
)
_COLON = re.compile(r"(?i)\s?(?:are|is|include|including)?\s?(?::|\.{2,}|\u2026)\s*")
_COUNTED = re.compile(r"\s*(?:[*\u2022\u25aa\u25cf]|1[.)])\s")
_MARK = re.compile(r"\s*[-\u2013\u2014\u2022\u00b7\u25aa\u25cf*]\s")
# What cannot end a thing: the words after it belong to it.
_GOES_ON = re.compile(
    r"(?i)(?:[,/&+(-]|\b(?:an?|the|of|in|with|and|or|to|for|on|at|as|by|from|our|your|their|its|all|"
    r"any|this|that|these|least|minimum|over|than|last|past|more|most|some|very|is|are|be|have|has|"
    r"using|including|via|per|such|e\.g\.|i\.e\.|not|no|both|either|like|of\w*))$"
)
_STOPPED = re.compile(r"[.!?:;)\u2026]$")

_QUALITY = (
    r"(?:Strong|Solid|Proven|Excellent|Good|Great|Deep|Outstanding|Demonstrated|Demonstrable|"
    r"Extensive|Exceptional|Hands[- ]on|Working|Basic|Advanced|Expert|In[- ]depth|Thorough|Sound|"
    r"Practical|Prior|Previous|Keen|Effective|Professional|Relevant|Significant|Superior|Broad|"
    r"High|Recent|Clear|Superb|Fluent|Native|Conversational)"
)
_OPENER = (
    r"(?:(?:At least|Minimum(?: of)?) (?:\d|one|two|three|five)|"
    r"\d{1,2} ?\+?(?: ?(?:-|\u2013|to) ?\d{1,2} ?\+?)? ?(?:years?|yrs?)\b|"
    r"(?:One|Two|Three|Four|Five|Six|Seven|Eight|Ten)(?: or more)? years?\b|"
    rf"(?:Very )?{_QUALITY}(?= (?:[\w&/+#.,-]+ ){{0,5}}?(?i:skills?|knowledge|experiences?|"
    r"understanding|background|command|ability|abilities|sense|track|proficiency|expertise|"
    r"communicat\w+|English|German|French|grasp|awareness|judgment|work ethic|problem)\b)|"
    r"(?:Experienced?|Proficien(?:t|cy)|Familiar(?:ity)?|Knowledge|Understanding|Expertise|Exposure|"
    r"Awareness|Fluency|Background|Mastery|Skilled|Comfortable|Interest|Certification|Degree|Passion"
    r"|Passionate|Willing|Willingness|Able|Ability|Capable|Capability|Eager|Appreciation|Commitment|"
    r"Openness|Affinity) (?=[a-z])|"
    r"Track record\b|Attention to\b|Team player\b|Self[- ](?:motivated|starter|driven)\b|"
    r"(?:University|College) degree\b|(?:(?:Bachelor|Master)(?:'|\u2019)?s?|Ph\.?D|B\.?Sc|M\.?Sc|"
    r"B\.[SA]\.?|M\.[SA]\.?|BS|BA|MS|MA)(?=/|,? (?:in|of|or|and|degree)\b)|"
    r"(?:Mindestens|Abgeschlossene\w*|Mehrj\u00e4hrige\w*|Flie\u00dfende?s?|"
    r"(?:Sehr )?[Gg]ute \w*kenntnisse|Fundierte\w*)\b|"
    r"(?:Must|Should) (?:have|be)\b|Nice to have\b|You(?:(?:'|\u2019)(?:ll|re|ve))? (?:have|are|"
    r"bring|can|will|know|enjoy|love|speak|possess|should|must|also|need)\b)"
)
# Nouns, which German writes with a capital anywhere.
_GERMAN = (
    r"(?:Erfahrung|Kenntnisse|Teamf\u00e4hig\w*|\w+kenntnisse|\w+bereitschaft|\w+st\u00e4rke)\b"
)
_ITEM = re.compile(rf"(?<=\S)\s+(?={_OPENER})")
_LOWER_ITEM = re.compile(
    rf"(?<=[\w)]),\s+(?:and\s+)?(?=(?:an?\s+)?(?:{_OPENER}|{_GERMAN}))", re.IGNORECASE
)
# Of alternatives one is enough: they are one thing.
_EITHER = re.compile(r"[;,]\s+(?:or|oder)\b.*;|;\s+(?:or|oder)\b")
_STARTS_ITEM = re.compile(_OPENER)
_PERK = re.compile(r"(?:Competitive|Health|Flexible|Paid|Free|Generous|Private|Pension|Remote)\b")
_LEAD = re.compile(rf":\s+(?={_OPENER})")
# An adjective before the opener is part of it: "Proven Experience with".
_MODIFIER = re.compile(
    rf"\b(?:{_QUALITY}|Work|Industry|Commercial|Business|Technical|Management|Related|Some|Preferred|"
    r"Required|Minimum|Specialized|General|Equivalent|Similar|Written|Verbal|Programming|Development|Engineering)$"
)
_NAME = r"(?!You\b|This\b|It\b|There\b|Th[eo]se\b)(?:\[[A-Z_]{3,}\]|[A-Z][\w&.-]+)"
# Where the employer begins to speak of itself.
_OURS = re.compile(
    rf"(?<=\S)\s+(?:(?:{_NAME} ){{1,6}}(?:is|are) (?:an?|the|one|proud|committed)\b(?! "
    r"(?:ability|big |huge |strong |definite )?(?:plus|must|bonus|advantage|asset|"
    r"requirement|pre-?requisite))|"
    r"We (?:are(?! look)|offer|believe|have|provide|value|strive|welcome|encourage|love|work|"
    r"will|also)\b|"
    r"We(?:'|\u2019)re\b(?! look)|Our (?:\w+ ){1,3}(?:is|are|has|have|will)\b|"
    r"Join (?:us|our)\b|At \[?[A-Z])"
)
# Where a sentence begins that is no item.
_PROSE = re.compile(
    rf"{_OURS.pattern}|(?<=\S)\s+(?:If you(?:'|\u2019| )|For more information\b|"
    r"Apply (?:now|today|online|here)\b|"
    r"(?:This|The) (?:role|position|team|company) (?:is|offers|will|has)\b|Please )"
)
_DOTS = r"[*\u2022\u25e6\u25aa\u25cf\u00b7]\s+(?=\S)"
_DASHES = r"[-\u2013\u2014]\s+(?=[A-Z0-9\"'(])"
# Each with how many make a list, after a colon and elsewhere: a dash stands between thoughts, too,
# and one mark begins a line that is an item itself.
_MARKS = (
    (re.compile(rf"(?:^|\s+){_DOTS}"), 2, 2),
    (re.compile(rf"(?:^|\s+)(?:{_DOTS}|{_DASHES})"), 2, 3),
    (re.compile(r"(?:^|\s*)(?:\.{2,3}|\u2026)\s+(?=[a-z])"), 3, 3),
    (re.compile(r"(?:^|\s+)\d{1,2}[.)]\s+(?=[A-Z])"), 2, 3),
)


def restore_lines(text: str) -> Iterator[str]:
    """The lines of a text, those that run on cut before each heading and each marked item; a
    heading that is found so ends with a colon, an item begins with "- "."""
    for line in text.splitlines():
        if len(line.split()) <= LONG_LINE:
            yield line
            continue
        for part in _cut_headings(line):
            for fact in _FACT.split(part):
                yield from _cut_marked(fact)


def _cut_headings(line: str) -> Iterator[str]:
    start = 0
    for match in _HEADING.finditer(line):
        before, after = line[start : match.start()].rstrip(), line[match.end() :]
        end = match.end() + _heading_length(match[0], before, after)
        if end < match.end():
            continue
        if before.strip():
            yield before
        yield f"{match[0]}:"
        start = end
    if line[start:].strip():
        yield line[start:] if start == 0 else line[start:].lstrip()


def _heading_length(words: str, before: str, after: str) -> int:
    """How many characters after the words are the heading's; -1 where they are no heading."""
    is_first = not before or _STOPPED.search(before[-1:]) is not None
    if not is_first and not _may_follow(before, words):
        return -1
    if colon := _COLON.match(after):
        return colon.end()
    if not words[0].isupper() or not after.strip():
        return -1
    if _COUNTED.match(after):
        return 0
    if _MARK.match(after):
        return 0 if is_first or " " in words or not _ends_in_name(before) else -1
    rest = after.lstrip()
    is_item = _STARTS_ITEM.match(rest) or _PERK.match(rest)
    if is_item or words.isupper() and not rest.split()[0].isupper():
        return len(after) - len(rest)
    is_sentence = (rest[0].isupper() or rest[0].isdigit()) and not _ROLE.match(rest)
    return len(after) - len(rest) if is_sentence and not _ends_in_name(before) else -1


def _may_follow(before: str, words: str) -> bool:
    """Whether a heading may stand after what has not ended: "GENERAL EXPERIENCE REQUIREMENTS" and
    "one of the following requirements" are one thing."""
    is_wish = words.casefold().endswith(("have", "haves"))
    is_part = words.isupper() and before[-_TAIL:].split()[-1].isupper()
    return (words[0].isupper() or is_wish) and not is_part and not _GOES_ON.search(before[-_TAIL:])


def _ends_in_name(before: str) -> bool:
    if not before or _STOPPED.search(before[-1:]):
        return False
    return before[-_TAIL:].split()[-1][0].isupper()


def _cut_marked(line: str) -> Iterator[str]:
    """A line cut before each mark of an item, where there are enough of them to be a list."""
    found = _find_marks(line)
    if not found:
        yield from _cut_after_leads(line)
        return
    yield from _cut_lead(line[: found[0].start()])
    ends = [match.start() for match in found[1:]] + [len(line)]
    items = [line[match.end() : end].strip() for match, end in zip(found, ends, strict=True)]
    yield from (f"- {item}" for item in items[:-1])
    # What follows the last item on its line may be the employer's next paragraph.
    last, *rest = _cut_at(_PROSE, items[-1])
    yield f"- {last}"
    yield from rest


def _find_marks(line: str) -> list[re.Match[str]]:
    for marks, after_colon, elsewhere in _MARKS:
        found = list(marks.finditer(line))
        is_led = bool(found) and line[: found[0].start()].rstrip().endswith(":")
        if len(found) >= (after_colon if is_led else elsewhere):
            return found
    return []


def _cut_after_leads(line: str) -> Iterator[str]:
    """A line cut after "You should have:", where a list that has lost its marks begins there."""
    start = 0
    for match in _LEAD.finditer(line):
        lead = line[start : match.start() + 1]
        is_sentence = len(SENTENCE.split(lead)[-1].split()) >= _LEAST_LEAD
        if is_sentence and starts_item(line[match.end() :]):
            yield from _cut_lead(lead)
            start = match.end()
    yield line[start:]


def _cut_lead(lead: str) -> Iterator[str]:
    """What stands before a list: its last sentence may be the heading of it."""
    if lead.rstrip().endswith(":"):
        *before, heading = SENTENCE.split(lead)
        if before:
            yield " ".join(before)
        yield heading
    elif lead.strip():
        yield lead


def cut_items(text: str) -> list[str]:
    """The items of a list that has no marks, cut before the words that items begin with; the text
    itself where there is none."""
    pieces = [piece for part in _cut_at(_PROSE, text) for piece in _cut_at(_ITEM, part)]
    by_commas = [piece for part in pieces for piece in _cut_lists(part)]
    return [piece.strip() for piece in by_commas if piece.strip()]


def _cut_at(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    start = 0
    for match in pattern.finditer(text):
        before = text[start : match.start()]
        if before.count("(") > before.count(")"):
            continue
        if _GOES_ON.search(before[-_TAIL:]) or _MODIFIER.search(before[-_TAIL:]):
            continue
        yield before.strip()
        start = match.start()
    yield text[start:].strip()


def _cut_lists(text: str) -> list[str]:
    if _EITHER.search(text):
        return [text]
    if text.count("; ") > 1:
        return re.split(r";\s+(?:and\s+)?", text)
    pieces = _LOWER_ITEM.split(text)
    return pieces if len(pieces) > 2 else [text]


def starts_item(text: str) -> bool:
    """Whether a text begins as the items of a list of requirements do."""
    return _STARTS_ITEM.match(text) is not None and not text.startswith("You")


def is_employers(text: str) -> bool:
    """Whether a text begins with what the employer says of itself."""
    return _OURS.match(f". {text}", 1) is not None
