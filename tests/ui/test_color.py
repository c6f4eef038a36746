import pytest

from chatbot.ui.color import contrast, css, parse_color, readable_on
from chatbot.ui.theme import DARK_GROUND, LIGHT_GROUND, accent_shades

ACCENTS = ["#2456c8", "#ffd400", "#000", "#fff", "#ff0000", "#7f7f7f", "#00b894"]


def test_contrast_is_the_wcag_ratio() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("accent", ACCENTS)
@pytest.mark.parametrize("ground", [LIGHT_GROUND, DARK_GROUND])
def test_any_accent_becomes_readable(accent: str, ground: tuple[int, int, int]) -> None:
    shades = accent_shades(parse_color(accent), ground)
    assert contrast(shades["accent"], ground) >= 4.5
    assert contrast(shades["accent"], shades["accent-soft"]) >= 4.45
    assert contrast(shades["on-accent"], shades["accent"]) >= 4.5
    assert contrast(shades["on-accent"], shades["accent-strong"]) >= 4.5


def test_a_readable_accent_is_kept() -> None:
    assert css(readable_on(parse_color("#2456c8"), LIGHT_GROUND)) == "#2456c8"


@pytest.mark.parametrize("text", ["blue", "#12", "#12345g", "url(x)", "#fff;}"])
def test_other_texts_are_no_colours(text: str) -> None:
    with pytest.raises(ValueError, match="is not a colour"):
        parse_color(text)
