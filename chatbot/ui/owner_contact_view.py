"""One contact as HTML: who it is, everything that is known, and whom it may be merged with."""

from chatbot.people.contact_desk import MergePreview
from chatbot.storage.contact_file import (
    BookingRow,
    ContactFile,
    JobDescriptionRow,
    QuestionRow,
)
from chatbot.storage.inbox_rows import ChatRow
from chatbot.storage.owner_contacts import ContactRow
from chatbot.ui import owner_markup as markup
from chatbot.ui.locales.owner_contacts_en import ContactTexts
from chatbot.ui.locales.owner_en import OwnerTexts
from chatbot.ui.owner_contact_list import TAB, name_of
from chatbot.ui.owner_fit_html import job_sheet_html


class ContactView:
    """Makes the pieces of the page that show one contact; all values in them are escaped."""

    def __init__(self, common: OwnerTexts, texts: ContactTexts) -> None:
        self._common = common
        self._texts = texts

    def head(self, contact: ContactRow) -> str:
        """The name, how to reach them, and a question where it looks like junk."""
        name = name_of(contact, self._common)
        title = markup.head(TAB, contact.id, name, self._common)
        company = f'<p class="contact-company">{markup.line(contact.company or "")}</p>'
        confirmed = ""
        if contact.email_verified_at:
            confirmed = markup.badge("agreed", self._texts.confirmed)
        ways = "".join(
            [
                _way("mailto", contact.email, "mail"),
                confirmed,
                _way("tel", contact.phone, "phone"),
            ]
        )
        return (
            f'<div class="own-file-of contact-head">{title}{company if contact.company else ""}'
            f'<p class="contact-ways">{ways}</p>{self._junk(contact)}</div>'
        )

    def step_tools(self, contact: ContactRow) -> str:
        """Quick days for the next step, and the way to say that it is done."""
        days = "".join(
            markup.button(TAB, "day", days, word, style="is-small")
            for days, word in self._texts.days
        )
        done = ""
        if contact.next_step:
            done = markup.button(TAB, "done", contact.id, self._texts.step_done, style="is-small")
        return f'<p class="contact-days">{days}{done}</p>'

    def tags(self, contact: ContactRow) -> str:
        """The tags, each with a button that takes it away."""
        texts = self._texts
        title = f"<h4>{texts.tags}</h4>"
        if not contact.tags:
            none = f'<p class="own-quiet">{texts.no_tags}</p>'
            return f'<div class="contact-kept">{title}{none}</div>'
        chips = "".join(
            f'<li class="contact-tag"><span>{markup.line(tag)}</span><button type="button" '
            f'class="contact-untag" id="own-{TAB}-untag-{number}"><span class="cc-sr">'
            f"{markup.line(texts.remove_tag.format(tag=tag))}</span></button></li>"
            for number, tag in enumerate(contact.tags)
        )
        return f'<div class="contact-kept">{title}<ul class="contact-tags">{chips}</ul></div>'

    def about(self, file: ContactFile) -> str:
        """What is known of the person, from all of their conversations."""
        contact, texts, common = file.contact, self._texts, self._common
        consent = common.consent_given if contact.has_consented else common.consent_missing
        kind = "agreed" if contact.has_consented else "silent"
        known = markup.facts(
            [
                (common.consent, markup.badge(kind, consent)),
                (common.left_at, markup.moment(contact.created_at)),
                (texts.changed_at, markup.moment(contact.updated_at)),
            ]
        )
        words = f'<p class="own-note">{markup.prose(contact.notes)}</p>' if contact.notes else ""
        none = f'<p class="own-quiet">{texts.no_chats}</p>'
        chats = [self._chat(chat) for chat in file.chats]
        parts = [
            _part(texts.their_words, words),
            _part(texts.chats, markup.list_of(chats, "own-rows own-short") if chats else none),
            _part(texts.bookings, "".join(map(self._booking, file.bookings))),
            _part(texts.questions, "".join(map(self._question, file.questions))),
            _part(texts.jobs, "".join(map(self._job, file.job_descriptions))),
        ]
        return f'<div class="contact-about">{known}{"".join(parts)}</div>'

    def candidates(self, found: tuple[ContactRow, ...], *, is_searched: bool) -> str:
        """Whom the contact may be merged with, each a button that shows what that would do."""
        texts = self._texts
        if not found:
            words = texts.none_found if is_searched else texts.none_alike
            return f'<p class="own-quiet">{words}</p>'
        rows = [self._candidate(contact) for contact in found]
        intro = "" if is_searched else f'<p class="own-quiet">{texts.alike}</p>'
        return intro + markup.list_of(rows, "own-rows own-short")

    def merge_preview(self, preview: MergePreview) -> str:
        """What merging would do, said before it is done."""
        texts, union = self._texts, preview.union
        name, other = (self._full_name(row) for row in (preview.contact, preview.other))
        lines = [texts.merge_fill.format(what=what, value=v) for what, v in union.filled.items()]
        lines += [
            texts.merge_conflict.format(what=item.what, kept=item.kept, noted=item.noted)
            for item in union.conflicts
        ] or [texts.merge_same]
        items = "".join(f"<li>{markup.line(words)}</li>" for words in lines)
        unite = markup.button(TAB, "unite", preview.other.id, texts.merge, style="is-main")
        cancel = markup.button(TAB, "unpick", preview.other.id, texts.cancel)
        title = markup.line(texts.merge_title.format(name=name, other=other))
        gone = markup.line(texts.merge_gone.format(other=other))
        return (
            f'<div class="contact-merge"><h4>{title}</h4><p>{gone}</p><ul>{items}</ul>'
            f'<p class="own-acts">{unite}{cancel}</p></div>'
        )

    def _full_name(self, contact: ContactRow) -> str:
        """A name that tells two contacts of one name apart."""
        name, way = name_of(contact, self._common), contact.email or contact.phone
        return f"{name} ({way})" if way and way != name else name

    def _junk(self, contact: ContactRow) -> str:
        texts = self._texts
        clear = markup.button(TAB, "unjunk", contact.id, texts.not_junk)
        if contact.status == "junk":
            return f'<p class="own-acts">{clear}</p>'
        if not contact.may_be_junk:
            return ""
        words = markup.line(texts.junk_hint.format(reason=contact.junk_reason))
        aside = markup.button(TAB, "junk", contact.id, texts.junk)
        return (
            f'<div class="contact-junk"><p>{words}</p><p class="own-acts">{clear}{aside}</p></div>'
        )

    def _chat(self, chat: ChatRow) -> str:
        return markup.list_row(
            "inbox",
            chat.id,
            title=chat.title or self._common.untitled,
            when=chat.active_at,
            details=[self._count(chat.questions)],
            place=TAB,
        )

    def _count(self, questions: int) -> str:
        if questions == 1:
            return self._common.one_question
        return self._common.many_questions.format(number=questions)

    def _booking(self, booking: BookingRow) -> str:
        state = markup.word_of(self._texts.booking_states, booking.status)
        minutes = self._texts.booked.format(minutes=booking.minutes)
        topic = f"<br>{markup.line(booking.topic)}" if booking.topic else ""
        return (
            f'<p class="contact-item">{markup.moment(booking.starts_at)} · {markup.line(minutes)} '
            f"{markup.badge(booking.status, state)}{topic}</p>"
        )

    def _question(self, question: QuestionRow) -> str:
        state = markup.word_of(self._common.question_states, question.status)
        answer = f"<br>{markup.prose(question.answer)}" if question.answer else ""
        return (
            f'<p class="contact-item"><b>{markup.line(question.text)}</b> '
            f"{markup.badge(question.status, state)}{answer}</p>"
        )

    def _job(self, job: JobDescriptionRow) -> str:
        title = markup.line(job.title or self._texts.untitled_job)
        end = "\u2026" if job.is_cut else ""
        return (
            f'<details class="contact-job"><summary>{title}, {markup.moment(job.created_at)}'
            f"</summary>{job_sheet_html(job.id, job.fit, place=TAB)}"
            f"<p>{markup.prose(job.text + end)}</p></details>"
        )

    def _candidate(self, contact: ContactRow) -> str:
        name = name_of(contact, self._common)
        ways = [contact.email or "", contact.phone or "", contact.company or ""]
        below = " · ".join(markup.line(way) for way in ways if way and way != name)
        return (
            f'<li><button type="button" class="own-row" id="own-{TAB}-pick-{contact.id}">'
            f'<span class="own-title">{markup.line(name)}</span>'
            f'<span class="own-when">{markup.moment(contact.created_at)}</span>'
            f'<span class="own-sub">{below}</span></button></li>'
        )


def _part(title: str, content: str) -> str:
    return f"<section><h4>{title}</h4>{content}</section>" if content else ""


def _way(scheme: str, address: str | None, kind: str) -> str:
    if not address:
        return ""
    line = markup.line(address)
    return f'<a class="own-button contact-{kind}" href="{scheme}:{line}">{line}</a>'
