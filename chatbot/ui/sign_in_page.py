"""The HTML of the owner's sign-in page: no script, no style of its own, nothing of Gradio."""

import html
from dataclasses import dataclass

from chatbot.ui.locales.en import Texts
from chatbot.ui.theme import sign_in_head
from chatbot.ui.values import PageValues

_HUGGING_FACE = "/login/huggingface?_target_url=/owner/hugging-face"


@dataclass(frozen=True)
class SignInPage:
    """Implements `chatbot.web.owner_routes.SignInPage`; the flags say which ways in there are."""

    values: PageValues
    texts: Texts
    has_password: bool
    has_hugging_face: bool

    def __call__(self, *, error: str, goal: str = "") -> str:
        texts, name = self.texts, html.escape(self.values.name)
        title = html.escape(texts.sign_in_title.format(owner=self.values.name))
        alert = f'<p id="error" role="alert">{html.escape(error)}</p>' if error else ""
        form = self._form(goal, has_error=bool(error)) if self.has_password else ""
        other = f'<a class="button" href="{_HUGGING_FACE}">{texts.sign_in_hugging_face}</a>'
        return (
            '<!doctype html><html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            '<meta name="robots" content="noindex">'
            f"<title>{title}</title>{sign_in_head(self.values)}</head><body><main>"
            f"<p>{name}</p><h1>{texts.owner_area}</h1>{alert}{form}"
            f"{other if self.has_hugging_face else ''}"
            f'<p><a href="/">{texts.back_to_chat}</a></p></main></body></html>'
        )

    def _form(self, goal: str, *, has_error: bool) -> str:
        texts = self.texts
        after = f'<input type="hidden" name="to" value="{html.escape(goal)}">' if goal else ""
        state = ' aria-invalid="true" aria-describedby="error"' if has_error else ""
        # A password manager keeps a password under a name: this one has none of its own.
        return (
            f'<form method="post" action="/owner">{after}'
            '<input type="text" name="username" value="owner" autocomplete="username" hidden>'
            f'<label for="password">{texts.password}</label>'
            '<input type="password" id="password" name="password" required autofocus '
            f'autocomplete="current-password"{state}>'
            f'<button type="submit">{texts.sign_in}</button></form>'
        )
