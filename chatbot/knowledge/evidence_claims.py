"""Reads a clause of an answer: beside its words what it says somebody is, did and how often."""

import re
from collections.abc import Container

from chatbot.knowledge.evidence_groups import concept, groups
from chatbot.knowledge.evidence_reading import Reading, read
from chatbot.knowledge.evidence_titles import praised
from chatbot.knowledge.evidence_words import NEARLY_WON, NEGATIONS, PERIODS
from chatbot.knowledge.evidence_written import written_out
from chatbot.knowledge.words import plain, split_words

_MOST = re.compile(
    r"\b(?:the|his|her|their|one of the) (?:(?:\w+ )?most (?!recent)(\w+)|leading\b)"
)
_TITLED = re.compile(
    r"\b(?:as|is|was|been|became|become|served as|employed|role of|position of|promoted to)\s+"
    r"(?:(?:currently|now|also|once)\s+)?(?:(?:an?|the|our|its|their)\s+)?(?![a-z]\w*(?:ing|ed)\b|(?:open|able|willing|happy|based|about)\b"
    r"|(?:at|with|in|on|from|by|for|not|never)\b)"
    r"([^,;.()]+?)(?=\s+(?:at|of the|for|with|in|from|since|until|between|on|by|and|who|that"
    r"|where)\b"
    r"|[,;.()]|$)"
)
# "University of Washington", "Sequoia Capital": one name, whose words stand together.
_PHRASE = re.compile(r"\b[A-Z][\w&]*(?:(?: of| de| for| du| of the)? [A-Z][\w&]*)+")
_CAPITAL = re.compile(r"[A-Z][\w&]*")
_END = (
    r"(?=\s+(?:at|for|with|in|from|by|on|using|through|that|which|who|to|while|when|where|during"
    r"|since|until|under|across|within|as|and|into|of|so|after|before)\b|[,;:.()]|$)"
)
_DEED = re.compile(
    r"\b(led|leads|headed|heads|managed|manages|directed|directs|oversaw|oversees|supervised"
    r"|founded|co-?founded|established|invented|created|creates|built|wrote|developed|designed"
    r"|authored|launched|architected|acquired|chaired)\s+"
    r"(?:(?:the|an?|its|their|his|her|our|this)\s+)?(?!(?:with|by|in|on|for|from|to|at)\b)"
    r"([^,;:.()]+?)" + _END,
    re.IGNORECASE,
)
# "Three of them were promoted to ...": the title is not the owner's.
_OTHERS = re.compile(r"(?i)\b(?:of (?:them|whom|those)|people|others|engineers|mentees)\s+$")
# Said of a deed, it takes the others away who had a part in it.
_ALONE = re.compile(
    r"(?i)\b(?:on (?:his|her|my) own|single-?handed(?:ly)?|by (?:him|her|my)self)\b"
    r"|\b(?:implemented|built|wrote|ran|made|did|designed|developed|led|coded|carried|executed|tested|conducted)\b"
    r".*\b(?:her|him|my)self\b"
)
_EVERY_OTHER = re.compile(
    r"(?i)\bevery (?:second|other|third|fourth|\d\w*) (?:day|week|month|year)\b"
)
_WANTED = re.compile(
    r"\b(?:would|wants?|hop(?:es?|ing)|goals?|aim\w*|plan\w*|ambition\w*|future|looking|aspir\w+"
    r"|intend\w*|interested|pursuing|working towards?|consider\w*|open to|wish\w*|dreams?|prefer\w*"
    r"|suits?|like|love|enjoy|ideal\w*|happy|glad|pending|booked|prepar\w+|expect\w*|began|begun"
    r"|start(?:s|ed|ing)?|enrol\w*|yet|progress|learning|submitted|appl(?:y|ies|ied|ication)|left"
    r"|quit|dropped|never|without|not|expired?s?|lapsed|proof|trial|tried|taking|doing|currently"
    r"|will|going to|until|still)\b"
)
_LEADS_MANY = re.compile(
    r"(?i)\b(?:leads?|led|leading|manages?|managed|managing|directs?|directed|heads?|headed|oversees"
    r"|oversaw|supervises?|supervised) (?:an? |the )?(?:team |group |staff )?(?:of )?"
    r"(?:about |over |around |nearly )?(?:\d|(?:two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|twenty|thirty|forty|fifty|hundreds|a hundred)\b)"
)
_EMPLOYED = re.compile(
    r"\b(?:work(?:s|ed|ing)?|employed|job|joined|position|role|career|intern\w*|engineer|developer)"
    r"\b[^,;]{0,30}? (?:at|for|by) (?=[A-Z])|\bjoined (?=[A-Z])"
)
# Of two such words a line that has the other one does not hold a clause.
_OPPOSITES = tuple(
    (re.compile(rf"(?i)\b(?:{one})\b"), re.compile(rf"(?i)\b(?:{other})\b"))
    for pair in (
        (r"full[- ]time", r"part[- ]time"),
        (r"highest|best|top", r"lowest|worst"),
        (
            r"initial(?:ly)?|start(?:ing|ed) (?:salary|pay|with|at|on)",
            r"increased?|raised?|revised|adjust\w+",
        ),
        (r"paid|salaried", r"unpaid"),
        (r"temporary", r"permanent"),
        (r"at least|minimum", r"at most|up to|maximum"),
        (r"on (?:time|schedule)|ahead of schedule", r"late|behind schedule|delay\w*|overdue"),
    )
    for one, other in (pair, pair[::-1])
)
_OFTEN = re.compile(
    r"\b(?:(?:every|each|once an?|twice an?|once per)\s+(?:second\s+|other\s+|single\s+)?"
    r"(day|night|week|weekend|month|quarter|year|morning|evening)\b|("
    + "|".join(PERIODS)
    + r")\b)",
    re.IGNORECASE,
)


def read_clause(
    text: str, *, known: Container[str], ignored: Container[str], starts: bool
) -> Reading:
    """Read a clause as `read` does, and find its title, its deeds, its phrases, its periods."""
    reading = read(text, known=known, ignored=ignored, starts=starts)
    # "Cannot work without a permit" denies nothing but that she can.
    denials = [word for word in reading.words if word in NEGATIONS and word != "nor"]
    reading.negated = len(denials) % 2 == 1
    if most := _MOST.search(text.lower()):
        reading.musts.append("most")
    musts = set(reading.musts)
    reading.phrases = [
        {concept(plain(word)) for word in _CAPITAL.findall(phrase)} & musts
        for phrase in _PHRASE.findall(written_out(text))
    ]
    if most and most[1]:
        reading.phrases.append({"most", concept(plain(most[1]))})
    titled = _TITLED.search(text)
    is_others = titled and _OTHERS.search(text[: titled.start()])
    if titled and not is_others and not titled[1].rstrip().endswith("ors"):
        title = read(titled[1], ignored=ignored, starts=False)
        reading.title, reading.title_words = title.musts, title.words
    reading.praise = praised(reading.words)
    reading.is_planned = bool(_WANTED.search(text.lower()))
    reading.is_nearly = bool(NEARLY_WON.search(text))
    reading.opposites = [pair for pair in _OPPOSITES if pair[0].search(text)]
    claimed = musts | set(reading.softs)
    reading.leads_many = bool(reading.numbers and _LEADS_MANY.search(text))
    reading.is_employed = bool(_EMPLOYED.search(text))
    for match in _DEED.finditer(text):
        thing = {concept(word) for word in split_words(match[2])} & claimed
        if thing - groups()[1]:
            reading.deeds.append((concept(plain(match[1]).replace("-", "")), thing))
    if _ALONE.search(text) and not reading.negated:
        reading.musts.append("alone")
    if _EVERY_OTHER.search(text):
        reading.musts.append("every other")
    for match in _OFTEN.finditer(text):
        reading.periods.add(concept(PERIODS.get((match[2] or "").lower(), match[1] or match[2])))
    return reading
