"""Telephone numbers in free text, told apart from all other long numbers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Digits with the separators that people write between the groups of a telephone number.
_CANDIDATE = re.compile(
    r"(?<![\w.@#$€£/+-])(?:\+|\(\+?)?\d(?:[ \t().\-/\u2010-\u2013]{0,3}\d){5,17}"
)
_FEWEST_DIGITS = 7
_MOST_DIGITS = 15
_CUE_BEFORE = re.compile(
    r"(?i)\b(?:(?:tele)?phone|mobile|cell|tel|fon|fono|handy|whats ?app|signal|sms|call|ring|dial"
    r"|text|reach|contact|office|fax|messages? to|registered|me (?:at|on|back)"
    r"|(?:my|this|following|mob|ph|mere|mera) (?:numbers?|nr|no|num)|mob|[hmtp](?=[.:]))\b"
)
_CUE_AFTER = re.compile(
    r"(?i)^[\s\-:,]*(?:\(?(?:mobile|cell|office|home|work|fax|phone|tel)\b|call me|is my)"
)
_OTHER_BEFORE = re.compile(
    r"(?i)\b(?:card|iban|orders?|invoice|accounts?|acct|ticket|case|ref(?:erence)?|id|pnr"
    r"|pin(?: ?code)?|zip|post(?:al)? ?code|barcode|tracking|serial|item|style|train|flight|request"
    r"|complaint|claim|passport|ssn|social security|licen[cs]e|policy"
    r"|vat|tax|isbn|doi|version|model|error"
    r"|balance|salary|budget|price|amount|date|dob|born|year|booking|registration|imei|customer"
    r"|member(?:ship)?|patent|port|ip)\b|\ba/c\b"
)
_MONEY_BEFORE = re.compile(r"(?i)(?:[$€£¥₹]|\b(?:usd|eur|gbp|inr|rs))\.?\s*$")
_CUE_REACH = 45
_OTHER_AFTER = re.compile(
    r"(?i)^\s*(?:[%$€£¥₹°]|[a-z]\w*\d|\d|k\b|usd\b|eur(?:os?)?\b|gbp\b|inr\b|rs\b|dollars?\b|pounds?\b"
    r"|yen\b|m?illion|billion|kg\b|m[cg]+\b|km\b|people\b|users?\b|years?\b|e-?mails\b|@)|^[\w@]"
)
_DATE = re.compile(
    r"^(?:(?:19|20)\d\d[-/. ]\d{1,2}[-/. ]\d{1,2}\b|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}\b)"
)
_YEARS = re.compile(r"^(?:19|20)\d\d\s*[-\u2010-\u2013/]\s*(?:19|20)\d\d$")
_IP = re.compile(r"^\d{1,3}(?:\.\d{1,3}){3,}$")
_GROUPS = re.compile(r"^\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}$")


@dataclass(frozen=True)
class PhoneNumber:
    """A number found in a text: in E.164 where its country is known, and where it starts."""

    value: str
    start: int


def find_phones(text: str, *, region: str | None = None) -> Iterator[PhoneNumber]:
    """The telephone numbers of a text in order, a fax number last of all.

    With a country (a leading + or `region`) libphonenumber decides. Without one a number needs 7 to
    15 digits and a sign that it is for calling: a word such as "phone" or "call me" next to it,
    the usual 3-3-4 grouping, or being nearly the whole message. Dates, amounts, IP addresses, card
    numbers (Luhn's check sum, ISO/IEC 7812) and what is introduced as an order, account or other
    number are none.
    """
    found = [p for match in _CANDIDATE.finditer(text) if (p := _read(text, match, region=region))]
    yield from sorted(found, key=lambda phone: _is_fax(text, phone))


def to_e164(text: str, *, region: str | None = None) -> str | None:
    """The number in E.164; None when it is no number of its country or the country is unknown."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text[:40], region.upper() if region else None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _read(text: str, match: re.Match[str], *, region: str | None) -> PhoneNumber | None:
    written = match[0].strip()
    before, after = text[max(0, match.start() - 60) : match.start()], text[match.end() :][:40]
    line = before.rpartition("\n")[2]
    if _is_something_else(written, before=line, after=after):
        return None
    value = to_e164(written, region=region)
    known = value is not None and (written.startswith(("+", "(+")) or len(_digits(written)) > 8)
    if known or _is_for_calling(text, written, before=before, after=after):
        return PhoneNumber(value or " ".join(written.split()), match.start())
    return None


def _is_something_else(written: str, *, before: str, after: str) -> bool:
    digits = _digits(written)
    if not _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS or _is_card(digits):
        return True
    if any(pattern.match(written) for pattern in (_DATE, _YEARS, _IP)):
        return True
    if _MONEY_BEFORE.search(before) or _OTHER_AFTER.match(after):
        return True
    near = before[-_CUE_REACH:]
    return _last(_OTHER_BEFORE, near) > _last(_CUE_BEFORE, near)


def _is_for_calling(text: str, written: str, *, before: str, after: str) -> bool:
    if written.startswith("+") or _GROUPS.match(written):
        return True
    if _CUE_BEFORE.search(before[-_CUE_REACH:]) or _CUE_AFTER.match(after):
        return True
    return len(_digits(written)) >= 10 and len(written) > 0.6 * len(text.strip())


def _last(pattern: re.Pattern[str], text: str) -> int:
    """Where the last match starts, -1 without one: of two words the nearer names the number."""
    return max((match.start() for match in pattern.finditer(text)), default=-1)


def _is_card(digits: str) -> bool:
    if len(digits) < 13:
        return False
    doubled = [int(d) * (1 + place % 2) for place, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _is_fax(text: str, phone: PhoneNumber) -> bool:
    around = (
        text[max(0, phone.start - 8) : phone.start] + text[phone.start :][:30].partition("\n")[0]
    )
    return "fax" in around.lower()


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())
