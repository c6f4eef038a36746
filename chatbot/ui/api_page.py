"""The page that documents the API, made of its OpenAPI document; it runs no script."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from chatbot.ui.theme import api_head
from chatbot.ui.values import PageValues

_MARKS = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"`(.+?)`"), r"<code>\1</code>"),
)
_WHO = {
    (): "Everybody",
    ("chatToken",): "The chat's visitor",
    ("ownerToken",): "The owner",
    ("chatToken", "ownerToken"): "The chat's visitor and the owner",
}
_STRINGS = {
    "date-time": "2027-01-05T12:00:00Z",
    "uuid": "01980000-0000-7000-8000-00000000000a",
}
_DEPTH = 6

Document = Mapping[str, Any]


class ApiPage:
    """Makes the page for one owner's installation."""

    def __init__(self, values: PageValues) -> None:
        self._values = values

    def __call__(self, document: Document) -> str:
        """The whole HTML of the page."""
        operations = list(_list_operations(document))
        title = f"API of {self._values.name}'s AI stand-in"
        index = "".join(
            f'<li><a href="#{_anchor(method, path)}">{_method(method)} '
            f"<code>{html.escape(path)}</code></a></li>"
            for method, path, _ in operations
        )
        sections = "".join(_section(document, *operation) for operation in operations)
        return (
            f'<!doctype html><html lang="en"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{html.escape(title)}</title>{api_head(self._values)}</head><body>"
            f"<main><h1>{html.escape(title)}</h1>"
            f"<p>Version {html.escape(document['info']['version'])}. The same for programs: "
            f'<a href="/api/openapi.json">openapi.json</a>. <a href="/">The page itself</a>.</p>'
            f"{_prose(document['info'].get('description', ''))}"
            f'<nav aria-label="Addresses"><h2>Addresses</h2><ul>{index}</ul></nav>{sections}'
            f"</main></body></html>"
        )


def _list_operations(document: Document) -> Iterator[tuple[str, str, Document]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            yield method, path, operation


def _section(document: Document, method: str, path: str, operation: Document) -> str:
    who = _WHO[tuple(key for choice in operation.get("security", ()) for key in choice)]
    summary = html.escape(operation.get("summary", ""))
    return (
        f'<section id="{_anchor(method, path)}"><h2>{_method(method)} '
        f"<code>{html.escape(path)}</code></h2><p><strong>{summary}.</strong> {who}.</p>"
        f"{_prose(operation.get('description', ''))}{_parameters(operation)}"
        f"{_request(document, method, path, operation)}{_responses(document, operation)}</section>"
    )


def _parameters(operation: Document) -> str:
    rows = "".join(
        f"<tr><td><code>{html.escape(each['name'])}</code></td>"
        f"<td>{html.escape(each['in'])}{', needed' if each.get('required') else ''}</td>"
        f"<td>{html.escape(_limits(each['schema']))}</td>"
        f"<td>{_inline(each.get('description', ''))}</td></tr>"
        for each in operation.get("parameters", ())
    )
    head = "<tr><th>Parameter</th><th>Where</th><th>Values</th><th></th></tr>"
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>" if rows else ""


def _request(document: Document, method: str, path: str, operation: Document) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    lines = [f"curl -X {method.upper()} https://THIS-SITE{path}"]
    if operation.get("security"):
        lines.append('-H "Authorization: Bearer TOKEN"')
    body = content.get("application/json")
    if body:
        example = _example(document, body["schema"])
        lines.append('-H "Content-Type: application/json"')
        lines.append(f"-d '{json.dumps(example, ensure_ascii=False)}'")
    command = " \\\n  ".join(lines)
    return f'<pre tabindex="0">{html.escape(command)}</pre>'


def _responses(document: Document, operation: Document) -> str:
    rows = []
    for status, response in operation["responses"].items():
        body = response.get("content", {}).get("application/json", {}).get("schema")
        example = ""
        if body and status.startswith("2"):
            made = json.dumps(_example(document, body), indent=2, ensure_ascii=False)
            example = f'<pre tabindex="0">{html.escape(made)}</pre>'
        words = _inline(response.get("description", ""))
        rows.append(f"<tr><td>{html.escape(status)}</td><td>{words}{example}</td></tr>")
    head = "<tr><th>Status</th><th>Meaning</th></tr>"
    return f"<table><thead>{head}</thead><tbody>{''.join(rows)}</tbody></table>"


def _example(document: Document, schema: Document, depth: int = 0) -> Any:
    """A value that fits a schema, from its examples where it has some."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return _example(document, document["components"]["schemas"][name], depth + 1)
    if schema.get("examples"):
        return schema["examples"][0]
    if "default" in schema:
        return schema["default"]
    if schema.get("enum"):
        return schema["enum"][0]
    if choices := schema.get("anyOf"):
        return _example(document, choices[0], depth)
    if depth > _DEPTH:
        return None
    match schema.get("type"):
        case "object":
            parts = schema.get("properties", {})
            return {name: _example(document, part, depth) for name, part in parts.items()}
        case "array":
            return [_example(document, schema["items"], depth + 1)]
        case "integer":
            return 1
        case "number":
            return 0.5
        case "boolean":
            return True
        case "string":
            return _STRINGS.get(schema.get("format", ""), "...")
    return None


def _limits(schema: Document) -> str:
    choices = schema.get("anyOf", [schema])
    kinds = [choice.get("format") or choice.get("type", "text") for choice in choices]
    words = " or ".join(kind for kind in kinds if kind != "null")
    low, high, longest = (schema.get(key) for key in ("minimum", "maximum", "maxLength"))
    if low is not None or high is not None:
        words += f", {low} to {high}"
    if longest is not None:
        words += f", at most {longest} characters"
    if "default" in schema:
        words += f"; {json.dumps(schema['default'])} when left out"
    return words


def _prose(text: str) -> str:
    return "".join(f"<p>{_inline(part)}</p>" for part in text.split("\n\n") if part.strip())


def _inline(text: str) -> str:
    text = html.escape(" ".join(text.split()), quote=False)
    for pattern, replacement in _MARKS:
        text = pattern.sub(replacement, text)
    return text


def _method(method: str) -> str:
    return f'<span class="method {html.escape(method)}">{html.escape(method.upper())}</span>'


def _anchor(method: str, path: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", f"{method}{path}".lower()).strip("-")
