import logging

import pytest

from chatbot.web.client_address import TrustedProxies

PEER = "198.51.100.9"


def resolve(forwarded: list[str], *, peer: str = PEER, trusted: tuple[str, ...] = ()) -> str:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    scope = {"type": "http", "client": (peer, 1234), "headers": headers}
    return TrustedProxies(trusted).resolve(scope)["client"][0]


@pytest.mark.parametrize("peer", [PEER, "127.0.0.1", "10.1.2.3", "::1", "testclient"])
def test_a_header_of_somebody_who_is_not_trusted_is_ignored(peer: str) -> None:
    assert resolve(["203.0.113.7"], peer=peer) == peer


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        (["203.0.113.7"], "203.0.113.7"),
        # Whatever the client wrote itself stands before what the proxy saw.
        (["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
        (["1.1.1.1", "203.0.113.7"], "203.0.113.7"),
        (["203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        (["10.9.9.9, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
        (["203.0.113.7:51234"], "203.0.113.7"),
        (["[2001:db8::7]:51234"], "2001:db8::7"),
        (["2001:db8::7"], "2001:db8::7"),
        (["::ffff:203.0.113.7"], "203.0.113.7"),
        (["203.0.113.7, nonsense, 10.0.0.2"], "10.0.0.2"),
        (["nonsense"], "10.0.0.1"),
        ([""], "10.0.0.1"),
        (["10.0.0.3"], "10.0.0.3"),
        ([",".join(["10.0.0.2"] * 5000)], "10.0.0.2"),
    ],
)
def test_a_trusted_proxy_says_who_the_client_is(forwarded: list[str], client: str) -> None:
    assert resolve(forwarded, peer="10.0.0.1", trusted=("10.0.0.0/8",)) == client


def test_the_owner_is_told_once_of_a_proxy_that_is_not_named(caplog) -> None:
    proxies = TrustedProxies()
    scope = {"client": ("172.17.0.1", 1), "headers": [(b"x-forwarded-for", b"203.0.113.7")]}
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            proxies.resolve(scope)
    assert caplog.text.count("TRUSTED_PROXIES") == 1
    assert "203.0.113.7" not in caplog.text
