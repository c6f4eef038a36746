"""Finds in a page what no message may leave there."""

from tests.e2e.visitor_page import VisitorPage

INTRUDERS = """() => {
    const own = (address) => new URL(address, location.href).host === location.host;
    const log = document.querySelector("[role=log]");
    const found = [];
    const add = (kind, node) => found.push(`${kind}: ${node.outerHTML.slice(0, 200)}`);
    for (const node of log.querySelectorAll(
        "script, iframe, object, embed, form, style, link, meta, base, video, audio, svg [onload]"
    )) add("element", node);
    for (const node of log.querySelectorAll("img, source, input[src], image")) {
        const address = node.src || node.href?.baseVal || "";
        if (address && !own(address) && !address.startsWith("data:")) add("image", node);
    }
    for (const node of log.querySelectorAll("a[href]")) {
        const host = new URL(node.href, location.href).hostname;
        const known = /^(mara-lindqvist|github|linkedin)\\.example\\.com$/.test(host);
        if (!own(node.href) && !known) add("link", node);
    }
    for (const node of log.querySelectorAll("*")) {
        for (const { name } of node.attributes) if (name.startsWith("on")) add("handler", node);
        if (getComputedStyle(node).position === "fixed") add("overlay", node);
    }
    for (const id of ["conversation-id", "do-menu", "message-box"]) {
        if (document.querySelectorAll(`#${id}`).length > 1) found.push(`second #${id}`);
    }
    if (window.__pwned !== undefined) found.push("a script ran");
    return found;
}"""


def check_page(visitor: VisitorPage) -> None:
    """The page holds nothing of a stranger's making, and can be used."""
    assert visitor.page.evaluate(INTRUDERS) == []
    visitor.box.click(trial=True)
    visitor.button("Talk to Mara").click(trial=True)
