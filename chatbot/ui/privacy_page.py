"""What visitors are told about their data: a dialog on the page, and a page of its own.

Both are made of the settings, so that they are true, and of nothing that a visitor sends.
"""

import html

from chatbot.ui.locales.privacy_en import PrivacyTexts, Section
from chatbot.ui.theme import sign_in_head
from chatbot.ui.values import PageValues


class PrivacyPage:
    """The words about one owner's page."""

    def __init__(self, values: PageValues, texts: PrivacyTexts) -> None:
        self._values = values
        self._texts = texts

    def dialog(self, title: str) -> str:
        """The dialog, closed; the page's script opens it and shows one of its steps."""
        texts, fill = self._texts, self._fill
        return (
            '<dialog id="your-data" aria-labelledby="your-data-title">'
            f"{_button('close', texts.close, 'cc-close')}"
            '<div class="cc-step" data-step="start">'
            f'<h2 id="your-data-title">{title}</h2>'
            f'<p>{fill(texts.intro)} <a href="/privacy" target="_blank" rel="noopener">'
            f"{texts.more}</a></p>"
            f"{_choice('download', texts.download, texts.download_hint)}"
            f"{_choice('delete', texts.delete, texts.delete_hint)}</div>"
            '<div class="cc-step" data-step="confirm" hidden>'
            f"<h2>{texts.confirm}</h2><p>{fill(texts.confirm_hint)}</p>"
            f'<p>{texts.confirm_note}</p><p class="cc-acts">{_button("keep", texts.keep)}'
            f"{_button('erase', texts.yes_delete, 'is-final')}</p></div>"
            '<div class="cc-step" data-step="done" hidden>'
            f'<h2 tabindex="-1">{texts.deleted}</h2><p>{texts.deleted_hint}</p><p class="cc-acts">'
            f"{_button('afresh', texts.start_afresh, 'is-main')}</p></div>"
            f'<p class="cc-line" role="status" data-preparing="{texts.preparing}" '
            f'data-downloaded="{texts.downloaded}" data-deleting="{texts.deleting}" '
            f'data-failed="{texts.failed}"></p></dialog>'
        )

    def __call__(self) -> str:
        """The whole HTML of `/privacy`, without a script."""
        texts, values = self._texts, self._values
        title = self._fill(texts.page_title)
        parts = "".join(
            f"<h2>{heading}</h2>{''.join(f'<p>{self._fill(line)}</p>' for line in lines)}"
            for heading, lines in self._sections()
        )
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title>{sign_in_head(values)}</head>"
            f'<body><main class="prose"><p>{html.escape(values.name)}</p>'
            f"<h1>{texts.heading}</h1><p>{self._fill(texts.about)}</p>{parts}"
            f'<p><a class="button" href="/">{texts.back}</a></p></main></body></html>'
        )

    def _sections(self) -> list[Section]:
        texts, values = self._texts, self._values
        chats = texts.chats_for.replace("{days}", texts.in_days(values.chat_days))
        contacts = texts.contacts_for.replace("{days}", texts.in_days(values.contact_days))
        return [
            texts.kept,
            texts.browser,
            (texts.how_long, (chats, contacts)),
            (texts.who, tuple(self._who_sees())),
            texts.rights,
        ]

    def _who_sees(self) -> list[str]:
        texts, values = self._texts, self._values
        provider = texts.provider if values.provider_host else texts.no_provider
        more = [
            (values.is_pushed, texts.pushed),
            (values.is_mailed, texts.mailed),
            (values.is_copied, texts.copied),
        ]
        return [texts.owner_reads, provider, *(words for holds, words in more if holds)]

    def _fill(self, words: str) -> str:
        values, texts = self._values, self._texts
        return words.format(
            owner=html.escape(values.name),
            name=html.escape(values.first_name),
            host=html.escape(values.provider_host),
            chat_days=texts.in_days(values.chat_days),
            contact_days=texts.in_days(values.contact_days),
        )


def _button(action: str, label: str, style: str = "") -> str:
    return f'<button type="button" class="{style}" data-do="{action}"><span>{label}</span></button>'


def _choice(action: str, label: str, hint: str) -> str:
    name = f"your-data-{action}"
    return (
        f'<button type="button" class="cc-choose is-{action}" data-do="{action}" '
        f'aria-labelledby="{name}" aria-describedby="{name}-hint">'
        f'<b id="{name}">{label}</b><small id="{name}-hint">{hint}</small></button>'
    )
