"""The design's colours, light and dark, against the contrasts of WCAG 2.2."""

import re

import pytest

from service.reports import STATIC_FOLDER

TOKENS = (STATIC_FOLDER / "tokens.css").read_text(encoding="utf-8")
LIGHT, DARK = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part))
    for part in TOKENS.split("@media (prefers-color-scheme: dark)")
)
SCHEMES = {"light": LIGHT, "dark": LIGHT | DARK}

TEXT = [
    ("ink", "ground"), ("ink", "surface"), ("ink", "sunken"), ("ink", "accent-soft"),
    ("ink-muted", "ground"), ("ink-muted", "surface"), ("ink-muted", "sunken"), ("ink-muted", "accent-soft"),
    ("accent", "ground"), ("accent", "surface"), ("accent", "accent-soft"), ("accent-ink", "accent"),
    ("caution", "caution-soft"), ("caution", "surface"), ("caution", "ground"), ("stop", "stop-soft"),
]  # fmt: skip
DRAWN = [("edge-strong", "surface"), ("accent", "surface"), ("focus", "ground"), ("focus", "surface")]


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_the_largest_contrast():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("ink,ground", TEXT)
def test_text_stands_out(scheme, ink, ground):
    assert contrast(SCHEMES[scheme][ink], SCHEMES[scheme][ground]) >= 4.5  # WCAG 2.2, 1.4.3 AA


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("drawn,ground", DRAWN)
def test_drawn_things_stand_out(scheme, drawn, ground):
    assert contrast(SCHEMES[scheme][drawn], SCHEMES[scheme][ground]) >= 3  # WCAG 2.2, 1.4.11 AA


@pytest.mark.parametrize("line", ["line-before", "line-after"])
def test_lines_stand_out_from_their_casing_on_any_skin(line):
    assert contrast(LIGHT[line], LIGHT["line-casing"]) >= 7


def test_no_stylesheet_names_a_colour_that_is_not_a_token():
    for sheet in STATIC_FOLDER.glob("*.css"):
        # The viewer and the camera lie on photos, which know no scheme.
        if sheet.name in {"tokens.css", "print.css", "viewer.css", "camera.css"}:
            continue
        assert not re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(", sheet.read_text(encoding="utf-8")), sheet.name


def test_every_token_that_is_used_exists():
    known = set(re.findall(r"--([\w-]+):", "".join(f.read_text(encoding="utf-8") for f in STATIC_FOLDER.glob("*.css"))))
    for sheet in STATIC_FOLDER.glob("*.css"):
        assert set(re.findall(r"var\(--([\w-]+)", sheet.read_text(encoding="utf-8"))) <= known, sheet.name
