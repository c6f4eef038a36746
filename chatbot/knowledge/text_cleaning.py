"""Text from anyone's file, made safe to store, count, quote and search."""

import html
import re
import unicodedata

# Ligatures, full-width forms and "mathematical" letters read the same in their plain form. The
# rest keeps its form: NFKC on everything would turn "10²" into "102".
_COMPATIBILITY_FORMS = re.compile("[\ufb00-\ufb4f\uff01-\uff5e\U0001d400-\U0001d7ff]+")

# Controls, soft hyphens, direction overrides, private use, halves of surrogate pairs, tag letters.
# The zero-width joiners U+200C and U+200D stay: emoji and Persian need them.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\ue000-\uf8ff\ufffe\uffff\U000e0000-\U000e007f]"
)
_LINE_ENDS = re.compile("\r\n?|[\u0085\u2028\u2029\x0b\x0c]")
_HTML_TAG = re.compile(
    r"</?(?:p|br|b|i|u|s|em|strong|a|ul|ol|li|div|span|h[1-6]|code|pre|sup|sub|hr|img|table|thead"
    r"|tbody|tr|td|th|small|mark|del|section|details|summary|script|style|iframe|svg)"
    r"(?:\s[^<>]{0,500})?/?>",
    re.IGNORECASE,
)
_HTML_BREAK = re.compile(r"<(?:br|/p|/li|/div|/h[1-6]|/tr)\s*/?>", re.IGNORECASE)
_UNSEEN = (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"))
_IMAGE = re.compile(r"!\[([^\[\]]{0,300})\]\([^()\s]{0,1000}(?:\s[^()]{0,200})?\)")
_LINK = re.compile(r"\[([^\[\]]{1,300})\]\(([^()\s]{0,1000})(?:\s[^()]{0,200})?\)")
_EMPHASIS = (
    re.compile(r"(\*\*|__|~~)(?=\S)(.{1,300}?)(?<=\S)\1"),
    re.compile(r"(?<![\w*])(\*)(?=[^\s*])(.{1,300}?)(?<=[^\s*])\1(?![\w*])"),
    re.compile(r"(?<!\w)(_)(?=[^\s_])(.{1,300}?)(?<=[^\s_])\1(?!\w)"),
    re.compile(r"(`{1,3})(.{1,300}?)\1"),
)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|~>])")


def clean_text(text: str) -> str:
    """Return `text` in NFC, without invisible characters, with single spaces and no wide gaps.

    Line breaks stay (at most one empty line in a row); the result can always be written as UTF-8.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _COMPATIBILITY_FORMS.sub(lambda match: unicodedata.normalize("NFKC", match[0]), text)
    text = unicodedata.normalize("NFC", text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def strip_markup(text: str, *, keep_addresses: bool) -> str:
    """Return what a reader of the rendered Markdown or HTML would see.

    With `keep_addresses` a link reads "label (https://...)", otherwise only its label stays.
    """
    for opening, closing in _UNSEEN:
        text = _without(text, opening, closing)
    text = _HTML_TAG.sub("", _HTML_BREAK.sub("\n", text))
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(_link_with_address if keep_addresses else r"\1", text)
    for emphasis in _EMPHASIS:
        text = emphasis.sub(r"\2", text)
    return html.unescape(_ESCAPED.sub(r"\1", text))


def _without(text: str, opening: str, closing: str) -> str:
    """Return `text` without what stands between two marks, in time linear in its length."""
    lowered = text.lower()
    if len(lowered) != len(text):  # Some letters have a longer lower case, so places differ.
        lowered = text
    kept: list[str] = []
    position = 0
    while (start := lowered.find(opening, position)) >= 0:
        end = lowered.find(closing, start)
        if end < 0:
            break
        kept.append(text[position:start])
        position = end + len(closing)
    return " ".join([*kept, text[position:]])


def _link_with_address(link: re.Match[str]) -> str:
    label, address = link[1], link[2]
    if not address.startswith(("http://", "https://")) or label == address:
        return label
    return f"{label} ({address})"
