"""Contact extraction: what `find_contact` takes from a message, and from one without a contact.

What counts as found: an e-mail address but for letter case, a telephone number by the digits it
ends with (the app writes E.164), a name but for letter case. A detail of somebody else that is
taken is wrong. Rows whose owner is unclear count for recall only when the detail is asked for.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from benchmarks.quality._rows import Row, Tally, compare, load_rows, parts, share
from chatbot.errors import InvalidInput
from chatbot.people.contact_details import ContactDetails, find_contact, validate_email

Find = Callable[[str], ContactDetails]

TARGETS = {
    "e-mail precision": ">= 0.98",
    "e-mail recall": ">= 0.98",
    "phone precision": ">= 0.90",
    "phone recall": ">= 0.88",
    "own name precision": ">= 0.90",
    "own name recall": ">= 0.65",
    "nothing saved without contact": ">= 0.995",
}

_BARE_EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.]+\b")
_BARE_PHONE = re.compile(r"\+?\d[\d ().-]{7,}\d")
_BARE_NAME = re.compile(r"(?i)my name is (\w+(?: \w+)?)")


def score(folder: Path) -> Row:
    """The figures of `contact_extraction.jsonl` and `email_syntax.jsonl`, each source apart."""
    rows = [row for row in load_rows(folder / "contact_extraction.jsonl") if row["scored"]]
    figures: Row = {
        name: {
            "rows": len(part),
            **compare(_score(part, find_contact), _score(part, _find_bare), TARGETS),
        }
        for name, part in parts(rows, "id")
    }
    if rows:
        started = time.process_time()
        for row in rows:
            find_contact(row["text"])
        spent = (time.process_time() - started) / len(rows)
        figures["all"]["CPU milliseconds per text"] = {"value": round(spent * 1e3, 3)}
    if addresses := load_rows(folder / "email_syntax.jsonl"):
        figures["email_syntax"] = {
            "rows": len(addresses),
            **compare(
                _score_syntax(addresses, _is_accepted), _score_syntax(addresses, _is_bare), {}
            ),
        }
    return figures


def _score(rows: Iterable[Row], find: Find) -> Row:
    emails, phones, names = Tally(), Tally(), Tally()
    without, clean = 0, 0
    for row in rows:
        found = find(row["text"])
        is_own = row["own_contact"]
        _count(emails, found.email, row["emails"], is_own=is_own, same=_same_email)
        _count(phones, found.phone, row["phones"], is_own=is_own, same=_same_phone)
        if row["names"] is not None:
            own = [row["own_name"]] if row["own_name"] else []
            _count(names, found.name, own, is_own=True, same=_same_name)
        if is_own is False:
            without += 1
            clean += found.email is None and found.phone is None
    return {
        "e-mail precision": emails.precision,
        "e-mail recall": emails.recall,
        "phone precision": phones.precision,
        "phone recall": phones.recall,
        "own name precision": names.precision,
        "own name recall": names.recall,
        "nothing saved without contact": share(clean, without),
    }


def _count(
    tally: Tally,
    found: str | None,
    gold: Sequence[str],
    *,
    is_own: bool | None,
    same: Callable[[str, str], bool],
) -> None:
    wanted = gold if is_own is not False else []
    if found is not None and any(same(found, item) for item in wanted):
        tally.right += 1
        return
    tally.wrong += found is not None
    tally.missed += bool(wanted)


def _same_email(found: str, gold: str) -> bool:
    return found.casefold() == gold.casefold()


def _same_phone(found: str, gold: str) -> bool:
    left, right = (re.sub(r"\D", "", text).lstrip("0") for text in (found, gold))
    return left.endswith(right[-7:]) or right.endswith(left[-7:])


def _same_name(found: str, gold: str) -> bool:
    return found.casefold().split() == gold.casefold().split()


def _score_syntax(rows: Sequence[Row], accepts: Callable[[str], bool]) -> Row:
    everyday = [row for row in rows if row["everyday"]]
    broken = [row for row in rows if not row["rfc5322_valid"]]
    odd = [row for row in rows if not row["mailbox_plausible"]]
    return {
        "everyday accepted": share(sum(accepts(r["address"]) for r in everyday), len(everyday)),
        "invalid refused": share(sum(not accepts(r["address"]) for r in broken), len(broken)),
        "implausible refused": share(sum(not accepts(r["address"]) for r in odd), len(odd)),
    }


def _is_accepted(address: str) -> bool:
    try:
        validate_email(address)
    except InvalidInput:
        return False
    return True


def _is_bare(address: str) -> bool:
    return _BARE_EMAIL.fullmatch(address) is not None


def _find_bare(text: str) -> ContactDetails:
    """The baseline: the patterns that everybody writes first."""
    email, phone, name = (p.search(text) for p in (_BARE_EMAIL, _BARE_PHONE, _BARE_NAME))
    return ContactDetails(
        email=email[0] if email else None,
        phone=phone[0] if phone else None,
        name=name[1] if name else None,
    )
