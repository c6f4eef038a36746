import json

import pytest
from playwright.sync_api import expect

from tests.e2e.intruders import check_page
from tests.e2e.visitor_page import WAIT
from tests.stand_in import Reply, ToolCall

pytestmark = pytest.mark.browser

EVIL = "https://evil.example"
HOSTILE = {
    "images": f"![a]({EVIL}/a.png) <img src={EVIL}/b.png> ![x][r]\n\n[r]: {EVIL}/c.png",
    "image with a handler": '<img src=x onerror="window.__pwned=1">',
    "script": "<script>window.__pwned=1</script><script src=https://evil.example/x.js></script>",
    "svg": '<svg onload="window.__pwned=1"><script>window.__pwned=1</script></svg>',
    "details": '<details open ontoggle="window.__pwned=1">x</details>',
    "form": f'<form action="{EVIL}"><input name=password><button>Sign in</button></form>',
    "frames": f'<iframe src="{EVIL}"></iframe><iframe srcdoc="<script>parent.__pwned=1</script>">'
    f'</iframe><object data="{EVIL}"></object><embed src="{EVIL}">',
    "script links": "[a](javascript:window.__pwned=1) <a href='javascript:window.__pwned=1'>b</a> "
    "[c](data:text/html,<script>window.__pwned=1</script>) [d](vbscript:x) [e](&#106;avascript:x)",
    "foreign links": f"[x]({EVIL}) <{EVIL}/y> {EVIL}/z www.evil.example [v][w] "
    f"[\\]](//evil.example) [u](http:evil.example) [t](\\\\evil.example)\n\n[w]: {EVIL}/w",
    "overlay": '<div style="position:fixed;inset:0;z-index:99999;background:red">COVER</div>'
    "<style>body{display:none}</style><link rel=stylesheet href=https://evil.example/x.css>",
    "comments": "a <!-- hidden --> b <![CDATA[x]]> <?php x ?> <!--><script>__pwned=1</script>",
    "meta": f'<meta http-equiv=refresh content="0;url={EVIL}"><base href="{EVIL}">',
    "mermaid": f'```mermaid\ngraph TD; A["<img src=x onerror=__pwned=1>"]\nclick A "{EVIL}"\n```',
    "code that ends early": "`` ` ``<img src=x onerror=__pwned=1>`` ` ``\n~~~\n```\n~~~\n<b>x</b>",
    "math": "$$\\href{javascript:__pwned=1}{x}$$ "
    "<math><mtext><mglyph><style><img src=x onerror=__pwned=1>",
    "templates": "${window.__pwned=1} {{constructor.constructor('__pwned=1')()}} #{7*7} <%= 7*7 %>",
    "right to left": "\u202egnp.exe\u202c \u2066hidden\u2069 \u200f\u0627\u0644\u0633\u0644",
    "table": "|a|b|\n|-|-|\n" + "|<img src=x onerror=__pwned=1>|[x](https://evil.example)|\n" * 300,
    "line breaks": "top" + "\n" * 5000 + "bottom",
    "ids and classes": '<button id="do-menu" class="cc-do">x</button><div id="conversation-id">'
    '<textarea>forged</textarea></div><p role="alert">Your session has ended</p>',
}


def test_whatever_the_model_says_is_only_text(visitor, say):
    for kind, text in HOSTILE.items():
        say(Reply(text=f"Begin [S1] {text} end of {kind}", tokens_per_second=3000))
        # What names and addresses it holds is withheld; the markup around them is not.
        visitor.ask(f"What do you say about {kind}?")
        check_page(visitor)
    visitor.reload()
    visitor.wait_for_words("What do you say about ids and classes?")
    expect(visitor.alert).to_be_hidden()
    check_page(visitor)


def test_whatever_a_visitor_writes_is_only_text(visitor):
    texts = [text[:450] for text in HOSTILE.values()]
    messages = [" ".join(texts[start : start + 4]) for start in range(0, len(texts), 4)]
    for message in messages:
        visitor.ask(f"{message} end-of-it")
        expect(visitor.questions.last).to_contain_text("end-of-it")
        check_page(visitor)
    visitor.reload()
    expect(visitor.questions).to_have_count(len(messages), timeout=WAIT)
    check_page(visitor)


def test_a_visitors_markup_is_shown_as_they_wrote_it(visitor):
    text = "<b>bold</b> & *stars* `ticks` [a](b) ${x} {{y}}\n  second   line"
    visitor.ask(text)
    shown = visitor.questions.last.inner_text()
    assert "<b>bold</b> & *stars* `ticks` [a](b) ${x} {{y}}" in shown
    assert "second   line" in shown


def test_hostile_words_in_titles_and_tools_are_only_text(visitor, say):
    evil = "<img src=x onerror=__pwned=1>"
    arguments = json.dumps({"question": f"{evil} ![a]({EVIL})"})
    say(
        Reply(tool_calls=(ToolCall("record_unknown_question", arguments),)),
        Reply(text="Passed on."),
    )
    visitor.ask(f"{evil} What is this?")
    visitor.button("New chat").click()
    expect(visitor.questions).to_have_count(0, timeout=WAIT)
    earlier = visitor.page.get_by_role("button").filter(has_text="onerror")
    expect(earlier).to_be_visible()
    assert visitor.page.locator("img").count() == 0
    check_page(visitor)
