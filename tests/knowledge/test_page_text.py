import time

import pytest

from chatbot.knowledge.page_text import read_page_text


def test_what_a_reader_sees_is_read_line_by_line():
    page = (
        "<!DOCTYPE html><html><head><title>x</title><style>p{}</style></head><body><nav><nav>a"
        "</nav>b</nav><h2>Skills</h2><!-- <p>no</p> --><ul><li>C++ &amp; SQL<li>a &lt; b</ul>"
        "<SCRIPT>if (a<b) { bad() }</SCRIPT><p>One<br>two</p><footer>f</footer>end"
    )
    assert read_page_text(page).splitlines() == [
        "## Skills",
        "- C++ & SQL",
        "- a < b",
        "One",
        "two",
        "end",
    ]


PIECES = ["<", "<!--", "<a", "<div>", "<nav>", "</nav><nav>", "<script>", "<!", "&#", "<li "]


@pytest.mark.parametrize("piece", PIECES)
def test_no_page_takes_long(piece):
    page = piece * (500_000 // len(piece))
    start = time.process_time()
    read_page_text(page)
    assert time.process_time() - start < 3
