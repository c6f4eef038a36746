"""Whether a message asks for a person, complains, or tells of an emergency."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from chatbot.people.complaints import find_complaint
from chatbot.people.person_wanted import find_person_wanted

Reason = Literal["requested", "keyword", "complaint", "emergency"]

# Phrases of which each one is a request by itself: "manager" or "agent" alone would also hit
# "product manager" and "multi-agent systems".
DEFAULT_KEYWORDS: tuple[str, ...] = (
    "speak to a human",
    "talk to a human",
    "speak to a person",
    "talk to a person",
    "talk to a real person",
    "speak to a real person",
    "human please",
    "human handoff",
    "call me back",
)

_LONGEST_READ = 2_000
# Requests are short; in a pasted posting "contact our representative" is no request.
_LONGEST_REQUEST = 600


@dataclass(frozen=True)
class HumanRequest:
    """Why a person should take over, and the words that say so."""

    reason: Reason
    words: str


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_REAL = r"(?:real|live|actual|living|human|normal|other|another|different|non-?robotic|proper)"
_SERVICE = r"(?:(?:customer|client) (?:service|support|care|assistance))"
_ROLE = (
    r"(?:humans?|persons?|people|agents?|operators?|representatives?|reps?|executives?"
    r"|assistants?"
    r"|supervisors?|managers?|employees?|founders?|owners?|workers?|advis[eo]rs?|staff"
    r"|receptions?"
    rf"|support|somebody|someone|anyone|anybody|team|human being|colleagues?|boss|{_SERVICE})"
)
_BARE_ROLE = (
    r"(?:humans?|persons?|agents?|operator|representative|executive|human being"
    rf"|(?:someone from )?{_SERVICE})"
)
_GAP = (
    r"(?:(?:an?|the|any|some|your|one of|to|of|with|customer|care|service"
    rf"|\w+ly|{_REAL}|(?<=real )\w+|goddamn|bloody|fucking|damn)\s+){{0,4}}"
)
_TALK = r"(?:speak|speaking|talk|talking|chat|chatting|converse|call|calling|get in touch)"
_HAND_OVER = (
    r"(?:connect|connecting|transfer|transferring|pass|put|hand|redirect|route|switch|forward"
    r"|escalate|refer|get|give|bring)"
)
_WISH = (
    r"(?:(?:want|wanna|like|need|help|help me|how (?:do|can|could) i|how|can i|could i|may i"
    r"|got"
    r"|have|must|trying)(?: to)?)"
)
_I_WISH = r"(?:(?:can|could|may) i|i(?:'d| would)? (?:want|wanna|like|love|wish)(?: to)?|let me)"
_MACHINE = r"(?:you|an? (?:bot|machine|robot|ai|computer))"

_REQUEST = _any_of(
    rf"\b{_TALK}\s+(?:directly\s+)?(?:to|with|w/)\s+{_GAP}{_ROLE}\b",
    rf"\b{_TALK}\s+(?:an?|your)\s+{_ROLE}\b",
    rf"\b{_TALK}\s+(?:directly\s+)?(?:to|with)\s+(?:the|your|my)\s+\w+(?=\s*(?:$|[.,!?]"
    r"|please|now))",
    rf"\b{_TALK}\s+(?:to|with)\s+(?:an?|your)\s+\w+\s+(?:agent|person|human|executive"
    r"|operator)\b",
    rf"\b{_TALK}\s+(?:to|with)\s+(?:him|her|them|the owner)\b(?! about me)",
    rf"\b{_I_WISH} {_TALK} (?:to|with) (?-i:[A-Z])\w+",
    rf"\b{_HAND_OVER}\s+(?:me|us|this)\s+(?:(?:through|over|on|up)\s+)?(?:(?:to|with)\s+)?"
    rf"{_GAP}{_ROLE}\b(?!'s)",
    rf"\b(?:connect|transfer)\w*\s+(?:to|with)?\s*{_GAP}(?:agents?|humans?|persons?"
    r"|operators?)\b",
    r"\b(?:connect|transfer|pass|put) (?:me|us) (?:through |over )?(?:to|with) (?:the |your )?"
    r"(?!linkedin|github|the |your )\w+",
    rf"\b{_WISH}\s+(?:contact(?:ing)?|reach(?:ing)?)\s+{_GAP}{_ROLE}\b",
    r"\b(?:someone|somebody|anyone|anybody|person|human)\s+(?:that\s+|who\s+)?(?:i|we)\s+"
    r"(?:can|could|may)\s+(?:talk|speak|chat)\s+(?:to|with)\b",
    r"\bwho\s+(?:can|do|should|could|may|must)\s+i\s+(?:talk|speak|turn|complain)\b"
    r"(?!.*\breference)",
    r"\b(?:can|could) (?:somebody|someone|anybody|anyone) (?:else )?(?:please )?"
    r"(?:help|look|take|call|assist)",
    r"\bcould an? (?:real|actual) (?:person|human)\b",
    r"\bsomeone (?:else|from|in) (?:your )?(?:customer|support|the team)",
    rf"\b(?:do ?n'?t|not) (?:want|wish|like) to (?:talk|speak|chat) (?:to|with) {_MACHINE}\b",
    r"(?<!do you )\bcall me(?: back)?(?= *(?:$|[.,!?]|please|now|asap|after|at|on|today"
    r"|tomorrow))",
    r"\bneed a call\b|^\W*call ?back\W*$|^\W*hand ?off\W*$",
    r"\bhuman (?:hand ?off|please|now|support|agent)\b",
    r"\breal (?:person|human|agent) (?:please|now)\b",
    r"^\W*(?:(?:an?|the|live|real|human|customer|care|need|want|do you have)\s+)*"
    rf"(?:live )?{_BARE_ROLE}(?:\s+(?:please|now|available|to\s+talk|asap))*\W*$",
    rf"\b(?:need|want|prefer)\s+(?:(?:an?|the|your)\s+)?{_REAL}\s+"
    r"(?:person|human|agent|operator|representative|being)s?\b",
    rf"\bneed (?:an? )?(?:{_SERVICE}|human|live agent)\b(?!\s+(?:experience|skills?"
    r"|resources))",
)
_NO_REQUEST = _any_of(
    r"\b(?:no need|do ?n'?t (?:need|have|want)"
    rf"(?! to (?:talk|speak|chat) (?:to|with) {_MACHINE}\b)|not necessary|needn'?t|rather not"
    r"|(?:without|instead of) (?:talking|speaking)"
    r"|do i (?:need|have) to (?:talk|speak|call|contact)"
    r"|(?:do ?n'?t|not|never) (?:call|phone|ring|transfer|connect|contact|forward|pass|put"
    r"|hand)"
    r")\b(?:(?!\b(?:let|can|could|i|please|just)\b)[^.!?,]){0,60}"
)
# Talk about the conversation itself, about third persons and about work.
_OTHER_SENSE = _any_of(
    r"\b(?:am i|are you|is this|are we|i am|i'?m)\s+(?:\w+\s+)?(?:talking|speaking|chatting)\b"
    r"[^.!?,]*",
    r"\bare (?:you|u)\b[^.!?,]*\b(?:human|person|agent)\b[^.!?,]*",
    r"\b(?:text|tell|inform|message)\s+(?:my\s+)?(?!me\b|us\b)\w+\s[^.!?,]*",
    r"\b(?:did|does|has|had|have you|how (?:often|much)|used to|experience|experienced"
    r"|comfortable"
    r"|good|tell me|describe|worked|working|works|led|managed|ability|able|skills?|you|he|she"
    r"|they)\b(?:(?!\b(?:me|i)\b)[^.!?,]){0,60}?"
    r"\b(?:talk\w*|speak\w*|chat\w*|communicat\w+|interact\w*)\s+(?:to|with|in|as)\b[^.!?,]*",
    r"\bi (?:like|love|enjoy|hate) (?:talking|speaking|chatting)\b[^.!?,]*",
    r"\b(?:share|save|send|export|download) (?:this |the |my )?(?:chat|conversation"
    r"|talk)\b[^.!?,]*",
    r"\b(?:what|who) (?:do|does|did|will|should|would)\b[^.!?,]* call (?:me|us)\b"
    r"|\bfor you to call me\b",
)
_EMERGENCY = _any_of(
    r"\b(?:kill|hurt|harm|cut)(?:ing)? (?:my ?self|her ?self|him ?self|themselves)\b",
    r"\b(?:i|she|he|they) (?:want|wants|am going|is going|plan|plans|wish) to "
    r"(?:die|end (?:my|his|her) life)\b",
    r"\bi (?:do ?n'?t|do not|no longer|can ?n?'?t|cannot) (?:want to )?(?:live|be alive"
    r"|go on living|go on)"
    r" ?(?:any ?more|any longer|like this)\b|\bi (?:do ?n'?t|do not) want to (?:live|be alive"
    r"|wake up)\b(?! (?:in|at|on|near|abroad|there|here|with|by|far|so|too|early)\b)",
    r"\b(?:end it all|take my (?:own )?life|better off dead|wish i (?:was|were) dead"
    r"|(?:thinking|thoughts) (?:of|about) (?:suicide|dying|killing myself))\b",
    r"\b(?:i|we|he|she|they)(?:'?m|'?re|'?s| am| are| is| was)? (?:just |being |getting )*"
    r"(?:overdosed|bleeding|unconscious|beaten|choking|assaulted|raped|kidnapped|stalked"
    r"|held hostage|having a (?:heart attack|stroke|seizure))\b(?! (?:edge|love|words))",
    r"\b(?:my|our) (?:house|home|flat|building|office) is on fire\b"
    r"|\b(?:someone|somebody|a man) is (?:breaking in|following me|threatening (?:me|us)"
    r"|trying to (?:kill|hurt) (?:me|us))",
    r"\b(?:he|she|my (?:husband|wife|partner|boyfriend|girlfriend|father|mother|dad|mom"
    r"|ex)) (?:hits?|beats?"
    r"|is (?:hitting|beating|hurting|abusing)|threaten\w*|abuses?|wants to kill) (?:me|us)\b",
    r"\bself-? ?harm(?:ing|ed)?\b|\bsuicidal\b|\bend(?:ing)? my life\b",
    r"\bcall (?:911|999|112|the police|an ambulance)\b",
    r"\b(?:someone|he|she) is (?:dying|attacking me)\b",
    r"\b(?:this is|it'?s|it is) (?:an emergency|urgent)\b",
    r"\bi need (?:urgent|immediate) (?:help|assistance)\b"
    r"|\bi need (?:your )?help immediately\b",
    r"\b(?:someone|somebody)(?: else)? (?:is using|(?:has |just )?(?:stole|stolen|hacked|used"
    r"|removed"
    r"|taken|took|withdrawn|withdrew)) (?:\w+ )?(?:my|our)\b",
    r"\bmy (?:\w+ )?(?:account|card|phone|wallet|identity)\b[^.!?]{0,30}\b(?:was|were|is"
    r"|has been|been|got)"
    r" (?:hacked|stolen|compromised|used by (?:someone|somebody))\b",
    r"\b(?:freeze|frozen|block|blocked|cancel|stop)\b[^.!?]{0,20}\b(?:card|account|payment)\b"
    r"[^.!?]{0,20}\b(?:right away|immediately|at once|asap)\b",
    r"\b(?:card|account) (?:frozen|blocked|cancell?ed) (?:right away|immediately|at once|asap)\b",
    r"\bi(?:'?m| am) (?:in danger|being (?:attacked|abused|threatened))\b",
)
_NOT_EMERGENCY = _any_of(r"(?:\b(?:not|no longer)|n't) (?:suicidal|an emergency|urgent)\b[^.!?]*")


def wants_human(text: str, keywords: Sequence[str] = DEFAULT_KEYWORDS) -> HumanRequest | None:
    """Whether a person should answer this message, and why; None when the assistant may go on.

    `keywords` are the owner's plain phrases (`ESCALATION_KEYWORDS`), matched without regard to case
    and on word boundaries. Then rules for requests ("can I talk to someone", "call me back"),
    emergencies and complaints about the service are tried in this order. What is denied ("no need
    for a human"), asked about the assistant ("are you a human?") or told about work ("I talk to
    customers") does not count. Of a long text only its first 2,000 characters are read, and a text
    over 600 characters is no request by rule: it is a pasted posting.
    """
    text = text[:_LONGEST_READ].replace("’", "'")
    asking = _NO_REQUEST.sub(" ", text)
    if found := _keyword_pattern(tuple(keywords)).search(asking):
        return HumanRequest("keyword", found[0])
    if len(text) <= _LONGEST_REQUEST:
        if found := _REQUEST.search(_OTHER_SENSE.sub(" ", asking)):
            return HumanRequest("requested", found[0].strip())
        if words := find_person_wanted(text):
            return HumanRequest("requested", words)
        if words := find_complaint(text):
            return HumanRequest("complaint", words)
    if found := _EMERGENCY.search(_NOT_EMERGENCY.sub(" ", text)):
        return HumanRequest("emergency", found[0])
    return None


@lru_cache(maxsize=32)
def _keyword_pattern(keywords: tuple[str, ...]) -> re.Pattern[str]:
    phrases = [r"\s+".join(map(re.escape, k.split())) for k in keywords if k.strip()]
    return re.compile(rf"(?i)(?<!\w)(?:{'|'.join(phrases)})(?!\w)" if phrases else r"(?!)")
