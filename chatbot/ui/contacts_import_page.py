"""The HTML of the pages that take contacts in from a file: no script, nothing of Gradio."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from chatbot.people.contacts_import import ImportedLine, ImportPlan, Outcome
from chatbot.ui.locales.owner_contacts_en import ImportTexts
from chatbot.ui.locales.owner_en import Words
from chatbot.ui.theme import sign_in_head
from chatbot.ui.values import PageValues

IMPORT_PATH = "/owner/contacts/import"
MAX_LINES_SHOWN = 50


@dataclass(frozen=True)
class ContactsImportPage:
    """Implements `chatbot.web.contacts_import.ImportPage`; every value in it is escaped."""

    values: PageValues
    texts: ImportTexts

    def choose(self, *, error: str = "") -> str:
        """Where a file is chosen, with a line that says what was wrong with the last one."""
        texts = self.texts
        alert = f'<p id="error" role="alert">{html.escape(error)}</p>' if error else ""
        state = ' aria-invalid="true" aria-describedby="error"' if error else ""
        return self._page(
            f"{alert}<p>{texts.intro}</p><p>{texts.rules}</p>"
            f'<form method="post" action="{IMPORT_PATH}" enctype="multipart/form-data">'
            f'<label for="file">{texts.file}</label>'
            f'<input type="file" id="file" name="file" accept=".csv,text/csv" required{state}>'
            f'<p class="small">{texts.limits}</p>'
            f'<button type="submit">{texts.preview}</button></form>'
        )

    def preview(self, plan: ImportPlan, *, file: str) -> str:
        """What the file would do, line by line, and the button that does it."""
        texts = self.texts
        number = len(plan.of(Outcome.ADDED)) + len(plan.of(Outcome.MERGED))
        confirm = f"<p><b>{texts.nothing}</b></p>"
        if number:
            words = texts.one if number == 1 else texts.many.format(number=f"{number:,}")
            confirm = (
                f'<form method="post" action="{IMPORT_PATH}/confirm" '
                f'enctype="multipart/form-data">'
                f'<input type="hidden" name="file" value="{html.escape(file)}">'
                f'<button type="submit">{texts.confirm.format(number=words)}</button></form>'
            )
        other = f'<p><a href="{IMPORT_PATH}">{texts.other_file}</a></p>'
        return self._page(f"{self._outcomes(plan, texts.would)}{confirm}{other}")

    def result(self, plan: ImportPlan) -> str:
        """What the file has done."""
        done = f'<p id="done" role="status">{self.texts.done}</p>'
        return self._page(f"{done}{self._outcomes(plan, self.texts.did)}")

    def _outcomes(self, plan: ImportPlan, words: Words) -> str:
        parts = [self._outcome(plan.of(Outcome(value)), word) for value, word in words]
        return "".join(parts)

    def _outcome(self, lines: Sequence[ImportedLine], word: str) -> str:
        if not lines:
            return ""
        texts, outcome = self.texts, lines[0].outcome
        items = "".join(self._line(line) for line in lines[:MAX_LINES_SHOWN])
        if len(lines) > MAX_LINES_SHOWN:
            more = texts.more.format(number=f"{len(lines) - MAX_LINES_SHOWN:,}")
            items += f"<li>{more}</li>"
        # What was refused is what the owner has to see.
        is_open = " open" if outcome == Outcome.REFUSED else ""
        return (
            f'<details id="{outcome}"{is_open}><summary><b>{len(lines):,}</b> {word}</summary>'
            f"<ul>{items}</ul></details>"
        )

    def _line(self, line: ImportedLine) -> str:
        who = html.escape(line.who or self.texts.unnamed)
        reason = f"<br><span>{html.escape(line.reason)}</span>" if line.reason else ""
        place = self.texts.line.format(line=f"{line.line:,}")
        return f"<li><small>{place}</small> {who}{reason}</li>"

    def _page(self, content: str) -> str:
        texts, name = self.texts, html.escape(self.values.name)
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="robots" content="noindex">'
            f"<title>{texts.title}, {name}</title>{sign_in_head(self.values)}</head>"
            f'<body><main class="wide"><p>{name}</p><h1>{texts.title}</h1>{content}'
            f'<p><a href="/owner?to=contacts">{texts.back}</a></p></main></body></html>'
        )
