"""Cuts a text into words, numbers and dates, and tells what each number counts."""

import re
from dataclasses import dataclass, field, replace

from chatbot.knowledge.evidence_groups import concept
from chatbot.knowledge.evidence_words import (
    COUNTED,
    DONE_CUES,
    END_CUES,
    MONTHS,
    PERIODS,
    START_CUES,
    free_stems,
)
from chatbot.knowledge.words import plain, stem

# Marks and codes that stand before an amount, each with the currency that it means.
_MARKS = {
    "CA$": "cad", "C$": "cad", "A$": "aud", "R$": "brl", "NZ$": "nzd", "S$": "sgd", "HK$": "hkd",
    "US$": "usd", "$": "usd", "€": "eur", "£": "gbp", "¥": "jpy", "₹": "inr", "₺": "try",
    "₦": "ngn", "₪": "ils", "₩": "krw",
}  # fmt: skip
_CODES = (
    "USD EUR GBP CHF PLN SEK NOK DKK CZK HUF RON INR KES ZAR BRL CAD AUD NZD JPY CNY AED SGD TRY "
    "NGN ILS KRW MXN THB UAH HKD"
).split()
_RAND = r"\bR(?=\d[\d,.]*(?: ?(?:million|billion|[mk]\b)|,\d{3}))"
_MONEY_MARK = (
    rf"{'|'.join(map(re.escape, _MARKS))}|\b(?:{'|'.join(_CODES)}) ?|\b(?:Rs\.?|KSh) ?|{_RAND}"
)
_TOKEN = re.compile(
    r"(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<link>\bhttps?://[^\s)>\]]+|\bwww\.[^\s)>\]]+"
    r"|\b[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:com|org|io|net|dev|me|edu|gov)\b(?:/[^\s)>\],;]*)?)"
    r"|(?P<iso>\b(?:19|20)\d\d-(?:0[1-9]|1[0-2])\b(?:-\d\d\b)?)"
    rf"|(?P<number>(?:{_MONEY_MARK})?(?<![^\W\d_])\d+(?:,\d{{3}})*(?:\.\d+)?"
    r"(?P<unit> ?%|(?:k|K|M|B|bn|mn|x|×)(?![^\W_])|-?fold\b"
    r"| ?(?:thousand|million|billion|percent|per cent|mio|millionen|millones|millions)\b)?"
    r"(?P<more>\+)?(?P<ordinal>st|nd|rd|th)?(?![^\W\d_]))"
    r"|(?P<word>(?<!\w)\.NET\b|\b[A-Za-z]\+\+|\b[A-Z]#|[^\W_]+(?:['’][^\W\d_]+)?"
    r"(?:\.(?:js|io|ai)\b)?)"
    r"|(?P<other>[^\s\w])"
)
_SMALL = {
    word: number
    for number, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
        " fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * number
    for number, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(), start=2
    )
}
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_UNITS = {
    "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "million": 1e6, "b": 1e9,
    "bn": 1e9, "billion": 1e9, "millionen": 1e6, "millones": 1e6, "millions": 1e6,
}  # fmt: skip
# "kr" and "dollars" of which country nobody says are money of no currency that is told.
_CURRENCIES = {
    **{code.lower(): code.lower() for code in _CODES if code != "TRY"},
    "dollar": "usd", "dollars": "usd", "euro": "eur", "euros": "eur", "pounds": "gbp",
    "francs": "chf", "zloty": "pln", "zlotys": "pln", "zł": "pln", "rupees": "inr", "rand": "zar",
    "shillings": "kes", "reais": "brl", "yen": "jpy", "kronor": "sek", "kroner": "nok",
}  # fmt: skip
_MONEY = frozenset(_CURRENCIES)
# "By 31" is not "from 31".
_LEADS = frozenset({"by", "from", "to"})
# Whoever is counted, some word for people has to stand beside the number.
PEOPLE = frozenset(
    "people person persons employee employees member members staff user users team group engineers"
    " developers colleagues contributors families households customers clients".split()
)
_PEOPLE = "people"
_GROUP_OF = re.compile(r"(?i)\b(?:team|group|staff|crew) of (?:\w+ )?$")
TIME_UNITS = frozenset("second minute hour day night week".split())
_PERCENT = frozenset({"percent"})
_TIMES = frozenset({"times", "fold", "x"})
_PAUSE = re.compile(r"\+? \+|[;:()|/\n]|,(?!\d)|\. ")
_LENGTH = re.compile(
    r"^(?:halfyears?|years?|months?|yrs?|mos?|decades?|jahre?n?|monate?n?|anos?|mes|meses|mois|ans|annees?)$"
)
_COMPARED_UP = frozenset("over more above exceeding beyond".split())
_COMPARED_DOWN = frozenset("under less fewer below".split())
_SCALE = re.compile(r"(?:\d\s*/\s*|\bout of\s+(?:an?\s+)?|\d\.\d+ of\s+)$")
_RATE = re.compile(
    r"(?i)[\d.,$€£]*(?:\s?[%kmbn+]+\b)?[^.;,()]{0,34}?(?:\b(?:per|each|every|(?<!in )(?<!within )"
    r"(?<!for )(?<!over )an?)\s+(second|minute|hour|day|night|week|month|quarter|year)\b"
    r"|/\s?(s|sec|second|min|minute|h|hr|hour|d|day|week|month|year)\b"
    r"|\b(" + "|".join(PERIODS) + r")\b)"
)
_TO_AMOUNT = re.compile(r"[^a-z]{1,24}?(?:[kKmM]\b)?\s*(?:-|–|—|to|and)\s*(?:[A-Z]{3} |[$€£])?")
_SHORT_UNITS = {
    "s": "second", "sec": "second", "min": "minute", "h": "hour", "hr": "hour", "d": "day",
}  # fmt: skip
_ABOUT = frozenset("about around roughly approximately nearly almost some circa".split())


@dataclass(frozen=True)
class Number:
    """A number: kind is "%", "$", "x", "age" or "" for a plain one; `bound` is the concept of what
    it counts, `before` the word that leads to it; `compared` is "up" for "over 40" or "40+",
    "down" for "less than 40"; `rate` is that of "a day", `is_whole` said of "all 24", `is_scale`
    of the 5 in "4.7 of 5"."""

    value: float
    kind: str = ""
    bound: str = ""
    compared: str = ""
    place: int = 0
    before: str = ""
    rate: str = ""
    is_whole: bool = False
    is_scale: bool = False
    after: tuple[str, ...] = ()
    currency: str = ""
    lead: str = ""

    def fits(self, other: "Number") -> bool:
        """Whether another number is the same amount; a unit may be left out for money only."""
        if self.is_scale != other.is_scale:
            return False
        if self.lead and other.lead and self.lead != other.lead:
            return False
        if self.currency and other.currency and self.currency != other.currency:
            return False
        if abs(self.value - other.value) > 1e-9 * max(1.0, abs(self.value)):
            return False
        return self.kind == other.kind or {self.kind, other.kind} in ({"", "$"}, {"", "x"})


@dataclass(frozen=True)
class Moment:
    """A year, with its month where one is given; cue is "start", "end", "done" or ""."""

    year: int
    month: int | None = None
    cue: str = ""
    place: int = 0


@dataclass(frozen=True)
class Length:
    """A length of time in months, and how exactly it is meant: "", "over", "about"."""

    months: int
    unit: int = 12
    how: str = ""


@dataclass(frozen=True)
class Word:
    """A word as it is written and in plain form."""

    raw: str
    plain: str
    place: int
    is_first: bool


@dataclass
class Tokens:
    """A text in pieces, and apart what was found among them."""

    words: list["Word | Number | Moment"] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    moments: list[Moment] = field(default_factory=list)
    lengths: list[Length] = field(default_factory=list)
    exact: list[str] = field(default_factory=list)


def tokenize(text: str, *, starts: bool) -> Tokens:
    """The pieces of a text that is `written_out`; `starts` says whether it begins a sentence."""
    found = Tokens()
    _cut(text, found, found.words, starts=starts)
    _join_dates(found.words, found)
    _bind_numbers(found.words, found, text)
    return found


def _cut(text: str, found: Tokens, words: list["Word | Number | Moment"], *, starts: bool) -> None:
    is_first, pending = starts, None
    for match in _TOKEN.finditer(text):
        kind, raw = match.lastgroup, match.group()
        if kind in ("unit", "more", "ordinal"):
            kind = "number"
        if match["number"] is not None:
            kind = "number"
        spelled = plain(raw) if kind == "word" else ""
        value = _SMALL.get(spelled, _TENS.get(spelled))
        if spelled in _SCALES and pending is not None:
            pending = pending * _SCALES[spelled]
            is_first = False
            continue
        if value is not None and value != 1 or (value == 1 and pending is not None):
            is_sum = pending is not None and pending % 10 == 0 and value < max(10, pending)
            if pending is not None and not is_sum:
                words.append(Number(float(pending), place=match.start()))
                pending = None
            pending = (pending or 0) + value
            is_first = False
            continue
        if kind == "other" and raw in "-–" and pending is not None:
            continue
        if pending is not None:
            words.append(Number(float(pending), place=match.start()))
            pending = None
        if kind == "word":
            if spelled == "dozen":
                words.append(Number(12.0, place=match.start()))
            else:
                bare = raw.replace("’", "'")
                bare = bare.removesuffix("'s").replace("'", "")
                words.append(Word(bare, plain(bare), match.start(), is_first))
            is_first = False
        elif kind == "iso":
            year, month = raw.split("-")[:2]
            words.append(Moment(int(year), int(month), place=match.start()))
            is_first = False
        elif kind == "number":
            words.append(_number(match))
            is_first = False
        elif kind in ("mail", "link"):
            found.exact.append(raw.rstrip(".,;:/").casefold())
            is_first = False
        elif raw in ".!?:;•":
            is_first = True
    if pending is not None:
        words.append(Number(float(pending), place=len(text)))


def _number(match: "re.Match[str]") -> "Number | Moment | Word":
    raw, unit = match["number"], (match["unit"] or "").strip().strip("-").casefold()
    digits = re.sub(r"[^\d.]", "", raw.replace(",", ""))
    value = float(digits.rstrip(".") or 0)
    mark = re.match(rf"(?:{_MONEY_MARK})", raw)
    is_money = mark is not None
    is_year = 1940 <= value <= 2100 and re.fullmatch(r"(?:19|20)\d\d", raw)
    if is_year:
        return Moment(int(value), place=match.start())
    kind = "$" if is_money else ""
    if unit in ("%", "percent", "per cent"):
        kind = "%"
    elif unit in ("x", "×", "fold"):
        kind = "x"
    value *= _UNITS.get(unit, 1)
    compared = "up" if match["more"] else ""
    is_scale = bool(_SCALE.search(match.string[max(0, match.start() - 12) : match.start()]))
    currency = _currency(mark[0].strip(" .")) if mark else ""
    return Number(
        value, kind, compared=compared, place=match.start(), is_scale=is_scale, currency=currency
    )


def _currency(mark: str) -> str:
    known = {**_MARKS, "Rs": "inr", "KSh": "kes", "R": "zar"}
    return known.get(mark, mark.lower())


def _join_dates(words: list["Word | Number | Moment"], found: Tokens) -> None:
    """A month's name and a year are one date; a year alone keeps the word that leads to it."""
    kept: list[Word | Number | Moment] = []
    for word in words:
        if isinstance(word, Moment):
            before = [w for w in kept[-4:] if isinstance(w, Word)]
            month = word.month
            if before and word.month is None and kept and kept[-1] is before[-1]:
                month = _month(before[-1])
                if month:
                    kept.pop()
                    before.pop()
            elif kept and isinstance(kept[-1], Number) and before:
                # "June 23, 2021": the day is no number of its own.
                month = _month(before[-1])
                if month:
                    day = kept.pop()
                    kept.remove(before.pop())
                    assert isinstance(day, Number)
            led = [w for w in kept[-9:] if isinstance(w, Word)]
            moment = Moment(word.year, month, _cue(before, led), word.place)
            if moment.cue == "and" and "between" in [w.plain for w in led]:
                moment = replace(moment, cue="range")
            if moment.cue == "range" and found.moments:
                first = found.moments[-1]
                if first.cue in ("", "from", "start"):
                    found.moments[-1] = Moment(first.year, first.month, "start", first.place)
                moment = Moment(moment.year, moment.month, "end", moment.place)
            elif moment.cue == "range":
                moment = Moment(moment.year, moment.month, "end", moment.place)
            found.moments.append(moment)
            kept.append(moment)
            continue
        kept.append(word)
    words[:] = kept


def _month(word: Word) -> int | None:
    if word.raw[:1].isupper() or len(word.plain) > 3:
        return MONTHS.get(word.plain)
    return None


def _cue(before: list[Word], led: list[Word]) -> str:
    names = [word.plain for word in before][-3:]
    if names and names[-1] in ("to", "and", "bis", "a") and len(before) >= 1:
        return "range" if names[-1] != "and" else "and"
    for place, name in enumerate(reversed([word.plain for word in led])):
        if place > 1 and name in ("from", "since", "until", "till", "through"):
            continue
        if name == "from":
            return "from"
        if name in START_CUES:
            return "start"
        if name in END_CUES:
            return "end"
        if name in DONE_CUES:
            return "done"
    return ""


def _bind_numbers(words: list["Word | Number | Moment"], found: Tokens, text: str) -> None:
    """Give each number its unit and the word that it counts, and take lengths of time apart."""
    for index, number in enumerate(words):
        if not isinstance(number, Number):
            continue
        after = [w for w in words[index + 1 : index + 5] if isinstance(w, Word)]
        before = [w.plain for w in words[max(0, index - 3) : index] if isinstance(w, Word)]
        value, kind, compared = number.value, number.kind, number.compared
        if set(before[-2:]) & _COMPARED_UP or before[-2:] == ["at", "least"]:
            compared = "up"
        elif set(before[-2:]) & _COMPARED_DOWN or before[-2:] == ["up", "to"]:
            compared = "down"
        if after and after[0].plain in _MONEY:
            kind, after = "$", after[1:]
        elif (
            after and after[0].plain in _PERCENT or [w.plain for w in after[:2]] == ["per", "cent"]
        ):
            kind, after = "%", after[1:]
        elif after and after[0].plain in _TIMES:
            kind, after = "x", after[1:]
        if [word.plain.rstrip("s") for word in after[:2]] == ["year", "old"]:
            kind = "age"
        if after and _LENGTH.match(after[0].plain) and kind == "":
            unit = {"m": 1, "d": 120, "h": 6}.get(after[0].plain[0], 12)
            is_age = len(after) > 1 and after[1].plain in ("old", "ago")
            if not is_age:
                how = "over" if compared == "up" else ""
                how = "about" if set(before[-1:]) & _ABOUT else how
                _add_length(found, Length(round(value * unit), unit, how), before)
                continue
        counted: list[str] = []
        if _GROUP_OF.search(text[max(0, number.place - 24) : number.place]):
            counted.append(concept("team"))
        is_rate = False
        for word in after[:4]:
            if _PAUSE.search(text[number.place : word.place].rstrip("+")):
                break
            if word.plain in ("and", "or", "to", "in", "at", "for", "from", "with", "by", "of"):
                break
            if word.plain in PEOPLE:
                counted.append(_PEOPLE)
                break
            is_unit = word.plain.rstrip("s") in TIME_UNITS and not is_rate
            is_rate = word.plain in ("per", "a", "an", "each", "every")
            if is_unit or stem(word.plain) not in free_stems() or word.plain in COUNTED:
                counted.append(concept(word.plain))
        told = [name for name in before if stem(name) not in free_stems()]
        led_by = concept(told[-1]) if told else ""
        currency = number.currency or _CURRENCIES.get(_plain_after(words, index), "")
        found.numbers.append(
            replace(
                number,
                value=value,
                kind=kind,
                bound=counted[0] if counted else "",
                compared=compared,
                before=led_by,
                rate=_rate(text[number.place : number.place + 60]),
                is_whole="all" in before[-3:],
                after=tuple(counted),
                currency=currency,
                lead=_led_by(before),
            )
        )
    _share_currency(found.numbers, text)


def _share_currency(numbers: list[Number], text: str) -> None:
    """Give both ends of "PLN 21,000 to 24,000" the currency of one."""
    for index, (first, second) in enumerate(zip(numbers, numbers[1:], strict=False)):
        between = text[first.place : second.place]
        if _TO_AMOUNT.fullmatch(between) and bool(first.currency) != bool(second.currency):
            currency = first.currency or second.currency
            numbers[index] = replace(first, currency=currency, kind="$")
            numbers[index + 1] = replace(second, currency=currency, kind="$")


def _led_by(before: list[str]) -> str:
    """The "by", "from" or "to" right before a number, or before "about" and its like."""
    near = [word for word in before if word not in _ABOUT | _COMPARED_UP | _COMPARED_DOWN]
    return near[-1] if near and near[-1] in _LEADS else ""


def _plain_after(words: list["Word | Number | Moment"], index: int) -> str:
    after = words[index + 1] if index + 1 < len(words) else None
    return after.plain if isinstance(after, Word) else ""


def _rate(text: str) -> str:
    """The concept of the time that a number is said to be counted in."""
    match = _RATE.match(text)
    if match is None:
        return ""
    word = match[1] or match[2] or match[3]
    return concept(PERIODS.get(word.lower(), _SHORT_UNITS.get(word, word.lower())))


def _add_length(found: Tokens, length: Length, before: list[str]) -> None:
    """Add a length of time; "two years and five months" is one."""
    last = found.lengths[-1] if found.lengths else None
    is_joined = last is not None and last.unit == 12 and length.unit == 1 and length.months < 12
    if last is not None and is_joined and {"years", "year"} & set(before):
        found.lengths[-1] = Length(last.months + length.months, 1, last.how)
    else:
        found.lengths.append(length)
