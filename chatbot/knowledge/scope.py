"""Whether a message is about the owner's career, small talk, or something else altogether."""

import re
from collections.abc import Collection
from enum import StrEnum
from functools import cache

from chatbot.knowledge.sections import SectionKind
from chatbot.knowledge.topics import kinds_by_stem
from chatbot.knowledge.words import content_stems, plain, split_stems, split_words, stem


class QuestionKind(StrEnum):
    """What a message is: small talk, about the career, or something else."""

    SMALL_TALK = "small_talk"
    CAREER = "career"
    OFF_TOPIC = "off_topic"


# Longer texts are job descriptions, letters and the like; the rules below are for one question.
_LONGEST_QUESTION = 400
_LONGEST_READ = 2_000
_FEWEST_WORDS = 4
_KNOWN_SHARE = 0.5

_SMALL_TALK = re.compile(
    r"""(?x)
    (?: hi+ | he+y+ | hello+ | hiya | howdy | yo | greetings
      | good\ (?:morning|afternoon|evening|day)
      | hi\ there | hello\ there | hey\ there | sup | whats\ up | nice\ to\ meet\ you
      | how\ (?:are|r)\ (?:you|u)(?:\ (?:doing|today))* | hows\ it\ going | how\ do\ you\ do
      | (?:many\ )?thanks?(?:\ (?:you|u|so\ much|very\ much|a\ lot|again
        |for\ (?:that|this|everything|(?:the|your|all\ the|all\ your)
          \ (?:help|time|info|information|answers?))))*
      | thx | cheers
      | (?:good\ ?)?bye+(?:\ bye+)* | see\ (?:you|ya)(?:\ (?:later|soon|around))? | good\ night
      | talk\ to\ you\ (?:later|soon) | have\ a\ (?:nice|good|great)\ (?:day|one|weekend|evening)
      | take\ care | ok(?:ay)? | cool | great | nice | awesome | perfect | wow | lol | haha+ | yes
      | no | yep | nope | sure | good | got\ it | i\ see | sorry | please | welcome | interesting
      | (?:that|this)(?:s|\ is|\ was)\ (?:\w+\ )?(?:great|cool|nice|helpful|good|interesting|all)
      | (?:who|what)\ (?:are|r)\ (?:you|u) | whats?\ (?:is\ )?your\ name | who\ (?:made|built)\ you
      | what\ can\ (?:you|i)\ (?:do|ask)(?:\ (?:you|here|for\ me))?
      | how\ do(?:es)?\ (?:you|this)\ work
      | there | everyone | friend | mate | bot | sir | madam | test(?:ing)?
    )"""
)
_FAREWELL = re.compile(
    r"\b(?:thanks?|thx|cheers|bye+|see (?:you|ya)|take care|good night|talk to you (?:later|soon)"
    r"|have a (?:nice|good|great))\b"
)
_TAG = re.compile(r"(?is)<(script|style)\b.*?(?:</\1\s*>|$)|</?[a-z!][^<>]{0,500}(?:>|$)")
_KEY_ROWS = "qwertyuiop qwertzuiop asdfghjkl zxcvbnm yxcvbnm abcdefghijklmnopqrstuvwxyz".split()
# Runs of three letters can be words ("def", "rest"); these are none.
_SHORT_KEY_RUNS = frozenset("abc xyz asd sdf dfg fgh jkl qwe qaz zxc".split())
_LONG_KEY_RUN = 4
_REPEATED = re.compile(r"(\w)\1{2,}|(\w{2,3})\2{2,}|(\w{3,6})\3+")
_UNSPEAKABLE = re.compile(r"[bcdfghjklmnpqrstvwxz]{6,}")
_IS_IT_A_BOT = re.compile(
    r"\b(?:are|r) (?:you|u)\b|\b(?:you|u) (?:are|r)\b|\byoure\b|\byour\b|\bis this\b"
    r"|\bam i (?:talking|speaking|chatting|writing) (?:to|with)\b"
)
_BOT_OR_HUMAN = re.compile(
    r" (?:(?:a|an|the|really|actually|just|only|real|live|actual|life|some|kind|sort|of|be"
    r"|not|human|virtual|computer) )*"
    r"(?:bots?|chat ?bot|robot|human(?: being)?|person|machine|ai|computer|real|alive|llm|chatgpt"
    r"|virtual|artificial(?: intelligence)?)(?: (?:or|and|please|then)\b.*)?$"
)
_LONGEST_BOT_QUESTION = 12
_POLITE = re.compile(
    r"^(?:(?:please|hey|hi|hello|so|ok) )*(?:(?:can|could|would|will) you (?:please )?"
    r"(?:tell|give|show|help|explain to|find|get) me|please tell me"
    # "Do you know Haskell?" asks about the owner; "do you know what time it is" does not.
    r"|do you (?:happen to )?know (?=an?|the|any|what|who|how|where|when|why|which|if|whether))\b ?"
)
_OFF_TOPIC_ALWAYS = re.compile(
    r"\b(?:recipes?|weather|horoscopes?|homework|haikus?|limericks?|lottery|bitcoin price)\b"
    r"|\b(?:write|compose|make up|tell|sing|give)\b(?: me| us)?(?: a| an| another| some)?(?: \w+)?"
    r" (?:poems?|jokes?|songs?|story about|essays?|riddles?|fairy tales?|lyrics|rap)\b"
    r"|\bcapital (?:city )?of\b|\bsquare root\b|\bmeaning of life\b|\bhow many (?:days|calories)\b"
    r"|\bignore (?:all |any |your |the )*(?:previous|prior|above|earlier)\b"
    r"|\b(?:bake|cook|boil|fry) (?:a |an |the |some )?\w+"
)
_ARITHMETIC = re.compile(r"\d\s*(?:[+*/^x×÷]|plus|times|divided by|minus)\s*\d")
_COMMAND = re.compile(
    r"^(?:(?:please|now|ok|hey|hi|hello|can you|could you|would you|will you|i want you to"
    r"|i need you to|i would like you to|id like you to) )*"
    r"(?:translate|solve|calculate|compute|convert|summari[sz]e this|write|generate|draw|paint|play"
    r"|order|book me|recommend|remind|set (?:a|an|my)|turn (?:on|off)|sing|roleplay|pretend|act as"
    r"|debug|fix|implement|code (?:me|a)|repeat|print|buy|spell|define|find me|suggest)\b"
)
_ABILITY = re.compile(
    r"^(?:can|could|would|will) you (?:write|fix|debug|implement|solve|draw|code|play) "
    r"(?:me |us )?(?:\w+ ?){1,3}$"
)
_GENERAL = re.compile(
    r"^(?:(?:so|and|but|please|hey|hi|hello|tell me|do you know|can you tell me|explain) )*"
    r"(?:(?:in|on|at|to|from|of|for|by|during|with|under) )?"
    r"(?:what|whats|who|whos|when|where|wheres|why|how|which|is|are|does|do|did|can|could|should"
    r"|were)\b"
)
_ABOUT_OWNER = frozenset(
    "you your yours yourself u ur youve youre he him his himself she her hers herself they them"
    " their we us our hire".split()
)
# Their words ("French", "sport", "community") are as common elsewhere.
_EVERYDAY_KINDS = {SectionKind.LANGUAGE, SectionKind.INTEREST, SectionKind.VOLUNTEER}
_FOLLOW_UP = frozenset("that this it there those these then more else too before after".split())
_CAREER_WORDS = (
    "career hire hiring recruiter recruit interview candidate applicant vacancy opening offer"
    " salary pay compensation rate wage remuneration bonus notice availability available start date"
    " relocate relocation remote hybrid onsite office commute travel visa sponsorship citizenship"
    " authorization contract freelance permanent part-time full-time manager management colleague"
    " client customer stakeholder deadline goal ambition motivate motivation personality character"
    " value culture style strength weakness gap resign leave quit reason startup corporate"
    " leadership lead led team mentor mentoring"
    " freelancer consultant consulting engineer developer designer analyst scientist architect"
    " nurse teacher lawyer accountant qualified seniority junior senior years expect expectation"
    " pronoun gender age married family nationality birthday born hobby appointment meeting meet"
    " schedule speak talk chat human person owner assistant chatbot privacy data stored cookies"
)


def question_kind(
    text: str, *, owner_name: str = "", profile_stems: Collection[str] = frozenset()
) -> QuestionKind:
    """What a visitor's message is about.

    Used to count only career questions as unanswered and to keep a polite scope. `owner_name` is
    the owner's full name; `profile_stems` the stems that the profile uses (`Retriever.stems`), by
    which "What is Kubernetes like at scale?" is a career question for one owner only. A message is
    off topic when it commands a thing (a poem, a recipe, a sum) or is a general question that names
    neither the owner nor a person, no career word and mostly words that the profile lacks. In doubt
    it is `CAREER`: turning a recruiter away costs more than answering one question too many. A text
    without any real word (see `has_no_word`) is `SMALL_TALK`: nobody could answer it later.
    """
    if has_no_word(text, profile_stems=profile_stems):
        return QuestionKind.SMALL_TALK
    words = split_words(text[:_LONGEST_READ])
    names = frozenset(split_words(owner_name))
    if _is_small_talk([word for word in words if word not in names]) or _asks_if_bot(words):
        return QuestionKind.SMALL_TALK
    if len(text) > _LONGEST_QUESTION:
        return QuestionKind.CAREER
    simple = " ".join(words)
    if _OFF_TOPIC_ALWAYS.search(simple) or _ARITHMETIC.search(plain(text)):
        return QuestionKind.OFF_TOPIC
    if not names.isdisjoint(words) or _is_career(words, profile_stems=profile_stems):
        return QuestionKind.CAREER
    if _COMMAND.match(simple) and not _ABILITY.match(simple):
        return QuestionKind.OFF_TOPIC
    about_owner = not _ABOUT_OWNER.isdisjoint(_POLITE.sub("", simple).split())
    if about_owner or not _FOLLOW_UP.isdisjoint(words) or len(words) < _FEWEST_WORDS:
        return QuestionKind.CAREER
    return QuestionKind.OFF_TOPIC if _GENERAL.match(simple) else QuestionKind.CAREER


def is_farewell(text: str) -> bool:
    """Whether small talk closes the conversation: thanks, or a goodbye."""
    return _FAREWELL.search(" ".join(split_words(text[:_LONGEST_READ]))) is not None


def has_no_word(text: str, *, profile_stems: Collection[str] = frozenset()) -> bool:
    """Whether a text holds no word that could be meant: only signs, digits, tags, key presses.

    A word counts as pressed keys when it runs along the keyboard or the alphabet ("asdf", "abc"),
    repeats its letters ("aaa", "lalala") or piles up six consonants. A word of the profile
    or of a career is always meant. Emoji are words here: a waving hand is a greeting.
    """
    if len(text) > _LONGEST_QUESTION:
        return False
    shown = _TAG.sub(" ", text)
    words = split_words(shown)
    if not words:
        return bool(text.strip()) and shown.isascii()
    return all(_is_pressed(word, profile_stems=profile_stems) for word in words)


def _is_pressed(word: str, *, profile_stems: Collection[str]) -> bool:
    stemmed = stem(word)
    if stemmed in profile_stems or stemmed in career_stems() or not word.isascii():
        return False
    if word.isdigit() or (len(word) == 1 and word not in "cr"):
        return True
    rows = (row for line in _KEY_ROWS for row in (line, line[::-1]))
    if word in _SHORT_KEY_RUNS or (len(word) >= _LONG_KEY_RUN and any(word in r for r in rows)):
        return True
    return bool(_REPEATED.fullmatch(word) or _UNSPEAKABLE.search(word))


def _is_small_talk(words: list[str]) -> bool:
    """Whether nothing is left once every phrase of small talk is taken off the front."""
    rest = " ".join(words[:40])
    while rest:
        found = _SMALL_TALK.match(rest)
        if not found or (found.end() < len(rest) and rest[found.end()] != " "):
            return False
        rest = rest[found.end() :].lstrip()
    return len(words) <= 40


def _asks_if_bot(words: list[str]) -> bool:
    simple = " ".join(words[:_LONGEST_BOT_QUESTION])
    asked = _IS_IT_A_BOT.search(simple)
    return (
        len(words) <= _LONGEST_BOT_QUESTION
        and asked is not None
        and _BOT_OR_HUMAN.match(simple, asked.end()) is not None
    )


def _is_career(words: list[str], *, profile_stems: Collection[str]) -> bool:
    if not career_stems().isdisjoint(stem(word) for word in words):
        return True
    stems = content_stems(" ".join(words))
    known = sum(known_stem in profile_stems for known_stem in stems)
    return bool(stems) and known / len(stems) >= _KNOWN_SHARE


@cache
def career_stems() -> frozenset[str]:
    """The stems of words that belong to careers, whoever's."""
    kinds = {stem for stem, kinds in kinds_by_stem().items() if not kinds <= _EVERYDAY_KINDS}
    return frozenset({*kinds, *split_stems(_CAREER_WORDS)})
