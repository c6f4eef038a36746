"""Everything that is held about a visitor as a ZIP file: a page to read, and JSON for programs."""

import html
import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from chatbot.people.held_data import HeldData
from chatbot.ui.locales.privacy_en import PrivacyTexts
from chatbot.ui.values import PageValues

Row = Mapping[str, Any]

_STYLE = (
    "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font:16px/1.55 system-ui,sans-serif}"
    "h2{margin-top:2.5rem}h3{margin-top:2rem}.m{margin:1rem 0;white-space:pre-wrap}"
    ".m b{display:block}small,dt{color:#5a6170}dl{display:grid;grid-template-columns:12rem 1fr;"
    "gap:.25rem 1rem;padding:1rem 0;border-top:1px solid #ddd}dd{margin:0;white-space:pre-wrap;"
    "overflow-wrap:anywhere}"
)


class VisitorDataFile:
    """Implements `chatbot.web.privacy_routes.WriteFile`."""

    def __init__(self, values: PageValues, texts: PrivacyTexts) -> None:
        self._values = values
        self._texts = texts

    @property
    def name(self) -> str:
        return self._texts.file_name

    def __call__(self, held: HeldData) -> bytes:
        file = io.BytesIO()
        whole = {"taken_at": held.taken_at.isoformat(), **held.rows}
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("data.html", self.page(held))
            archive.writestr("data.json", json.dumps(whole, ensure_ascii=False, indent=2))
        return file.getvalue()

    def page(self, held: HeldData) -> str:
        """A page to read, complete in itself, of escaped values."""
        texts, rows = self._texts, held.rows
        intro = texts.file_intro.format(
            owner=html.escape(self._values.name), moment=f"{held.taken_at:%Y-%m-%d %H:%M}"
        )
        parts = [
            (texts.chats, "".join(map(self._chat(rows), rows["conversation"]))),
            (texts.contacts, _lists(rows["contact"])),
            (texts.links, _lists(rows["contact_conversation"])),
            (texts.calls, _lists(rows["booking"])),
            (texts.jobs, _lists(rows["job_description"])),
            (texts.questions, _lists(rows["question"])),
            (texts.escalations, _lists(rows["escalation"])),
            (texts.emails, _lists(rows["email_message"])),
            (texts.codes, _lists(rows["email_code"])),
            (texts.notices, _lists(rows["notification"])),
            (texts.tools, _lists(rows["tool_call"])),
            (texts.visit, _lists(rows["chat_session"])),
        ]
        content = "".join(
            f"<h2>{self._fill(heading)}</h2>{part or f'<p>{texts.nothing}</p>'}"
            for heading, part in parts
        )
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{texts.file_heading}</title><style>{_STYLE}</style></head>"
            f"<body><h1>{texts.file_heading}</h1><p>{intro}</p>{content}</body></html>"
        )

    def _chat(self, rows: Mapping[str, list[dict[str, Any]]]) -> Any:
        def build(chat: Row) -> str:
            said = [row for row in rows["message"] if row["conversation_id"] == chat["id"]]
            title = html.escape(chat["title"] or self._texts.untitled)
            return f"<h3>{title}</h3>{''.join(map(self._message, said))}" if said else ""

        return build

    def _message(self, row: Row) -> str:
        who = self._fill(dict(self._texts.roles).get(row["role"], ""))
        words = html.escape(row["content"])
        return f'<p class="m"><b>{who} <small>{_moment(row["created_at"])}</small></b>{words}</p>'

    def _fill(self, words: str) -> str:
        return words.format(name=html.escape(self._values.first_name))


def _lists(rows: list[dict[str, Any]]) -> str:
    return "".join(map(_list, rows))


def _list(row: Row) -> str:
    pairs = "".join(
        f"<dt>{html.escape(name.replace('_', ' '))}</dt><dd>{html.escape(_plain(value))}</dd>"
        for name, value in row.items()
        if value not in (None, "", [], {}) and not name.endswith("_id") and name != "id"
    )
    return f"<dl>{pairs}</dl>"


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _moment(text: str) -> str:
    return html.escape(text[:16].replace("T", " "))
