"""Signed texts: read back as they were, and never when anything about them was changed."""

from hypothesis import given
from hypothesis import strategies as st

from chatbot.signing import Sealer, Signer, hash_token, new_token

SIGNER = Signer("a secret key of more than 32 characters", "booking")


@given(st.text(min_size=1))
def test_what_was_signed_is_read_back(text):
    assert SIGNER.read(SIGNER.sign(text)) == text


@given(st.text(min_size=1, alphabet="abc.|"), st.integers(min_value=0))
def test_a_changed_character_is_noticed(text, place):
    token = SIGNER.sign(text)
    place %= len(token)
    changed = token[:place] + ("x" if token[place] != "x" else "y") + token[place + 1 :]
    assert SIGNER.read(changed) is None


def test_other_purposes_and_other_keys_sign_otherwise():
    token = SIGNER.sign("text")
    assert Signer("a secret key of more than 32 characters", "action").read(token) is None
    assert Signer("another secret key of 32 characters.", "booking").read(token) is None


@given(st.text())
def test_any_other_text_is_refused_and_never_an_error(text):
    assert SIGNER.read(text) is None


def test_tokens_differ_and_only_their_hash_is_kept():
    first, second = new_token(), new_token()
    assert first != second
    assert len(hash_token(first)) == 64
    assert first not in hash_token(first)


def test_a_sealed_text_is_hidden_and_opened_by_its_own_key_and_purpose_only():
    sealed = Sealer("k" * 32, "return").seal("the token")
    assert "the token" not in sealed
    assert Sealer("k" * 32, "return").open(sealed, seconds=60) == "the token"
    for other in (Sealer("x" * 32, "return"), Sealer("k" * 32, "other")):
        assert other.open(sealed, seconds=60) is None
    for broken in ("", "x", sealed[:-2], sealed + "x", "\udc80"):
        assert Sealer("k" * 32, "return").open(broken, seconds=60) is None
    assert Sealer("k" * 32, "return").open(sealed, seconds=-1) is None
