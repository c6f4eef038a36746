"""Whether a visitor asks for a call or a meeting, by their words alone."""

import re

_LONGEST_READ = 1_000
_MEETING = (
    r"(?:phone |video |short |quick |intro(?:ductory)? |first |zoom )*"
    r"(?:call|meeting|chat|appointment|interview|conversation|slot)"
)
_FIX = r"(?:book|schedule|arrange|set ?up|organi[sz]e|plan|fix)"
_ASKS = re.compile(
    rf"(?i)\b{_FIX}\b(?: (?:me|us|in|up))?(?: (?:a|an|the|some|my|our|another))?"
    rf"(?: time for)?(?: (?:a|an|the))? {_MEETING}\b"
    r"|\b(?:book|schedule|find) (?:a |some )?(?:time|slot)\b(?! (?:off|sheet))"
    r"|\b(?:have|do|jump on|hop on|get on) (?:a|an) (?:quick |short |phone |video )*call\b"
    r"|\b(?:when|what times?|which days?) (?:is|are|would|could|can) .{0,40}"
    r"\b(?:call|meet|talk|speak)\b"
)
_PAST = re.compile(
    r"(?i)\b(?:did|does|has|have|had|used to|ever)\b.{0,40}"
    r"\b(?:schedul|book|arrang|organi[sz]|plann?)"
)


def wants_call(text: str) -> bool:
    """Whether a message asks to book a call, a meeting or a time with the owner.

    Not what asks about the owner's past ("Did you schedule meetings at Acme?").
    """
    text = text[:_LONGEST_READ]
    return _ASKS.search(text) is not None and _PAST.search(text) is None
