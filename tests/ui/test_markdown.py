import html
import re

import pytest

from chatbot.ui.markdown import SafeMarkdown, plain_html

SAFE = SafeMarkdown(frozenset({"github.com"}))


def render(text: str) -> str:
    return SAFE.render(text, lambda number: f"<b>{number}</b>" if number < 3 else None)


def hosts_linked(markup: str) -> set[str]:
    return set(re.findall(r'href="https?://([^/"]+)', markup))


def shown(markup: str) -> str:
    """The text that a reader sees, tags and entities resolved."""
    return html.unescape(re.sub(r"</?(?:a|b|pre|code|span)\b[^>]*>", "", markup))


def test_emphasis_and_lists_stay_markdown() -> None:
    assert render("**bold**, *soft*\n\n- one\n- two") == "**bold**, *soft*\n\n- one\n- two"


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        '<div style="position:fixed;inset:0">',
        "`open <script>alert(1)</script>",
        "``` <img src=x>\n<img src=y>",
        "~~~\n`<img src=x>",
        "\ue0000\ue001<img src=x>",
        "[a](https://github.com/<img src=x>)",
        "`a` <b>x</b> `",
        "![<img src=x>](https://github.com/y)",
    ],
)
def test_no_tag_of_the_text_survives(text: str) -> None:
    markup = render(text)
    assert (
        re.sub(
            r'</?(?:pre|code)>|<a href="[^"<>]*" target="_blank" rel="noopener noreferrer">'
            r"|</a>",
            "",
            markup,
        ).count("<")
        == 0
    )


def test_no_backtick_reaches_the_renderer() -> None:
    assert "`" not in render("`a` and ``b ` c`` and ` stray\n```py\ncode `x`\n```\nand ```")


def test_code_is_shown_as_it_was_written() -> None:
    source = "if a < b and c[0](x) == '**':\n\n    print(\"<b>\")"
    markup = render(f"Look:\n\n```python\n{source}\n```\n\nDone.")
    assert shown(markup).split("\n\n", 1)[1].rsplit("\n\n", 1)[0].strip() == source
    assert "\n\n    " not in markup


def test_an_unfinished_code_block_is_code_already() -> None:
    assert "<pre><code>" in render("Text\n```py\nprint(1)")


@pytest.mark.parametrize(
    "text",
    [
        "[x](https://evil.example/a)",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert`1`)",
        "[x](data:text/html;base64,AAAA)",
        "[x](//evil.example)",
        "[x](https://github.com.evil.example)",
        "[x](https://github.com@evil.example/)",
        "[x](https://user@github.com/)",
        "[x][1]\n\n[1]: https://evil.example",
        "[x]: https://evil.example 'x'\n\n[x]",
        "<https://evil.example>",
        "https://evil.example/path",
        "www.evil.example",
        "see http://evil.example.",
        "[https://github.com](https://evil.example)",
    ],
)
def test_no_link_leads_to_an_unknown_host(text: str) -> None:
    markup = render(text)
    assert not re.search(r'href="(?!https://github\.com["/])', markup)
    assert not re.search(r"\]\s*[(\[:]", markup)
    assert not re.search(r"(?:https?|ftp)://|\bwww\.", re.sub(r'href="[^"]*"', "", markup))


def test_links_to_known_hosts_open_apart() -> None:
    markup = render("[code](https://github.com/mira) and https://www.github.com/x.")
    assert hosts_linked(markup) == {"github.com", "www.github.com"}
    assert markup.count('target="_blank" rel="noopener noreferrer"') == 2
    assert markup.endswith("</a>.")


def test_an_unknown_address_stays_readable() -> None:
    assert shown(render("[paper](https://evil.example/a)")) == "paper (https://evil.example/a)"


def test_mail_addresses_become_links() -> None:
    assert 'href="mailto:mira@vossberg.example"' in render("Write to mira@vossberg.example.")


def test_images_become_their_description() -> None:
    markup = render("![a plan](https://evil.example/x.png)")
    assert shown(markup) == "a plan"
    assert "evil" not in markup


def test_known_markers_become_citations_and_others_stay_text() -> None:
    assert shown(render("As said [1][2]. But not [7].")) == "As said\xa012. But not [7]."


def test_headings_never_compete_with_the_page() -> None:
    assert render("# Big\n\ntext\n\n###### Small") == "#### Big\n\ntext\n\n#### Small"


def test_plain_text_keeps_line_breaks_on_one_line_of_html() -> None:
    assert plain_html("a <b>\n\n**c** & 'd'") == "a &lt;b&gt;<br><br>**c** &amp; &#x27;d&#x27;"


def test_hostile_nesting_takes_linear_time() -> None:
    for text in ("[" * 5000, "`" * 5000, "`a" * 3000, "](" * 3000, "[1" * 3000, "@" * 5000):
        render(text)
