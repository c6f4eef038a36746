"""Finds shades of the owner's accent colour that stay readable on light and dark ground.

Contrast is the WCAG 2.2 ratio of relative luminances (https://www.w3.org/TR/WCAG22/#contrast).
"""

import re

_READABLE = 4.5
_STEPS = 100

Rgb = tuple[int, int, int]


def parse_color(text: str) -> Rgb:
    """ "#2456c8" or "#25c" as three numbers from 0 to 255; ValueError for anything else."""
    match = re.fullmatch(r"#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})", text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a colour like #2456c8")
    digits = match[1] if len(match[1]) == 6 else "".join(2 * digit for digit in match[1])
    return int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16)


def contrast(one: Rgb, other: Rgb) -> float:
    """The contrast ratio of two colours: 1 for the same one, 21 for black on white."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable_on(color: Rgb, ground: Rgb) -> Rgb:
    """The shade nearest to `color` that reaches 4.5:1 on `ground`."""
    target: Rgb = (0, 0, 0) if _luminance(ground) > 0.18 else (255, 255, 255)
    for step in range(_STEPS + 1):
        shade = mix(color, target, step / _STEPS)
        if contrast(shade, ground) >= _READABLE:
            return shade
    return target


def text_on(color: Rgb) -> Rgb:
    """White or near black, whichever reads better on `color`."""
    white, black = (255, 255, 255), (16, 18, 22)
    return white if contrast(white, color) >= contrast(black, color) else black


def mix(color: Rgb, other: Rgb, share: float) -> Rgb:
    """`color` with `share` (0 to 1) of `other` in it."""
    red, green, blue = (
        round(one + (two - one) * share) for one, two in zip(color, other, strict=True)
    )
    return red, green, blue


def css(color: Rgb) -> str:
    return f"#{color[0]:02x}{color[1]:02x}{color[2]:02x}"


def _luminance(color: Rgb) -> float:
    red, green, blue = (_linear(part / 255) for part in color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
