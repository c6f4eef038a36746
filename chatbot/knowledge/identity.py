"""Who the owner is, as far as one file tells it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from urllib.parse import urlsplit

from chatbot.knowledge.headings import known_heading
from chatbot.knowledge.sections import Link, Section

_EMAIL = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_ADDRESS = re.compile(
    r"(?:https?://|www\.)[^\s|,;()<>\"]{3,300}"
    r"|(?<![@\w.])(?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,12}(?:/[^\s|,;()<>\"]{0,200})?(?![\w@])",
    re.IGNORECASE,
)
_PHONE = re.compile(r"\+?\d(?:[\s()./-]*\d){6,14}")
_PLACE = re.compile(r"^[^\W\d_][\w .'’()-]{1,40}(?:, ?[^\W\d_][\w .'’()-]{1,40}){1,3}$")
_PIECES = re.compile(r"\s*[|•●]\s*|\s+·\s+")
_PARTICLES = frozenset("de da di del della van von der den la le bin ibn al el y e dos das".split())
_NOT_NAMES = frozenset(
    "resume résumé cv curriculum vitae profile record hr questions faq about me summary stories "
    "story engineer developer manager designer consultant senior junior notes page document".split()
)
_NETWORKS = {
    "linkedin.com": "LinkedIn",
    "github.com": "GitHub",
    "gitlab.com": "GitLab",
    "x.com": "X",
    "twitter.com": "Twitter",
    "stackoverflow.com": "Stack Overflow",
    "mastodon.social": "Mastodon",
    "bsky.app": "Bluesky",
    "medium.com": "Medium",
    "scholar.google.com": "Google Scholar",
    "orcid.org": "ORCID",
    "kaggle.com": "Kaggle",
    "huggingface.co": "Hugging Face",
}
MAX_LINKS = 8
HEADLINE_CHARACTERS = 120


@dataclass(frozen=True)
class Identity:
    """The owner's name and how to reach them; what a file does not tell is empty."""

    name: str = ""
    headline: str = ""
    place: str = ""
    email: str = ""
    availability: str = ""
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class FileContent:
    """What one readable file of the profile gave; `note` says what of it was left out."""

    identity: Identity
    sections: tuple[Section, ...]
    note: str = ""


def merge_identities(identities: Sequence[Identity]) -> Identity:
    """Return one identity that takes each fact from the first that has it."""
    merged = Identity()
    for fact in fields(Identity):
        told = next((value for one in identities if (value := getattr(one, fact.name))), None)
        merged = replace(merged, **{fact.name: told}) if told else merged
    return merged


def looks_like_name(line: str) -> bool:
    """Tell whether a whole line can be a person's name: two to five capitalised words."""
    words = line.split()
    if not 2 <= len(words) <= 5 or len(line) > 50 or known_heading(line):
        return False
    if any(word.casefold().strip(".,") in _NOT_NAMES for word in words):
        return False
    return all(word in _PARTICLES or _is_name_word(word) for word in words)


def _is_name_word(word: str) -> bool:
    letters = re.sub(r"[.,'’-]", "", word)
    return letters.isalpha() and not letters[0].islower()


def readable_name(line: str) -> str:
    """A person's name as it is to be shown, or "" when the text is no name."""
    return line.title() if line.isupper() else line


def read_identity(
    header: Sequence[str], *, name: str, everywhere: Iterable[str], uris: Iterable[str] = ()
) -> Identity:
    """Return what the head of a CV tells.

    `header` are the lines from the name on, before the first heading; `everywhere` are the lines
    in which an e-mail address and links may stand (side columns included); `uris` are the targets
    of a PDF's links.
    """
    lines = list(everywhere)
    pieces = [piece.strip(" -–—,") for line in header for piece in _PIECES.split(line)]
    plain = [piece for piece in pieces if piece and piece != name and not _is_contact(piece)]
    places = [piece for piece in plain if _PLACE.match(piece)]
    place = places[-1] if places and len(places[-1]) <= 60 else ""
    email = next((found[0] for line in lines if (found := _EMAIL.search(line))), "")
    return Identity(
        name=readable_name(name),
        headline=next((piece for piece in plain if piece != place and _is_headline(piece)), ""),
        place=place,
        email=email,
        links=find_links(lines, uris),
    )


def has_contact_detail(text: str) -> bool:
    """Whether the text holds an e-mail address, a phone number or a web address."""
    return bool(_EMAIL.search(text) or _PHONE.search(text) or _ADDRESS.search(text))


def _is_contact(piece: str) -> bool:
    is_labelled = re.match(r"^[\w -]{2,20}:\s", piece)
    return bool(is_labelled) or has_contact_detail(piece)


def _is_headline(piece: str) -> bool:
    return 3 <= len(piece) <= HEADLINE_CHARACTERS and not piece[0].islower() and piece[-1] != "."


def find_links(lines: Sequence[str], uris: Iterable[str] = ()) -> tuple[Link, ...]:
    """Return the web addresses of a head, one per host, social networks by their name.

    Of the `uris` only those count that lead to a network or to a site that the head names.
    """
    found: dict[str, Link] = {}
    shown = " ".join(lines)
    addresses = [
        uri for uri in uris if (host := _host(uri)) in _NETWORKS or (host and host in shown)
    ]
    for line in lines:
        addresses += [match[0] for match in _ADDRESS.finditer(_EMAIL.sub(" ", line))]
        addresses += _network_names(line)
    for address in addresses:
        link = build_link(address.rstrip(".,:"))
        if link is not None:
            found.setdefault(link.label, link)
    return tuple(found.values())[:MAX_LINKS]


def _network_names(line: str) -> list[str]:
    match = re.match(r"^(linkedin|github|gitlab|twitter):\s*@?([\w-]{2,60})$", line, re.IGNORECASE)
    if match is None:
        return []
    network = match[1].lower()
    return [f"https://{network}.com/{'in/' if network == 'linkedin' else ''}{match[2]}"]


def build_link(address: str, *, label: str = "") -> Link | None:
    """Return a link for a web address, None for anything that is not http(s) with a host."""
    address = address.strip()
    if not re.match(r"^[a-z][a-z0-9+.-]*:", address, re.IGNORECASE):
        address = f"https://{address}"
    host = _host(address)
    if "." not in host or " " in address:
        return None
    return Link(label=label or _NETWORKS.get(host, host), url=address)


def _host(address: str) -> str:
    """Return the host of an http(s) address without "www.", "" for anything else."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if parts.scheme in ("http", "https") else ""
