"""The themes: whether all text is readable."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.color import Color
from textual.theme import Theme

from ocpptui.tui.themes import DARK, LIGHT
from tests.kit.driver import painted
from tests.kit.session_view import screen_over
from tests.kit.talk import Talk

READABLE = 4.5
"""Contrast of text, WCAG 2.1 success criterion 1.4.3."""
VISIBLE = 3.0
"""Contrast of what is not read but seen, success criterion 1.4.11."""
GROUNDS = ("background", "surface", "panel")
THEMES = pytest.mark.parametrize("theme", [DARK, LIGHT], ids=["dark", "light"])


class Coloured(App[None]):
    """Knows the colours of a theme."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.register_theme(theme)
        self.theme = theme.name

    def colour(self, name: str, ground: Color) -> Color:
        """A colour of the theme as it looks on a background."""
        value = self.get_css_variables()[name]
        if value.startswith("auto"):
            percent = float(value.split()[1].rstrip("%")) if " " in value else 100.0
            return ground.blend(ground.get_contrast_text(), percent / 100)
        colour = Color.parse(value)
        return ground.blend(Color(*colour.rgb), colour.a)


def contrast(one: Color, other: Color) -> float:
    """Contrast from 1 to 21, WCAG 2.1."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: Color) -> float:
    """Relative luminance, WCAG 2.1."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
                        for part in colour.normalized)  # fmt: skip
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    "text",
    ["foreground", "primary", "secondary", "accent", "text-muted", "text-error", "text-warning", "text-success",
     "text-accent"],
)  # fmt: skip
def test_text_is_readable(theme: Theme, ground: str, text: str) -> None:
    """In the sun, or with tired eyes, an error would be illegible."""
    app = Coloured(theme)
    beneath = app.colour(ground, Color(0, 0, 0))
    found = contrast(app.colour(text, beneath), beneath)
    assert found >= READABLE, f"{text} on {ground}: {found:.1f}"


@THEMES
def test_the_row_under_the_cursor_is_readable(theme: Theme) -> None:
    """The very row that the user looks at would be illegible."""
    app = Coloured(theme)
    beneath = app.colour("block-cursor-background", Color(0, 0, 0))
    assert contrast(app.colour("block-cursor-foreground", beneath), beneath) >= READABLE


@THEMES
@pytest.mark.parametrize("ground", GROUNDS)
def test_dimmed_text_is_still_visible(theme: Theme, ground: str) -> None:
    """A ping would look like an empty row."""
    app = Coloured(theme)
    beneath = app.colour(ground, Color(0, 0, 0))
    assert contrast(app.colour("text-disabled", beneath), beneath) >= VISIBLE


@THEMES
@pytest.mark.parametrize("banner", ["error"])
def test_a_banner_is_readable(theme: Theme, banner: str) -> None:
    """The notice that nothing is being recorded would be shown but not readable."""
    app = Coloured(theme)
    beneath = app.colour(banner, Color(0, 0, 0))
    assert contrast(app.colour("background", beneath), beneath) >= READABLE


async def test_no_color_removes_all_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Users who set NO_COLOR cannot distinguish colours or do not want them; the signs say the same."""
    monkeypatch.setenv("NO_COLOR", "1")
    talk = Talk()
    talk.raw("hello")
    talk.exchange()
    async with screen_over(talk.session, (200, 60)) as screen:
        assert "→✗ malformed" in screen.text()
        colours = [
            colour.get_truecolor()
            for strip in painted(screen.app)
            for segment in strip
            if segment.style is not None
            for colour in (segment.style.color, segment.style.bgcolor)
            if colour is not None
        ]
        assert colours
        assert all(red == green == blue for red, green, blue in colours)
