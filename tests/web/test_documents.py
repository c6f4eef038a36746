import base64
import hashlib

from chatbot.web.documents import Document, harden_document

PAGE = """<!doctype html>
<html
\tlang="en" style="margin: 0">
<head><meta charset="utf-8" />
<meta
  property="og:title"
  content="Gradio"
/>
<meta name="twitter:creator" content="@Gradio" />
<meta name="viewport" content="width=device-width" />
<script>window.config = {"a": 1};</script>
<script type="module" crossorigin src="./assets/index.js"></script></head>
<body><script data-x>go();\r\n</script></body></html>"""


def harden(page: str = PAGE) -> Document:
    return harden_document(
        page, title='Mira "M" <V>', description="Ask & see", lang="de", head="<link own>"
    )


def test_previews_and_search_engines_see_our_own_words() -> None:
    page = harden().body.decode()
    assert "<title>Mira &quot;M&quot; &lt;V&gt;</title>" in page
    assert '<meta property="og:description" content="Ask &amp; see">' in page
    assert "Gradio" not in page
    assert 'name="viewport"' in page
    assert 'lang="de"' in page


def test_our_head_comes_after_the_configuration_and_before_gradio() -> None:
    page = harden().body.decode()
    assert page.index("window.config") < page.index("<link own>") < page.index('type="module"')


def test_every_inline_script_is_named_by_its_hash() -> None:
    codes = ['window.config = {"a": 1};', "go();\n"]
    expected = [base64.b64encode(hashlib.sha256(code.encode()).digest()) for code in codes]
    assert harden().script_hashes == tuple(f"sha256-{digest.decode()}" for digest in expected)


def test_a_page_without_scripts_is_served_too() -> None:
    document = harden("<html><head></head><body>x</body></html>")
    assert b"<link own></head>" in document.body
    assert document.script_hashes == ()
