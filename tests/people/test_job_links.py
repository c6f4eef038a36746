import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from chatbot.errors import InvalidInput
from chatbot.people import job_links
from chatbot.people.job_links import JobLinks, is_link, is_public

PAGE = (
    "<html><head><title>x</title><script>evil()</script></head><body><nav>Menu</nav>"
    "<h1>Engineer</h1><h2>Requirements</h2><ul><li>Python &amp; SQL<li>Go</ul></body></html>"
)
INSIDE = [
    "127.0.0.1", "10.0.0.5", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1", "fd12::1",
    "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:10.0.0.1", "::127.0.0.1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::", "ff02::1", "fec0::1", "rubbish",
    "fe80::1%eth0",
]  # fmt: skip


@contextlib.contextmanager
def served(pages):
    """A web server on loopback: each path has its status, headers and body."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            seen.append((self.path, self.headers["host"]))
            status, headers, body = pages[self.path]
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(OSError):
                for piece in body if isinstance(body, list) else [body]:
                    piece() if callable(piece) else self.wfile.write(piece)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, seen
    server.shutdown()
    server.server_close()


def fetcher(port, is_allowed=lambda _address: True):
    return JobLinks(is_allowed=is_allowed, ports=frozenset({port, 80, 443}))


def html(body, **headers):
    return (200, {"content-type": "text/html; charset=utf-8", **headers}, body)


async def test_a_page_is_read_as_its_lines():
    with served({"/job?x=1": html(PAGE.encode())}) as (port, seen):
        text = await fetcher(port).fetch(f"http://localhost:{port}/job?x=1")
    assert text == "## Engineer\n## Requirements\n- Python & SQL\n- Go"
    assert seen == [("/job?x=1", f"localhost:{port}")]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_that_is_not_public_is_refused(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_a_public_address_is_allowed(address):
    assert is_public(address)


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "[::1]", "2130706433", "127.1", "[::ffff:127.0.0.1]"]
)
async def test_the_guard_lets_nothing_through_to_this_machine(host):
    with served({"/": html(b"secret")}) as (port, seen):
        guarded = JobLinks(ports=frozenset({port}))
        with pytest.raises(InvalidInput):
            await guarded.fetch(f"http://{host}:{port}/")
    assert seen == []


async def test_every_redirect_is_checked_again():
    asked = []

    def only_first(address):
        asked.append(address)
        return len(asked) == 1

    pages = {"/": (302, {"location": "/next"}, b""), "/next": html(b"secret")}
    with served(pages) as (port, seen):
        with pytest.raises(InvalidInput):
            await fetcher(port, only_first).fetch(f"http://127.0.0.1:{port}/")
        assert [path for path, _ in seen] == ["/"]
        text = await fetcher(port).fetch(f"http://127.0.0.1:{port}/")
    assert text == "secret"


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x", "file:///etc/passwd", "http://user:pw@example.org/", "http://",
        "http://example.org:22/", "gopher://example.org", "http://[bad/", "nonsense",
    ],
)  # fmt: skip
async def test_other_addresses_are_refused(url):
    with pytest.raises(InvalidInput):
        await JobLinks(is_allowed=lambda _address: True).fetch(url)


async def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    """A name server that gives another answer the second time gains nothing."""
    import asyncio

    calls = []

    async def getaddrinfo(_self, _host, port, **_options):
        calls.append(port)
        address = "127.0.0.1" if len(calls) == 1 else "127.0.0.2"
        return [(2, 1, 6, "", (address, port))]

    with served({"/": html(b"first")}) as (port, seen):
        loop = type(asyncio.get_running_loop())
        monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
        assert await fetcher(port).fetch(f"http://rebind.test:{port}/") == "first"
    assert len(calls) == 1
    assert seen == [("/", f"rebind.test:{port}")]


async def test_what_is_no_text_too_large_or_too_slow_is_refused(monkeypatch):
    monkeypatch.setattr(job_links, "MAX_SECONDS", 0.5)
    gate = threading.Event()
    pages = {
        "/pdf": (200, {"content-type": "application/pdf"}, b"%PDF"),
        "/large": html([b"a" * 1_000_001] * 3),
        "/slow": html([b"a", lambda: gate.wait(3), b"b"]),
        "/gone": (404, {"content-type": "text/html"}, b"x"),
        "/loop": (302, {"location": "/loop"}, b""),
    }
    with served(pages) as (port, _):
        for path, words in (
            ("/pdf", job_links.NOT_TEXT),
            ("/large", job_links.TOO_LARGE),
            ("/slow", job_links.NOT_FETCHED),
            ("/gone", job_links.NOT_FETCHED),
            ("/loop", job_links.NOT_FETCHED),
        ):
            with pytest.raises(InvalidInput) as refused:
                await fetcher(port).fetch(f"http://127.0.0.1:{port}{path}")
            assert refused.value.user_message == words, path
        gate.set()


def test_a_link_is_one_address_and_nothing_else():
    assert is_link(" https://example.org/job ")
    assert not is_link("https://example.org is a job")
    assert not is_link("Engineer")
