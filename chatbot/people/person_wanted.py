"""Requests for a person by groups of words, whatever the words between them and slips in them.

A request joins what somebody wishes, can or demands ("I need", "could I", "get me") with talking,
handing over or calling, and with a word for a person. The message is first brought to one form:
lower case, no apostrophes, common slips of the pen set right, words without weight left out.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

_TOKEN = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[.!?;,:\n]")
_WEIGHTLESS = frozenset(
    "please pls plz plez kindly"
    " just jst really actually directly simply urgently quickly immediately"
    " very much also maybe perhaps still again finally instead now asap today right away some"
    " goddamn damn bloody fucking freaking the my your ur our this that"
    " customer client technical hi hello hey ok okay so well thanks".split()
)
_SHORT_FORMS = {
    "wanna": "want to", "lemme": "let me", "gimme": "give me", "gotta": "got to", "id": "i would",
    "im": "i am", "ive": "i have", "2": "to", "w": "with", "sb": "someone", "sbdy": "someone",
    "somebody": "someone", "anybody": "someone", "anyone": "someone", "dont": "do not",
    "doesnt": "does not", "ya": "you", "u": "you", "callback": "call back", "rep": "representative",
    "reps": "representative", "ppl": "people", "cant": "can not", "whos": "who is", "tlk": "talk",
    "spk": "speak", "sum1": "someone", "some1": "someone", "ot": "to", "needs": "need",
    "handover": "hand over", "asked": "ask", "asking": "ask",
}  # fmt: skip
# Words that slips are looked for in; a slip is one letter too many, too few, wrong or swapped.
_SPELLED = (
    "human person agent operator representative assistant manager supervisor someone somebody"
    " speak speaking talk talking connect transfer contact chatting support executive".split()
)
_OTHER_WORDS = frozenset(
    "persona persons managed manages humane speaks steak talks talked stalk walk tall tale balk"
    " humans agents operators assistants managers contacts contract connects transfers supports"
    " supervisors executives representatives representative connected connector transferred bank"
    " tank task calk sneak humana reagent context consist walking taking tacking stalking"
    " assistance assistant manger chatting chanting charting agenda argent speaker speakers".split()
)
_LETTERS = "abcdefghijklmnopqrstuvwxyz"

_KIND = (
    r"(?:real|live|living|actual|human|proper|normal|other|another|different|nearest|single"
    r"|specific|competent|qualified)"
)
_DET = r"(?:an?|any|one of|one|to|of|with|care|service|support|sales|cleaning|reception)"
# Somebody who can only be a person of the other side, and somebody who is one in a request to talk.
_SURE = (
    r"(?:humans?(?: beings?)?|operators?|agents?|representatives?|supervisors?|receptionists?"
    r"|advis[eo]rs?)"
)
_PERSON = (
    rf"(?:{_SURE}|persons?|people|someone|managers?|boss|staff(?: members?)?|employees?"
    r"|colleagues?"
    r"|executives?|assistants?|owners?|team(?: members?)?|members? of (?:staff|team)|support"
    r"|service|care|workers?|cleaners?|headquarters|reception|management|hr|founders?"
    r"|recruiters?"
    r"|candidate|contact|person in charge)"
)
_GAP = rf"(?:(?:{_DET}|{_KIND}|[a-z]+ly) ){{0,4}}"
_END = (
    r"(?=$| [.!?;,:]| (?:about|regarding|who|to|on|in|at|from|for|and|not|or|because|since"
    r"|here|if|as|than|over|via|by|through)\b)"
)
_STOP = (
    r"(?=$| [.!?;,:]| (?:not|who can|to (?:talk|speak|chat|help|assist|call|contact|answer"
    r"|take)|on the|in here|here|contact|call|and|or|because|over|asap|online|for help"
    r"|for this)\b)"
)
_WISH = (
    r"(?:want|need|(?:i|we|would) (?:like|love|prefer)|demand|require|wish|wish for"
    r"|rather have|give (?:me|us)"
    r"|get (?:me|us)|bring (?:me|us)|find (?:me|us)|fetch (?:me|us)"
    r"|(?:can|could|may) (?:i|we) (?:have|get|see)|want to see|need to see|like to see"
    r"|want to have|like to have|let me (?:have|see)|i want to get)"
)
_TALK = (
    r"(?:speak|speaking|talk|talking|chat|chatting|converse|conversing|communicate"
    r"|communicating"
    r"|(?:have|having|get) (?:a )?(?:quick )?(?:word|chat|talk|call|conversation)"
    r"|a (?:quick )?word"
    r"|get in touch|getting in touch|in contact|discuss(?: [a-z]+){0,3}|deal|dealing)"
)
_REACH = (
    r"(?:reach|reaching|contact|contacting|get hold of|get a hold of|getting hold of|call"
    r"|calling|phone)"
)
_HAND = (
    r"(?:connect|connecting|link|hook|transfer|transferring|pass|passing|put|putting|hand"
    r"|handing|redirect"
    r"|route|switch|switching|forward|escalate|refer|direct|take|send|point|move|bring|get"
    r"|patch)"
)
_HANDED = (
    r"(?:connected|transferred|passed|put through|handed(?: over)?|redirected|routed|switched"
    r"|forwarded|escalated|referred)"
)
_HELPS = (
    r"(?:help|assist|call|phone|ring|contact|answer|reply|respond|take (?:over|a look|care)"
    r"|look"
    r"|explain|check|review|respond|join|reach|get back|get in touch|write|step in|jump in"
    r"|deal|handle|come)"
)
_BACK = r"(?:back|over|out|in|on|to|at|into|with|from)"

_WANTED = re.compile(
    "|".join([
        rf"\b{_TALK} (?:to|with|at) {_GAP}{_PERSON}\b",
        rf"\b(?:speak|talk|chat|chatting|speaking|talking) (?:{_KIND} )?{_SURE}\b",
        r"\b(?:how|where|want|need|like|wish|help|assistance|try|trying|can i|could i|may i"
        r"|have|got)"
        rf" (?:do i |can i |could i |to |i )?{_REACH} {_GAP}(?:{_SURE}|someone|{_KIND} person"
        r"|person"
        rf"|support|care|service|team|staff){_END}",
        rf"^{_REACH} {_GAP}(?:{_SURE}|support|care|service|someone|person)(?: team)?$",
        rf"\b{_HAND} (?:me|us|chat|call|conversation|it) (?:(?:through|over|on|up|across"
        r"|along|in touch) )?"
        rf"(?:to|with|in touch with) {_GAP}(?:{_PERSON}|someone)\b",
        r"\b(?:connect|transfer|put) (?:me|us)(?: through| over)?(?=$| [.!?])",
        r"^connect$",
        rf"^(?:(?:an?|{_KIND}|service) )*(?:{_SURE}|manager|supervisor)$",
        r"\b(?:get|fetch|bring|call|put) (?:me )?(?:manager|supervisor|boss)(?: here"
        r"| on)?(?=$| [.!?])",
        r"\b(?:be|get) (?:called back|called|phoned"
        rf"|contacted by (?:an? )?(?:{_KIND} )?{_PERSON})(?=$| [.!?,]| (?:by|on|at))",
        rf"\b(?:get|getting|got) through to (?:(?:an?|{_KIND}) ){{0,2}}{_PERSON}\b",
        rf"\b(?:ask|insist|insisting) (?:[a-z]+ ){{0,3}}(?:for|on) (?:(?:an?"
        rf"|{_KIND}) ){{0,2}}(?:{_SURE}|person)\b",
        rf"\b(?:want|need|get|have) (?:(?:attention of )?(?:an?|{_KIND}) ){{1,2}}(?:{_SURE}"
        r"|person)(?:s attention| involved)\b",
        r"\b(?:done|refuse|refusing|hate|sick|tired|not want|not like|rather not|make me"
        r"|enough)\b[^.!?;,]{0,25}"
        r"\b(?:talk|talking|speak|speaking|chat|chatting|deal|dealing) (?:to"
        r"|with) (?:an? )?(?:ro)?(?:bots?|machines?|computers?|ai)\b",
        r"^(?:no|stop|enough of|not) (?:more )?(?:an? )?(?:ro)?bots?\b",
        r"\b(?:arrange|set up) (?:an? )?(?:conversation|talk|chat|call) with (?!you)",
        r"\b(?:connect|connecting|transfer|transferring|switch|switching|escalate|hand over"
        r"|change)"
        rf" (?:to|with|over to)? ?{_GAP}(?:{_SURE}|(?:live|human) (?:support|chat)|person)\b",
        rf"\b(?:be|get|getting) {_HANDED} (?:to|with|through to|over to) {_GAP}(?:{_PERSON}"
        r"|someone)\b",
        rf"\b{_WISH} (?:to )?(?:(?:an?|one|{_KIND}) ){{0,3}}(?:{_SURE}|person"
        rf"|{_KIND} (?:people|person))"
        rf"{_STOP}",
        rf"(?<!we )\b{_WISH} (?:an? )?(?:{_KIND} )?(?:manager|supervisor|boss"
        r"|person in charge)(?=$| [.!?;,:])",
        r"\b(?:want|need|(?:i|we|would) (?:like|love|prefer)) (?:an? )?(?:phone"
        r"|telephone) call(?=$| (?:from|please|back|now)\b| [.!?,])",
        rf"\b{_WISH} someone (?:{_KIND}(?= |$)|to (?:talk|speak|chat|help me|assist me"
        r"|call me|contact me)"
        r"|(?:on (?:the )?(?:line|phone)))",
        rf"\b{_WISH} (?:an? )?(?:human|live|real|in person|personal) (?:support|help|assistance"
        r"|intervention|chat|contact|answer|response|service)(?=$| [.!?;,:])",
        r"\b(?:can|could|would|will|may|let|have|ask|get|tell"
        rf"|make) (?:you )?(?:have )?(?:(?:an?|one|{_KIND}) ){{0,3}}"
        rf"(?:{_SURE}|person|someone|him|her|them|staff|manager|team|colleague)(?: (?:else"
        r"|real|there|in person"
        rf"|(?:from|in|on|of) (?:[a-z]+ ){{0,2}}[a-z]+))? (?:to )?{_HELPS}"
        rf"(?: {_BACK}){{0,2}}(?= (?:me|us|it|here|question|there)\b|$| [.!?;,:])",
        rf"\b(?:is|are|any)(?: there)?(?: (?:an?|any|{_KIND})){{0,3}} (?:{_SURE}"
        rf"|{_KIND} (?:person|people)|someone)"
        r" (?:else )?(?:available|around|here|there|online|free|on duty|i (?:can|could|may)"
        r"|to (?:talk|speak|chat|help me)"
        r"|who (?:can|could) help|(?:that|who)? ?i (?:can|could))\b",
        rf"\b(?:do|does) you (?:guys )?have (?:(?:an?|any|{_KIND}) ){{0,3}}{_SURE}(?: i can"
        r"| available| to (?:talk|speak|chat)|$)",
        r"\bis (?:it|there) (?:possible|any way|any chance"
        rf"|a way) (?:for me )?to {_TALK} (?:to|with) (?!you\b)",
        r"\b(?:give|gives|giving) (?:me|us) (?:an? )?(?:quick )?(?:call|ring|buzz"
        r"|bell)\b(?! center)",
        r"\b(?:want|need|like|request|requesting|arrange|schedule|get|have|organi[sz]e|expect"
        r"|expecting|waiting for) (?:an? )?(?:phone )?call back\b"
        r"|^(?:an? )?call back(?: (?:me|request))?$",
        r"\b(?:phone|ring|call|someone contact) (?:me|us|mi)(?: back| up)?(?=$| [.!?,]"
        r"| (?:when|as soon|tomorrow|on|at|after|later)\b)",
        r"\b(?:waiting|wait|expecting) (?:for|on) (?:an? )?call (?:from|by)\b",
        r"\b(?:answered|handled|helped|looked at|dealt with|reviewed) (?:by|with) (?:(?:an?"
        rf"|{_KIND}) ){{0,3}}(?:{_SURE}|person)\b",
        r"(?:^|[.!?;,:] |not you |bots? )(?:an? )?(?:real|live|actual) (?:person|human)$",
        rf"\b(?:get|have|put|on) (?:(?:an?|{_KIND}) ){{0,3}}(?:{_SURE}|someone"
        r"|person) on (?:the )?(?:line|phone)\b",
        r"\b(?:looking for|need|want|find) (?:an? )?(?:person|someone|human) (?:to"
        r"|i can) (?:talk|speak|chat)\b",
        r"\b(?:talk|speak|chat) (?:on|over) (?:the )?(?:phone|telephone) (?:to"
        rf"|with) {_GAP}{_PERSON}\b",
        rf"\b(?:any|is there|are there) (?:an? )?(?:{_KIND} )?(?:humans?|agents?"
        r"|operators?)(?: (?:around|here|available|there|online))? [?]",
    ])
)  # fmt: skip
# What precedes or follows and makes of it something else than a request.
_ELSE = re.compile(
    r"\b(?:are|r) you\b[^.!?;,]*|\bam i (?:talking|speaking|chatting)[^.!?;,]*|\bis (?:it|he"
    r"|she|there) an? [a-z]* ?(?:person|human|bot)? ?(?:behind|or)\b[^.!?;,]*"
    r"|\b(?:did|do|have|has|had|were|was|would|could|can|will|should|when|how (?:do|did|would"
    r"|often)) (?:you|he|she|they|it|people)\b"
    r"(?! (?:(?:guys )?have (?:an? |any )?(?:real |live |human )*(?:humans?|agents?"
    r"|operators?)|(?:help|assist) me|let me|get (?:me|someone|an? )|give me|connect"
    r"|connecting|transfer|put me|pass|hand|forward|route|redirect|switch|call|phone|ring"
    r"|mind|ask|have (?:someone|an?)|arrange|send me|refer|direct|link me|hook me|get manager"
    r"|get boss|get supervisor|take me|bring me|escalate|find me))[^.!?;,]*"
    r"|\bnot (?:need|want|have|looking|like|wish|required|necessary)\b(?! to (?:talk|speak"
    r"|chat|deal) (?:to|with) (?:an? )?(?:bot|machine|robot|computer|ai|you)\b)[^.!?;,]*"
    r"|\bno need\b[^.!?;,]*"
    r"|\bnot (?:call|phone|ring|transfer|connect|contact|bother|hand|forward|put"
    r"|pass)\b[^.!?;,]*"
    r"|\b(?:i (?:like|love|enjoy|hate|dislike) |rather not )(?:to )?(?:talk|speak"
    r"|chat)(?:ing)? (?:to|with) (?!(?:an? )?(?:ro)?(?:bot|machine|comp|ai))[^.!?;,]*"
    r"|\b(?:share|save|send|export|download) (?:chat|conversation|talk)\b[^.!?;,]*"
    r"|\b(?:without|instead of|rather than|before) (?:talking|speaking|contacting"
    r"|having)[^.!?;,]*|\bdo i (?:need|have) to\b[^.!?;,]*"
    r"|\b(?:experience|experienced|good at|used to|comfortable|worked|works?|enjoy"
    r"|i like talking|i like speaking|skills?|able to|ability|nice|good|great|pleasure"
    r"|was) (?:in |with |to |at )?(?:an? )?(?:talk|speak|chat|talking|speaking|chatting"
    r"|transfer|connecting)[^.!?;,]*"
    r"|\b(?:what|who) (?:do|does|did|will|should|would)\b[^.!?;,]* call (?:me|us|boss)\b"
    r"|\bfor you to call me\b"
    r"|\b(?:text|tell|inform|message|email) (?!me\b|us\b|someone\b)[a-z]+ [^.!?;,]*"
    r"|\bwe (?:need|want|seek|look)[^.!?;,]*|\bwould like you\b[^.!?;,]*|\b(?:human resources"
    r"|about me)\b"
)  # fmt: skip


@dataclass(frozen=True)
class _Plain:
    """A message in one form, and where each of its characters' words stand in the original."""

    text: str
    spans: tuple[tuple[int, int, int], ...]


def find_person_wanted(text: str) -> str | None:
    """The words of a message that ask for a person, as written; None when none do."""
    plain = _make_plain(text)
    readable = _ELSE.sub(lambda found: " " * len(found[0]), plain.text)
    found = _WANTED.search(readable)
    if found is None:
        return None
    inside = [span for span in plain.spans if found.start() <= span[0] < found.end()]
    return text[inside[0][1] : inside[-1][2]] if inside else None


def _make_plain(text: str) -> _Plain:
    words: list[str] = []
    spans: list[tuple[int, int, int]] = []
    length = 0
    for start, end, word in _tokens(text):
        for part in word.split():
            spans.append((length, start, end))
            words.append(part)
            length += len(part) + 1
    while words and words[-1] in ".!":
        words.pop()
    return _Plain(" ".join(words), tuple(spans))


def _tokens(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _TOKEN.finditer(text):
        word = found[0].lower().replace("'", "")
        word = _SHORT_FORMS.get(word, word)
        if word not in _WEIGHTLESS:
            yield found.start(), found.end(), _slips().get(word, word)


@cache
def _slips() -> dict[str, str]:
    """Each word that is one slip away from one of `_SPELLED`."""
    found: dict[str, str] = {}
    for word in _SPELLED:
        cuts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
        swapped = {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
        near = set(swapped)
        if len(word) > 4:
            near |= {a + b[1:] for a, b in cuts if b}
            near |= {a + c + b[1:] for a, b in cuts if b for c in _LETTERS}
            near |= {a + c + b for a, b in cuts for c in _LETTERS}
        for slip in near - _OTHER_WORDS - set(_SPELLED) - {f"{word}s"}:
            found.setdefault(slip, word)
    return found
