"""Complaints about the service: what is said against this side, and not about work in general.

A harsh word alone is no complaint ("What was your worst bug?"): it has to be said of the answers,
the service or the people here, or the message has to ask for the complaint to be taken down.
"""

import re

_SERVICE = (
    r"(?:service|support|care|app|company|bots?|chatbot|chat|website|site|answers?|assistants?"
    r"|staff|team|people|guys|response|deliver(?:y|ies)|drivers?|agents?|products?|system)"
)
_BAD = (
    r"(?:useless|pathetic|stupid|dumb|terrible|awful|horrible|ridiculous|rubbish|garbage|trash"
    r"|crap|shit(?:ty)?|worthless|hopeless|frauds?|scams?|cheat(?:er|ers|ing|s)|idiots?"
    r"|annoying"
    r"|frustrating|unacceptable|inexcusable|disgusting|disgraceful|disgrace|appalling|abysmal"
    r"|atrocious|lousy|rude|careless|incompetent|nonsense|the worst|worst|joke|bullshit|bs"
    r"|no help|no use|always (?:late|slow|down)|a shambles|rip-?off"
    r"|not (?:helpful|helping|acceptable|good enough|working|useful|answering))"
)
_FEELING = (
    r"(?:angry|pissed(?: off)?|furious|disgusted|disappointed|fed up|unhappy|dissatisfied"
    r"|annoyed"
    r"|frustrated|irritated|upset|sick(?: and tired)? of|done with|tired of)"
)
_HERE = r"(?:you|u|ur|your|this|these|that|it|the (?:answers?|service|support|bot|chat|app))"
_COMPLAINT = re.compile(
    "|".join([
        r"\b(?:file|filing|lodge|lodging|make|making|raise|raising|register|submit|submitting"
        r"|report"
        r"|how to|i have|i've got|put in)\s+(?:(?:an?|my|the|this)\s+)?(?:\w+\s+)?"
        r"complain(?:t|ts|ing)?\b|\b(?:file|filing|lodge|lodging)\s+(?:\w+\s+){0,2}claim\b",
        r"\bi (?:want|would like|wish|need|have) to complain\b",
        r"\bcomplaints? (?:against|about) (?:you|ur|this|the)\b",
        rf"\b(?:you|u|this|that|it|(?:the|this) {_SERVICE}|talking to a bot"
        rf"|(?:you|ur|your) (?:\w+ )?{_SERVICE})(?:'?(?:s|re)| (?:is|are|r|was"
        rf"|were))\s+(?:\w+\s+){{0,2}}?"
        rf"{_BAD}\b(?! (?:bug|problem|question|example|mistake|case|that we)\b)",
        rf"\byour (?:\w+ )?{_SERVICE} (?:sucks?|failed|never|keeps?|lied"
        r"|do(?:es)? ?n[o']t (?:work|help))\b",
        r"\b(?:pathetic|terrible|horrible|awful|worst|poor|very bad|bad|lousy|useless|stupid"
        r"|dumb"
        r"|disgusting|rubbish|crap|shitty|appalling|ridiculous)\s+(?:\w+\s+)?"
        r"(?:service|support|app|company|bot|chatbot|website|answers?|customer (?:care"
        r"|service))\b",
        rf"\b(?:pathetic|terrible|horrible|awful|worst|poor|bad) experience with {_HERE}",
        r"\b(?:waste|wasted|wasting) (?:of )?(?:my |our |everyone'?s )?time\b|\bunacceptable\b",
        rf"\bi(?:'?m| am| feel)(?: \w+){{0,2}} {_FEELING}\b"
        rf"(?! (?:(?:with|by|about|at|in|of|that) )?(?!{_HERE}\b)\w+)|\bso sick of\b",
        rf"\bi(?:'?m| am) (?:\w+ )?(?:done with|tired of|sick of|fed up with) {_HERE}\b",
        rf"\bnot (?:at all |very |really |one bit )?(?:satisfied|happy|pleased|impressed)"
        rf" (?:with {_HERE}\b|at all)|\b(?:unhappy|dissatisfied|disappointed) (?:with {_HERE}"
        r"|customer)\b",
        r"\b(?:so|very|extremely|really|beyond|truly) (?:disappointed|disappointing"
        r"|frustrat\w+|angry)\b",
        r"\bwhat the (?:hell|fuck|heck)\b(?! (?:is|are|does|do) (?!this|you|wrong))|\bwtf\b"
        r"|\b(?:this|that|it|app|service|bot|chatbot|you|u) sucks?\b|\bbullshit\b",
        r"\b(?:thanks|thank)\b[^.!?]{0,40}\bfor (?:nothing|ignoring|wasting|the (?:terrible"
        r"|awful))",
        r"\byou (?:suck|ignored?|lied|cheat|scammed|robbed|never (?:answer|reply|respond"
        r"|help)\w*"
        r"|(?:did ?n'?t|do ?n'?t|did not|do not|could ?n'?t) (?:answer|help|understand|reply"
        r"|respond)"
        r"(?! (?:in|to the interview)\b))",
        r"\b(?:what(?:'s| is) wrong with you|shame on you|how (?:can|could) you be so"
        r"|how dare you"
        r"|is this how you|what kind of (?:service|support|company|answer)|do you even)\b",
        r"\b(?:nobody|no ?one|none of you)(?: is| has| ever| even)* (?:respond|repl|answer"
        r"|call|help|listen|car(?:es|ing))",
        r"\b(?:no|not a|without|zero) (?:\w+ )?(?:response|reply|answer|rply)s?"
        r"(?: (?:from|for|since|after|yet|at all|so far|received)\b|\W*$)",
        r"\b(?:been |still )?wait(?:ing|ed) (?:\w+ ){0,5}(?:days?|weeks?|months?"
        r"|hours?)\b[^.!?]{0,20}\b(?:no|nobody|still|nothing)\b",
        r"\b(?:third|fourth|fifth|tenth|hundredth|\d+(?:th|rd)) time (?:i|we)\b",
        r"\bnever (?:ever )?(?:us(?:e|ing)|buy(?:ing)?|com(?:e|ing)|deal(?:ing)?"
        r"|order(?:ing)?)\b[^.!?]{0,30}\bagain\b",
        r"\bi(?:'ll| will|'m going to| am going to) (?:report|sue) (?:you|this|your)\b"
        r"|\b(?:i|we)(?:'ll| will| shall)? (?:be )?(?:tak(?:e|ing)) legal action\b"
        r"|\bconsumer (?:court|forum)\b",
        r"\b(?:cheating|scamming|robbing|misleading) (?:customers|people|us|me)\b|\b(?:total"
        r"|complete|absolute|big) (?:scam|fraud|joke|disgrace|rubbish|nonsense)\b",
        r"\b(?:your|the|ur) answers? (?:is|are|was|were) (?:\w+ )?wrong\b",
        r"\bget your act together\b|\b(?:lost|losing) (?:a|your|another) customer\b"
        r"|\bwhat nonsense\b",
        r"\bcall cent(?:er|re) (?:\w+ )?(?:unavailable|unreachable|not)\b",
        r"^\W*(?:very |so |too )?(?:pathetic|useless|terrible|horrible|complaint|scam|fraud"
        r"|nonsense|ridiculous|worst"
        r"|(?:bad|worst|waste) (?:service|app|experience|bot)"
        r"|not (?:at all )?happy(?: at all)?)\W*$",
        # In a public post the harsh word is for the one that it names.
        r"@\w+\b[^\n@]{0,300}\b(?:worst|terrible|horrible|awful|pathetic|disgusting|ridiculous"
        r"|unacceptable|not acceptable|appalling"
        r"|disgrace(?:ful)?|abysmal|shambles|rip-?off|useless|rubbish|crap|shitty|sucks?|scam"
        r"|fraud|incompetent|a-?holes?|assholes?)\b",
        r"\b(?:worst|terrible|horrible|awful|pathetic|disgusting|ridiculous|appalling|abysmal"
        r"|shitty)\b[^.!?\n]{0,40}@\w+",
    ]),
    re.IGNORECASE,
)  # fmt: skip


def find_complaint(text: str) -> str | None:
    """The words of a message that complain about this side, or None."""
    found = _COMPLAINT.search(text)
    return found[0] if found else None
