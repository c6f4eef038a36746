"""The contact details that visitors give in free text: their own, and nobody else's.

A wrong number in the owner's list costs more than a missed one, which the visitor can still type
into the form. So a detail is taken only where the words around it do not speak against it.
"""

import re
from dataclasses import dataclass

from chatbot.errors import InvalidInput
from chatbot.people.own_names import find_own_name
from chatbot.people.phone_numbers import find_phones, to_e164

_LONGEST_READ = 4_000
# A text of this length is a letter or a pasted document; details in it need a word for "mine".
_DOCUMENT_LENGTH = 700
_SENTENCE_END = re.compile(r"[.!?](?=\s)|\n[ \t]*\n")
_EMAIL_PARTS = re.compile(r"[\s,;:<>()\[\]{}\"|“”„«»]+")
_EMAIL_EDGES = ".!?'’`*_-"

_DETAIL = (
    r"(?:e-?mails?|mails?|phone|mobile|cell|numbers?|nr|no|address|id|whatsapp"
    r"|contact|details?)"
)
_MINE = re.compile(
    rf"(?i)\b(?:my|mine)(?: (?:own|new|work|private|personal|business|direct|registered|e-?mail"
    rf"|mobile|cell|phone|whatsapp|contact|office|company|home))* {_DETAIL}\b"
    r"|\b(?:call|text|ring|reach|contact|e-?mail|mail|write|ping|message|phone|whatsapp|notify|tell)"
    r"(?: to)? (?:me|us)\b|\b(?:me|us)(?: back)? (?:at|on|via|by|through|under|to)\b"
    r"|\bi(?:['’]?m| am) (?:at|on|reachable|available)\b|\bsend (?:it|them|me|us|my)\b"
)
_PEOPLE = (
    r"(?:colleague|coworker|boss|manager|supervisor|friend|partner|wife|husband|brother|sister|mother"
    r"|father|mom|dad|son|daughter|assistant|client|customer|recruiter|team|company|professor)"
)
_NOT_MINE = re.compile(
    r"(?i)\b(?:his|hers?|their|theirs|him|them|he|she|they)\b|\byours?\W*$"
    rf"|\byours?\b(?=[^.!?]{{0,40}}\b(?:{_DETAIL}|hotline|line|office|team|support|site|account)\b)"
    rf"|\b(?:my|our|the|a) {_PEOPLE}\b(?!['’]?s? and i\b)"
    r"|\b(?:must|should|can|to|will|may) be (?:sent|submitted|addressed|directed|made|e-?mailed)\b"
    r"|\byou (?:called|gave|wrote|e-?mailed|texted|sent)\b|\b(?:apply|applications?|enquiries)\b"
    r"|\bthe (?:support|office|company|sales|help|info|service) (?:e-?mail |phone )?"
    r"(?:address|number)\b"
    r"|\b(?:reach out to|write to|wrote to|written to|e-?mailed|called|emailed|tried|from|ask|cc"
    r"|for example|e\.g\.|such as|like)[:\s]*$|\bcontact\s*$"
)
# In a chat "send your CV to" comes from whoever wants to read it.
_SEND = re.compile(
    r"(?i)(?:^|[.!?,]\s*|\b(?:please|can you|could you|would you|kindly|to|and|you can|just) )"
    r"(?:send|mail|e-?mail|forward|share)\b(?![^.!?]*\b(?:his|her|their)\b)[^.!?\n]{0,60}\bto\s*$"
)
_TO_SOMEBODY = re.compile(
    rf"(?i)\b(?:to|with) (?:my|our|the) {_PEOPLE}(?: \w+)?(?: at| on| via|:)?\s*$"
)
# "Is 555 0142 your number?" asks for somebody's number and gives none.
_YOURS = re.compile(r"(?i)^[^\s.!?]*,? (?:is )?(?:your|yours|his|her|their)\b[^.!]{0,25}\?")


@dataclass(frozen=True)
class ContactDetails:
    """What a visitor said about how to reach them; None for what they did not say.

    `email` is normalised. `phone` is in E.164 where the country is known, else as written with
    single spaces. `name` is as written.
    """

    email: str | None = None
    phone: str | None = None
    name: str | None = None


def find_contact(text: str, *, region: str | None = None) -> ContactDetails:
    """The visitor's own e-mail address, telephone number and name in a message; never raises.

    `region` is the two-letter country in which a number without a country code is read. The first
    detail of each sort counts. Details of others ("my colleague's e-mail is", "applications must be
    sent to"), in addresses of pages, and in a long pasted text without a word for "mine" are left
    out, as are numbers that are something else (see `phone_numbers`).
    """
    text = text[:_LONGEST_READ]
    emails = (email for email, place in _find_emails(text) if _is_own(text, place=place))
    phones = (p.value for p in find_phones(text, region=region) if _is_own(text, place=p.start))
    return ContactDetails(
        email=next(emails, None), phone=next(phones, None), name=find_own_name(text)
    )


def validate_email(text: str) -> str:
    """The normalised form of one e-mail address; raises InvalidInput with what to change.

    The syntax is that of RFC 5321 and 6531 as email-validator reads it, without quoted names,
    comments and addresses of bare IP numbers. The network is not asked.
    """
    from email_validator import EmailNotValidError
    from email_validator import validate_email as check

    try:
        return check(text.strip(" \t"), check_deliverability=False).normalized
    except EmailNotValidError as error:
        raise InvalidInput(
            f"This e-mail address cannot be used. {error} Example: name@example.com"
        ) from error


def validate_phone(text: str, region: str | None = None) -> str:
    """The E.164 form ("+442071838750") of one telephone number.

    `region` is the two-letter country of numbers without a country code. Raises InvalidInput when
    the number cannot be dialled, or when its country is not known.
    """
    number = to_e164(text, region=region)
    if number is None:
        raise InvalidInput(
            "This phone number cannot be used. Write it with its country code, "
            "for example +44 20 7183 8750."
        )
    return number


def _find_emails(text: str) -> list[tuple[str, int]]:
    found = []
    for token in re.finditer(r"(?<!\S)[^\s@]{1,400}@\S{1,400}", text):
        # An @ in the address of a page names a user there or a place on a map.
        if "://" in token[0] or "/" in token[0].partition("@")[2]:
            continue
        for part in _EMAIL_PARTS.split(token[0]):
            address = part.strip(_EMAIL_EDGES)
            if address.count("@") == 1 and _is_email(address):
                found.append((address, token.start()))
    return [(validate_email(address), place) for address, place in found]


def _is_email(address: str) -> bool:
    try:
        validate_email(address)
    except InvalidInput:
        return False
    return True


def _is_own(text: str, *, place: int) -> bool:
    start = max((m.end() for m in _SENTENCE_END.finditer(text, 0, place)), default=0)
    before = text[max(start, place - 200) : place]
    if _TO_SOMEBODY.search(before):
        return False
    if _MINE.search(before) or (len(text) <= _DOCUMENT_LENGTH and _SEND.search(before)):
        return True
    if re.search(r"(?i)\b(?:is|was|are)\s*$", before) and _YOURS.match(_behind(text, place)):
        return False
    return len(text) <= _DOCUMENT_LENGTH and not _NOT_MINE.search(before)


def _behind(text: str, place: int) -> str:
    """What follows the detail at `place`: a number may be written in groups."""
    detail = re.match(r"[+(]?[\d ().\-/]*\d|\S+", text[place:])
    return text[place + (detail.end() if detail else 0) :]
