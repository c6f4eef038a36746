"""The HTML of the pages where a call is booked, moved and cancelled."""

import html
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from chatbot.people.call_desk import CallView, write_start
from chatbot.people.call_views import Choice, Draft, Proof
from chatbot.people.call_words import tell_call, tell_clock, tell_day, tell_zone
from chatbot.people.slots import SlotDay, group_by_day
from chatbot.storage.models import BookingStatus
from chatbot.ui.call_frame import CallFrame, hidden, zone_options
from chatbot.ui.locales.calls_en import CallTexts


class CallPages:
    """One method for each page; what they are given comes from the database, not the browser."""

    def __init__(self, frame: CallFrame, *, sends_email: bool) -> None:
        self._frame = frame
        self._texts: CallTexts = frame.texts
        self._sends_email = sends_email

    def not_found(self) -> str:
        return self._frame.not_found()

    def elsewhere(self, url: str) -> str:
        """Where calls are booked when not here."""
        frame, texts = self._frame, self._texts
        more = ' target="_blank" rel="noopener noreferrer"'
        words = frame.paragraph(texts.elsewhere)
        return frame.page(
            self._title(texts.title),
            [words, frame.link(url, texts.elsewhere_link, kind="button main", more=more)],
        )

    def choose(self, choice: Choice, calls: Sequence[CallView]) -> str:
        """The days and times to choose from, and the calls that this visitor has already."""
        frame, texts = self._frame, self._texts
        intro = frame.paragraph(texts.intro, minutes=choice.minutes)
        fields = hidden(key=choice.key, client=choice.client, zone=choice.zone.key)
        zone = self._zone("/book", choice, hidden(key=choice.key) if choice.key else "")
        times = self._times("/book/hold", "post", choice, fields)
        known = [self._known(call, choice.zone) for call in calls]
        return frame.page(
            self._title(texts.title), [frame.error(choice.error), *known, intro, zone, times]
        )

    def confirm(self, draft: Draft) -> str:
        """The form for a time that is held, with the time that is left."""
        frame, texts, faults = self._frame, self._texts, draft.faults or {}
        again = f"/book?key={draft.key}&zone={draft.zone.key}"
        fields = (
            hidden(
                key=draft.key,
                client=draft.client,
                zone=draft.zone.key,
                start=write_start(draft.call.starts_at),
            )
            + frame.field(
                "name",
                texts.full_name,
                draft.wish.name,
                error=faults.get("name", ""),
                more=' autocomplete="name" required maxlength="200"',
            )
            + frame.field(
                "email",
                texts.email,
                draft.wish.email,
                help_text=texts.email_help,
                error=faults.get("email", ""),
                more=' type="email" autocomplete="email" inputmode="email" required',
            )
            + frame.area(
                "topic",
                texts.topic,
                draft.wish.topic,
                help_text=texts.topic_help,
                error=faults.get("topic", ""),
            )
            + frame.tick(
                "consent",
                texts.consent,
                is_ticked=draft.wish.has_consented,
                help_text=texts.consent_help,
            )
            + frame.button(texts.confirm)
        )
        return frame.page(
            self._title(texts.title),
            [
                self._when(draft.call, draft.zone),
                self._held(draft),
                frame.error(draft.error),
                frame.form("/book/confirm", fields, kind="once"),
                frame.link(again, texts.other_time, kind="quiet"),
            ],
        )

    def call(
        self,
        call: CallView,
        zone: ZoneInfo,
        *,
        news: str = "",
        proof: Proof | None,
        error: str = "",
    ) -> str:
        """One call: when it is, its file, and what can be done about it."""
        frame, texts = self._frame, self._texts
        parts = [frame.error(error), self._when(call, zone)]
        if not call.is_live:
            if call.status == BookingStatus.CANCELLED:
                parts.append(frame.paragraph(texts.cancelled_hint))
            parts.append(frame.link("/book", texts.book))
            return frame.page(self._heading(call, news), parts)
        path = f"/call/{call.token}"
        parts.append(frame.paragraph(texts.booked_next, email=call.email))
        sent = texts.mailed if self._sends_email else texts.not_mailed
        parts.append(frame.paragraph(sent, email=call.email))
        file = frame.link(f"{path}/call.ics", texts.save_file, kind="button main", more=" download")
        parts += [file, self._keep(path), self._changes(path)]
        if proof is not None:
            parts.append(self._proof(proof))
        return frame.page(self._heading(call, news), parts)

    def choose_move(self, call: CallView, choice: Choice) -> str:
        """The times that a call can be moved to."""
        frame, texts, path = self._frame, self._texts, f"/call/{call.token}"
        now = tell_call(call.starts_at, call.minutes, choice.zone)
        zone = self._zone(f"{path}/move", choice, "")
        times = self._times(f"{path}/move", "get", choice, hidden(zone=choice.zone.key))
        return frame.page(
            texts.move_title,
            [
                frame.error(choice.error),
                frame.paragraph(texts.move_from, when=now),
                zone,
                times,
                frame.link(path, texts.keep, kind="quiet"),
            ],
        )

    def confirm_move(self, call: CallView, starts_at: datetime, zone: ZoneInfo) -> str:
        """The last question before a call is moved."""
        frame, texts, path = self._frame, self._texts, f"/call/{call.token}"
        before = tell_call(call.starts_at, call.minutes, zone)
        after = tell_call(starts_at, call.minutes, zone)
        fields = hidden(start=write_start(starts_at), zone=zone.key) + frame.button(texts.move_yes)
        return frame.page(
            texts.move_sure,
            [
                frame.paragraph(texts.move_from, when=before),
                frame.paragraph(texts.move_to, "when", when=after),
                frame.form(f"{path}/move", fields, kind="once"),
                frame.link(path, texts.keep, kind="quiet"),
            ],
        )

    def verify(self, proofs: Sequence[Proof]) -> str:
        """The addresses that a visitor left, each with its proof."""
        frame, texts = self._frame, self._texts
        none = frame.paragraph(texts.nothing_to_verify)
        parts = [self._proof(proof, with_heading=False) for proof in proofs]
        return frame.page(texts.verify, parts or [none])

    def take_back(self, action: str) -> str:
        """The question before a chat is opened on another device."""
        frame, texts = self._frame, self._texts
        form = frame.form(action, frame.button(texts.return_yes))
        return frame.page(texts.return_title, [frame.paragraph(texts.return_hint), form])

    def _title(self, words: str) -> str:
        return words.format(name=self._frame.values.first_name)

    def _heading(self, call: CallView, news: str) -> str:
        texts = self._texts
        if call.status == BookingStatus.CANCELLED:
            return texts.cancelled
        if call.is_over:
            return texts.over
        return self._title(
            {"booked": texts.booked, "moved": texts.moved}.get(news, texts.your_call)
        )

    def _when(self, call: CallView, zone: ZoneInfo) -> str:
        return f'<p class="when">{html.escape(tell_call(call.starts_at, call.minutes, zone))}</p>'

    def _known(self, call: CallView, zone: ZoneInfo) -> str:
        when = html.escape(tell_call(call.starts_at, call.minutes, zone))
        words = self._frame.fill(self._texts.your_calls)
        return f'<p class="known">{words} <a href="/call/{call.token}">{when}</a></p>'

    def _held(self, draft: Draft) -> str:
        until = draft.call.hold_until
        if until is None:
            return ""
        words = self._frame.fill(self._texts.held, until=tell_clock(until, draft.zone))
        over = html.escape(self._texts.hold_over)
        left = html.escape(self._texts.held_left)
        return (
            f'<p class="held" data-until="{until.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" '
            f'data-over="{over}"><span>{words}</span>'
            f'<span class="left" role="timer" aria-label="{left}"></span></p>'
        )

    def _zone(self, action: str, choice: Choice, fields: str) -> str:
        frame, texts = self._frame, self._texts
        moment = choice.starts[0] if choice.starts else datetime.now(UTC)
        told = frame.fill(texts.zone, zone=tell_zone(moment, choice.zone))
        select = (
            f'<label for="zone">{texts.zone_label}</label>'
            f'<select id="zone" name="zone">{zone_options(choice.zone)}</select>'
        )
        form = frame.form(
            action, fields + select + frame.button(texts.show_times, kind="second"), method="get"
        )
        return (
            f'<details class="zone" id="zones" data-zone="{html.escape(choice.zone.key)}">'
            f"<summary><span>{told}</span> <b>{texts.change_zone}</b></summary>{form}</details>"
        )

    def _times(self, action: str, method: str, choice: Choice, fields: str) -> str:
        frame, texts = self._frame, self._texts
        days = group_by_day(choice.starts, choice.zone)
        if not days:
            lead = frame.paragraph(texts.no_times, "lead")
            return f'<div class="empty">{lead}{frame.paragraph(texts.no_times_hint)}</div>'
        boxes = [self._day(day, choice.zone, is_open=not n) for n, day in enumerate(days)]
        return frame.form(action, fields + "".join(boxes), method=method, kind="times once")

    def _day(self, day: SlotDay, zone: ZoneInfo, *, is_open: bool) -> str:
        texts, count = self._texts, len(day.starts)
        word = texts.one_time if count == 1 else texts.many_times.format(count=count)
        buttons = "".join(
            f'<button name="start" value="{write_start(start)}">{tell_clock(start, zone)}</button>'
            for start in day.starts
        )
        name = tell_day(day.starts[0], zone)
        return (
            f'<details class="day" name="day"{" open" if is_open else ""}><summary>'
            f"<span>{name}</span> <small>{word}</small></summary>"
            f'<div class="slots">{buttons}</div></details>'
        )

    def _keep(self, path: str) -> str:
        texts, frame = self._texts, self._frame
        return (
            f'<div class="keep"><label for="link">{texts.keep_link}</label>'
            f'<input id="link" readonly value="{html.escape(path)}" aria-describedby="link-help">'
            f'<p class="help" id="link-help">{frame.fill(texts.keep_link_help)}</p></div>'
        )

    def _changes(self, path: str) -> str:
        texts, frame = self._texts, self._frame
        cancel = frame.form(f"{path}/cancel", frame.button(texts.cancel_yes, kind="danger"))
        return (
            f'<div class="changes">{frame.link(f"{path}/move", texts.move)}'
            f'<details class="cancel"><summary class="button">{texts.cancel}</summary>'
            f"<div>{frame.paragraph(texts.cancel_sure)}{cancel}</div></details></div>"
        )

    def _proof(self, proof: Proof, *, with_heading: bool = True) -> str:
        texts, frame = self._texts, self._frame
        heading = f"<h2>{texts.verify}</h2>" if with_heading else ""
        if proof.is_verified:
            words = frame.paragraph(texts.verified, "good", email=proof.email)
            return f'<section class="proof" role="status">{words}</section>'
        fields = hidden(key=proof.key, email=proof.email) if proof.key else ""
        error = frame.error(proof.error)
        if not proof.is_sent:
            send = frame.form(
                f"{proof.action}/code", fields + frame.button(texts.send_code, kind="second")
            )
            intro = frame.paragraph(texts.verify_intro, email=proof.email)
            return f'<section class="proof">{heading}{intro}{error}{send}</section>'
        more = ' inputmode="numeric" autocomplete="one-time-code" maxlength="12" required'
        code = frame.field("code", texts.code, "", more=more)
        check = frame.form(f"{proof.action}/check", fields + code + frame.button(texts.check_code))
        again = frame.form(
            f"{proof.action}/code", fields + frame.button(texts.send_again, kind="plain")
        )
        told = frame.paragraph(texts.code_sent, email=proof.email)
        return f'<section class="proof" id="proof">{heading}{told}{error}{check}{again}</section>'
