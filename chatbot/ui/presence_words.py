"""What a visitor is told of when the owner answers: the truth at this moment, or nothing."""

import html
from zoneinfo import ZoneInfo

from chatbot.people.presence import PresenceView
from chatbot.ui.locales.en import Texts


def build_expectation(
    presence: PresenceView | None, texts: Texts, name: str, *, offers_email: bool = True
) -> str:
    """A sentence or two as HTML, "" when nothing can be promised; `name` is escaped already.

    The page's script tells the moment by the visitor's clock; without it, it is told by the owner's
    with the zone named. `offers_email` adds that an answer can come by e-mail, where that is due.
    """
    if presence is None:
        return ""
    email = f" {texts.leave_email}" if offers_email else ""
    if presence.is_online:
        return texts.answers_now.format(name=name)
    if presence.is_away:
        return texts.is_away.format(name=name) + email
    if presence.is_within_hours:
        return texts.within_hours.format(name=name)
    if presence.next_opening is None:
        return ""
    words = texts.next_hours.format(name=name, time=_build_time(presence, texts))
    return words + email


def _build_time(presence: PresenceView, texts: Texts) -> str:
    opening = presence.next_opening
    assert opening is not None
    local = opening.astimezone(ZoneInfo(presence.time_zone))
    zone = html.escape(texts.time_of.format(zone=presence.time_zone.replace("_", " ")))
    return (
        f'<time class="cc-opening" datetime="{opening:%Y-%m-%dT%H:%M:%SZ}">'
        f"{texts.weekdays[local.weekday()]} {local:%H:%M}</time> "
        f'<span class="cc-zone">{zone}</span><span class="cc-yours">{texts.your_time}</span>'
    )
