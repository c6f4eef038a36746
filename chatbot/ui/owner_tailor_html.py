"""The HTML of the Tailor tab, made of escaped values."""

from chatbot.engine.tailor import JobLine, TailorFile, TailorTurn
from chatbot.knowledge.tailoring import Advice, number_sources
from chatbot.storage.pages import PageOf
from chatbot.ui import owner_markup as markup
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.locales.owner_tailor_en import TailorTexts
from chatbot.ui.owner_fit_html import quotes_html, sheet_html

TAB = "tailor"


class TailorHtml:
    """Makes the pieces of the tab."""

    def __init__(self, common: OwnerTexts, texts: TailorTexts) -> None:
        self._common = common
        self._texts = texts

    def jobs(self, page: PageOf[JobLine]) -> str:
        """The list of saved job descriptions."""
        texts = self._texts
        if not page.total:
            return markup.blank(texts.none, texts.none_hint)
        rows = [
            markup.list_row(
                TAB,
                job.id,
                title=job.title or texts.untitled,
                when=job.created_at,
                details=[
                    texts.mine if job.is_own else texts.brought,
                    texts.tally.format(met=job.met, asked=job.asked) if job.asked else "",
                ],
            )
            for job in page.items
        ]
        return markup.with_pager(TAB, page, markup.list_of(rows), self._common)

    def head(self, file: TailorFile) -> str:
        """The title, the summary, and where it leads."""
        texts = self._texts
        title = markup.head(TAB, file.id, file.title or texts.untitled, self._common)
        summary = "".join(f"<li>{markup.line(line)}</li>" for line in file.summary)
        ways = (
            f'<a class="own-button" href="{file.path}" target="_blank" rel="noopener">'
            f"{texts.open_sheet}</a>"
        )
        if file.conversation_id is not None:
            ways += markup.button(
                "inbox", "open", file.conversation_id, texts.open_chat, place=f"{TAB}-{file.id}"
            )
        else:
            ways += markup.button(TAB, "delete", file.id, texts.delete)
        return (
            f'<div class="own-file-of">{title}<ul class="own-summary">{summary}</ul>'
            f'<p class="own-acts">{ways}</p></div>'
        )

    def talk(self, file: TailorFile) -> str:
        """The conversation about this job, the latest last."""
        turns = "".join(map(self._turn, file.turns))
        return f'<div class="own-talk"><h4>{self._texts.talk}</h4>{turns}</div>' if turns else ""

    def rest(self, file: TailorFile) -> str:
        """Advice, letter, requirements and the text itself."""
        texts = self._texts
        return (
            '<div class="own-rest">'
            f"{_fold(texts.advice, self._advice(file), is_open=True)}"
            f"{_fold(texts.letter, self._letter(file))}"
            f"{_fold(texts.sheet, sheet_html(file.sheet, texts.statuses))}"
            f"{_fold(texts.text, f'<p>{markup.prose(file.text)}</p>')}</div>"
        )

    def _advice(self, file: TailorFile) -> str:
        parts = []
        for kind, word in self._texts.kinds:
            rows = [_advice(advice) for advice in file.advice if advice.kind == kind]
            if rows:
                parts.append(f'<h5>{word}</h5><ul class="own-advice">{"".join(rows)}</ul>')
        return "".join(parts) or f"<p>{self._texts.no_advice}</p>"

    def _letter(self, file: TailorFile) -> str:
        texts, sources = self._texts, number_sources(file.letter)
        lines = "".join(
            f"<p>{markup.prose(line.text)}"
            + "".join(f" <sup>[{sources.index(found) + 1}]</sup>" for found in line.evidence)
            + "</p>"
            for line in file.letter
        )
        listed = "".join(
            f"<li>{markup.line(found.source)}: \u201c{markup.line(found.quote)}\u201d</li>"
            for found in sources
        )
        below = f"<h5>{texts.sources}</h5><ol>{listed}</ol>" if listed else ""
        return f'<p class="own-quiet">{texts.letter_hint}</p>{lines}{below}'

    def _turn(self, turn: TailorTurn) -> str:
        return (
            f'<div class="own-turn"><p><b>{markup.line(turn.question)}</b> '
            f"{markup.moment(turn.asked_at)}</p><p>{markup.prose(turn.answer)}</p></div>"
        )


def _advice(advice: Advice) -> str:
    return f"<li>{markup.line(advice.text)}{quotes_html(advice.evidence)}</li>"


def _fold(title: str, content: str, *, is_open: bool = False) -> str:
    mark = " open" if is_open else ""
    return f'<details class="own-fold"{mark}><summary>{title}</summary>{content}</details>'
