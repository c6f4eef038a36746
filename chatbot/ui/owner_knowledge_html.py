"""What the Knowledge tab shows: its lists, and the question, answer or message that is open."""

import uuid
from collections.abc import Sequence
from typing import Any

from chatbot.engine.exam import ExamReport, ExamResult, ExamStatus, Grade, read_answer_id
from chatbot.llm.budget import MICRO
from chatbot.people.knowledge_desk import AnswerFile, GroupFile, Item
from chatbot.storage.answers import AnswerRow, VersionRow
from chatbot.storage.pages import PageOf
from chatbot.storage.poor_answers import BotAnswer
from chatbot.storage.question_groups import AskedQuestion, GroupRow
from chatbot.ui import owner_markup as markup
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.locales.owner_knowledge_en import KnowledgeTexts

TAB = "knowledge"
NAMES_SHOWN = 3


class KnowledgeHtml:
    """Words the tab; `common` has the words that all of the owner's lists share."""

    def __init__(self, common: OwnerTexts, texts: KnowledgeTexts) -> None:
        self._common = common
        self._texts = texts

    # --- Lists

    def groups(self, page: PageOf[GroupRow], *, part: str, is_sought: bool) -> str:
        """Groups of questions."""
        rows = [
            markup.list_row(
                TAB,
                group.id,
                title=group.text,
                when=group.asked_at,
                details=[self._askers(group), group.dismissed_reason],
                mark=markup.badge("count", self._count(group.count)),
            )
            for group in page.items
        ]
        return self._list(page, rows, part=part, is_sought=is_sought)

    def answers(self, page: PageOf[AnswerRow], *, is_sought: bool) -> str:
        """The owner's answers."""
        rows = [
            markup.list_row(
                TAB,
                answer.id,
                title=answer.question,
                when=answer.updated_at,
                details=[answer.text],
                mark=self._badge("withdrawn") if answer.is_withdrawn else "",
            )
            for answer in page.items
        ]
        return self._list(page, rows, part="answered", is_sought=is_sought)

    def poor_answers(self, page: PageOf[BotAnswer], *, is_sought: bool) -> str:
        """Answers of the bot with a thumb down."""
        rows = [
            markup.list_row(
                TAB,
                said.id,
                title=said.question or said.text,
                when=said.created_at,
                details=[said.reason or said.text],
            )
            for said in page.items
        ]
        return self._list(page, rows, part="poor", is_sought=is_sought)

    def exam(self, report: ExamReport | None) -> str:
        """The last run of the exam, what changed first."""
        texts = self._texts
        run = markup.button(TAB, "exam", 1, texts.run_exam, style="is-main")
        head = f'<p class="own-quiet">{markup.line(texts.exam_intro)}</p>{_acts(run)}'
        if report is None or not report.results:
            return f'<div class="own-exam">{head}</div>{self._none("exam")}'
        order = sorted(report.results, key=_rank)
        rows = [self._result(result, report) for result in order]
        return (
            f'<div class="own-exam">{head}{self._summary(report)}</div>'
            f'<div class="own-list">{markup.list_of(rows)}</div>'
        )

    def _summary(self, report: ExamReport) -> str:
        texts = self._texts
        cost = f"{report.cost_micro_usd / MICRO:.4f}"
        parts = [
            texts.exam_passed.format(passed=report.count(Grade.PASSED), asked=len(report.results)),
            texts.exam_by.format(model=report.model or texts.limited_mode),
            texts.exam_cost.format(cost=cost) if report.model else "",
        ]
        words = " · ".join(markup.line(part) for part in parts if part)
        fallen = len(report.regressions)
        more = [texts.regressions.format(number=fallen)] if fallen else []
        more += [texts.exam_stopped] if report.status == ExamStatus.STOPPED else []
        warned = "".join(f'<p class="own-warned">{markup.line(line)}</p>' for line in more)
        return f'<p class="own-quiet">{words} · {markup.moment(report.started_at)}</p>{warned}'

    def _result(self, result: ExamResult, report: ExamReport) -> str:
        texts = self._texts
        before = markup.word_of(texts.states, result.before).lower()
        details = [
            result.why.rstrip("."),
            texts.missing.format(what=", ".join(result.missing)) if result.missing else "",
            texts.before.format(grade=before) if result.has_changed else "",
        ]
        return markup.list_row(
            TAB,
            read_answer_id(result),
            title=result.question,
            when=report.started_at,
            details=details,
            mark=self._badge(result.grade),
            place=f"exam-{uuid.uuid5(uuid.NAMESPACE_OID, result.question).hex[:8]}",
        )

    # --- What is open

    def item(self, item: Item, shown_id: uuid.UUID) -> str:
        """What has been opened under an id: what stands above the form."""
        if isinstance(item, GroupFile):
            return self._group(item, shown_id)
        if isinstance(item, AnswerFile):
            return self._answer(item, shown_id)
        return self._said(item, shown_id)

    def rest(self, item: Item, last: Sequence[ExamResult] = ()) -> str:
        """What stands below the form; `last` is how it went in the last exam."""
        if isinstance(item, GroupFile):
            parts = [self._wordings(item.questions), self._similar(item)]
        elif isinstance(item, AnswerFile):
            asked = self._wordings(item.questions, is_answered=True)
            parts = [asked, self._versions(item.versions), self._last(last)]
        else:
            parts = []
        return f'<div class="own-rest">{"".join(parts)}</div>' if any(parts) else ""

    def _group(self, file: GroupFile, shown_id: uuid.UUID) -> str:
        texts, group = self._texts, file.group
        notes = []
        if file.status == "dismissed":
            reason = group.dismissed_reason
            notes.append(
                texts.dismissed_because.format(reason=reason) if reason else texts.dismissed_plainly
            )
        elif file.answer:
            notes.append(texts.answered_before)
        reopen = markup.button(TAB, "reopen", group.id, texts.reopen)
        facts = [
            (texts.last_asked, markup.moment(group.asked_at)),
            (texts.asked_by, markup.line(self._askers(group))),
        ]
        return self._file(
            file.status,
            self._head(shown_id, group.text),
            self._badge(file.status) + markup.badge("count", self._count(group.count)),
            markup.facts(facts),
            *(f'<p class="own-quiet">{markup.line(note)}</p>' for note in notes),
            _acts(reopen if file.status == "dismissed" else ""),
        )

    def _answer(self, file: AnswerFile, shown_id: uuid.UUID) -> str:
        texts, answer = self._texts, file.answer
        state = "withdrawn" if answer.is_withdrawn else "answered"
        acts = [
            markup.button(TAB, "restore", answer.id, texts.restore)
            if answer.is_withdrawn
            else markup.button(TAB, "withdraw", answer.id, texts.withdraw)
        ]
        if file.conversation_id:
            acts.append(_read(file.conversation_id, texts))
        badges = self._badge(state)
        badges += markup.badge("closed", texts.correction) if answer.is_correction else ""
        hint = f'<p class="own-quiet">{texts.withdrawn_hint}</p>' if answer.is_withdrawn else ""
        facts = [(texts.changed_at, markup.moment(answer.updated_at))]
        if answer.asked:
            often = texts.once if answer.asked == 1 else texts.often.format(number=answer.asked)
            facts.append((texts.asked_number, markup.line(often)))
        return self._file(
            "answer",
            self._head(shown_id, answer.question),
            badges,
            markup.facts(facts),
            hint,
            _acts(*acts),
        )

    def _said(self, said: BotAnswer, shown_id: uuid.UUID) -> str:
        texts = self._texts
        model = texts.limited if said.limited else said.model
        facts = [
            (texts.why_poor, markup.line(said.reason)),
            (texts.sources, markup.line("; ".join(said.sources))),
            (texts.model, markup.line(model)),
            (texts.said_at, markup.moment(said.created_at)),
        ]
        if said.reviewed_at is not None:
            facts.append((texts.reviewed, markup.moment(said.reviewed_at)))
        waits = said.is_poor and said.reviewed_at is None
        wave = markup.button(TAB, "wave", said.id, texts.wave) if waits else ""
        return self._file(
            "said",
            self._head(shown_id, said.question or said.text),
            self._badge("poor") if said.is_poor else "",
            f'<div class="own-said"><p class="own-quiet">{texts.said}</p>'
            f'<div class="own-text">{markup.prose(_unmarked(said.text))}</div></div>',
            markup.facts(facts),
            _acts(wave, _read(said.conversation_id, texts)),
        )

    def _file(self, state: str, *parts: str) -> str:
        head, badges, *rest = parts
        marks = f'<p class="own-top">{badges}</p>' if badges else ""
        return f'<div class="own-file-of is-{state}">{head}{marks}{"".join(rest)}</div>'

    def _wordings(self, questions: Sequence[AskedQuestion], *, is_answered: bool = False) -> str:
        if not questions:
            return ""
        can_take_out = is_answered or len(questions) > 1
        items = []
        for asked in questions:
            take = markup.button(TAB, "takeout", asked.id, self._texts.take_out)
            read = asked.conversation_id
            acts = (_read(read, self._texts, asked.id) if read else "") + (
                take if can_take_out else ""
            )
            about = [markup.line(asked.asker), markup.moment(asked.created_at), self._told(asked)]
            items.append(
                f'<li><p>{markup.line(asked.text)}</p><p class="own-quiet">'
                f"{' · '.join(part for part in about if part)}</p>{_acts(acts)}</li>"
            )
        return f"<h4>{self._texts.wordings}</h4>{markup.list_of(items, 'own-wordings')}"

    def _told(self, asked: AskedQuestion) -> str:
        if asked.status != "answered" or asked.conversation_id is None:
            return ""
        if asked.told_by is None:
            return markup.line(self._texts.not_told)
        return markup.line(markup.word_of(self._texts.told_by, asked.told_by))

    def _similar(self, file: GroupFile) -> str:
        if not file.similar:
            return ""
        items = [
            f"<li><p>{markup.line(other.text)}</p>"
            + _acts(
                self._badge(other.status) + markup.button(TAB, "merge", other.id, self._texts.merge)
            )
            + "</li>"
            for other in file.similar
        ]
        return f"<h4>{self._texts.similar}</h4>{markup.list_of(items, 'own-wordings')}"

    def _versions(self, versions: Sequence[VersionRow]) -> str:
        if len(versions) < 2:
            return ""
        texts = self._texts
        items = []
        for place, row in enumerate(versions):
            undo = markup.button(TAB, "undo", row.version, texts.undo) if place else ""
            gone = f" · {texts.version_withdrawn}" if row.is_withdrawn else ""
            items.append(
                f'<li><p class="own-quiet">{texts.version.format(number=row.version)} · '
                f"{markup.moment(row.created_at)}{gone}</p>"
                f"<p>{markup.prose(row.text)}</p>{_acts(undo)}</li>"
            )
        return f"<h4>{texts.versions}</h4>{markup.list_of(items, 'own-wordings')}"

    def _last(self, last: Sequence[ExamResult]) -> str:
        if not last:
            return ""
        items = [
            f"<li><p>{markup.line(result.question)}</p>"
            f'<p class="own-quiet">{markup.line(_unmarked(result.given[:600]) or result.why)}</p>'
            f"{_acts(self._badge(result.grade))}</li>"
            for result in last
        ]
        return f"<h4>{self._texts.last_said}</h4>{markup.list_of(items, 'own-wordings')}"

    # --- Pieces

    def _list(self, page: PageOf[Any], rows: list[str], *, part: str, is_sought: bool) -> str:
        if page.total:
            return markup.with_pager(TAB, page, markup.list_of(rows), self._common)
        if is_sought:
            return markup.blank(self._common.no_match, self._common.no_match_hint)
        return self._none(part)

    def _none(self, part: str) -> str:
        texts = self._texts
        return markup.blank(
            markup.word_of(texts.none, part), markup.word_of(texts.none_hints, part)
        )

    def _head(self, shown_id: uuid.UUID, title: str) -> str:
        return markup.head(TAB, shown_id, title, self._common)

    def _badge(self, state: str) -> str:
        return markup.badge(state, markup.word_of(self._texts.states, state))

    def _count(self, number: int) -> str:
        texts = self._texts
        return texts.asked_once if number == 1 else texts.asked_often.format(number=number)

    def _askers(self, group: GroupRow) -> str:
        texts, names = self._texts, list(group.askers[:NAMES_SHOWN])
        more = len(group.askers) - len(names)
        if more > 0:
            return texts.more_askers.format(
                names=", ".join(names), number=more + group.unknown_askers
            )
        if group.unknown_askers == 1:
            names.append(texts.one_unknown)
        elif group.unknown_askers:
            names.append(texts.many_unknown.format(number=group.unknown_askers))
        return ", ".join(names)


def _rank(result: ExamResult) -> tuple[bool, bool, str]:
    return not result.has_changed, result.grade == Grade.PASSED, result.grade


def _unmarked(text: str) -> str:
    """A bot's words without the signs of Markdown for bold ones."""
    return text.replace("**", "")


def _acts(*buttons: str) -> str:
    shown = "".join(buttons)
    return f'<p class="own-acts">{shown}</p>' if shown else ""


def _read(
    conversation_id: uuid.UUID, texts: KnowledgeTexts, question_id: uuid.UUID | None = None
) -> str:
    place = f"{TAB}-{question_id.hex[-12:]}" if question_id else TAB
    return markup.button("inbox", "open", conversation_id, texts.read_chat, place=place)
