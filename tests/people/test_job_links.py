import asyncio
import contextlib
import threading
import tracemalloc
import zlib
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
    "host",
    [
        "localhost", "LOCALHOST.", "127.0.0.1", "[::1]", "2130706433", "0x7f000001", "0177.0.0.1",
        "127.1", "0", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::127.0.0.1]", "[::]",
        "\u2460\u2461\u2466.0.0.1",
    ],
)  # fmt: skip
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
    "target",
    [
        "http://10.0.0.5/", "http://169.254.169.254/latest/meta-data/", "http://[::1]/",
        "http://[::ffff:10.0.0.5]/", "http://167772165/", "http://0x0a000005/", "//10.0.0.5/",
        "http://127.0.0.2/", "file:///etc/passwd", "ftp://10.0.0.5/", "gopher://10.0.0.5/",
        "http://user:pw@10.0.0.5/",
    ],
)  # fmt: skip
async def test_a_redirect_leads_to_no_private_address(target):
    """The first address is let through, as if it were a public one; then the guard is the real."""
    with served({"/": (302, {"location": target}, b"")}) as (port, seen):
        guarded = fetcher(port, lambda address: address == "127.0.0.1" or is_public(address))
        with pytest.raises(InvalidInput) as refused:
            await guarded.fetch(f"http://127.0.0.1:{port}/")
    assert refused.value.user_message == job_links.NOT_PUBLIC
    assert len(seen) == 1


async def test_a_name_with_one_private_address_among_public_ones_is_refused(monkeypatch):
    async def getaddrinfo(_self, _host, port, **_options):
        addresses = ("93.184.215.14", "10.0.0.5")
        return [(2, 1, 6, "", (address, port)) for address in addresses]

    loop = type(asyncio.get_running_loop())
    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo)
    with pytest.raises(InvalidInput) as refused:
        await JobLinks().fetch("http://both.test/")
    assert refused.value.user_message == job_links.NOT_PUBLIC


def packed(body, method):
    """A body as a server may pack it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, {"gzip": 31, "deflate": 15}[method])
    return packer.compress(body) + packer.flush()


@pytest.mark.parametrize("method", ["gzip", "deflate"])
async def test_a_packed_page_is_read_and_a_bomb_is_not_unpacked(method):
    bomb = packed(bytes(40_000_000), method)
    assert len(bomb) < 100_000
    headers = {"content-encoding": method}
    pages = {
        "/job": html(packed(PAGE.encode(), method), **headers),
        "/bomb": html(bomb, **headers),
        "/torn": html(b"no such thing", **headers),
        "/br": html(b"\x0b\x02\x80hello\x03", **{"content-encoding": "br"}),
        "/twice": html(bomb, **{"content-encoding": "gzip, gzip"}),
    }
    with served(pages) as (port, _):
        base = f"http://127.0.0.1:{port}"
        assert (await fetcher(port).fetch(f"{base}/job")).startswith("## Engineer")
        tracemalloc.start()
        with pytest.raises(InvalidInput) as refused:
            await fetcher(port).fetch(f"{base}/bomb")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert refused.value.user_message == job_links.TOO_LARGE
        assert peak < 20_000_000
        for path in ("/torn", "/br", "/twice"):
            with pytest.raises(InvalidInput) as refused:
                await fetcher(port).fetch(base + path)
            assert refused.value.user_message == job_links.NOT_FETCHED, path


async def test_bytes_that_drip_in_do_not_prolong_the_time(monkeypatch):
    monkeypatch.setattr(job_links, "MAX_SECONDS", 0.5)
    left = threading.Event()
    drops = [part for _ in range(400) for part in (b"a", lambda: left.wait(0.05))]
    with served({"/": html(drops)}) as (port, seen):
        with pytest.raises(InvalidInput) as refused:
            await fetcher(port).fetch(f"http://127.0.0.1:{port}/")
        left.set()
    assert refused.value.user_message == job_links.NOT_FETCHED
    assert len(seen) == 1


async def test_a_character_set_that_nobody_knows_is_no_fault_of_ours():
    with served({"/": html(b"x", **{"content-type": "text/html; charset=klingon"})}) as (port, _):
        with contextlib.suppress(InvalidInput):
            await fetcher(port).fetch(f"http://127.0.0.1:{port}/")


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
