"""The themes: whether all text is readable."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.app import App
from textual.color import Color
from textual.theme import Theme

import ocpptui.tui
from ocpptui.tui.themes import COLOUR_SAFE, DARK, HIGH_CONTRAST, LIGHT, THEMES, first_theme, theme_after
from tests.kit.driver import painted
from tests.kit.session_view import screen_over
from tests.kit.talk import Talk

READABLE, AT_A_GLANCE = 4.5, 7.0
"""Contrast of text, WCAG 2.1 success criteria 1.4.3 and, in the theme for it, 1.4.6."""
VISIBLE = 3.0
"""Contrast of what is not read but seen, success criterion 1.4.11."""
NOTICED = 1.3
"""Contrast of the row under the cursor of another pane: it has to be seen, not to stand out."""
GROUNDS = ("background", "surface", "panel", "block-cursor-blurred-background")
EACH_THEME = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


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


@EACH_THEME
@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize(
    "text",
    ["foreground", "primary", "secondary", "accent", "text-muted", "text-error", "text-warning", "text-success",
     "text-accent", "text-primary", "text-secondary"],
)  # fmt: skip
def test_text_is_readable(theme: Theme, ground: str, text: str) -> None:
    """In the sun, or with tired eyes, an error would be illegible."""
    app = Coloured(theme)
    beneath = app.colour(ground, Color(0, 0, 0))
    found = contrast(app.colour(text, beneath), beneath)
    assert found >= (AT_A_GLANCE if theme is HIGH_CONTRAST else READABLE), f"{text} on {ground}: {found:.1f}"


@EACH_THEME
def test_the_row_under_the_cursor_is_readable(theme: Theme) -> None:
    """The very row that the user looks at would be illegible."""
    app = Coloured(theme)
    beneath = app.colour("block-cursor-background", Color(0, 0, 0))
    assert contrast(app.colour("block-cursor-foreground", beneath), beneath) >= READABLE


@EACH_THEME
def test_the_row_under_the_cursor_of_another_pane_is_seen(theme: Theme) -> None:
    """With the inspector open, nothing would say which row it shows."""
    app = Coloured(theme)
    colours = [app.colour(name, Color(0, 0, 0)) for name in ("block-cursor-blurred-background", "background")]
    assert contrast(*colours) >= NOTICED


@EACH_THEME
def test_the_title_of_the_pane_with_the_focus_is_readable(theme: Theme) -> None:
    """The brightest line of the screen would be the one that cannot be read."""
    app = Coloured(theme)
    assert contrast(app.colour("background", Color(0, 0, 0)), app.colour("primary", Color(0, 0, 0))) >= READABLE


DEFICIENCIES = {
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.01182, 0.04294, 0.968881)),
}
"""How colours look to somebody who lacks a kind of cone: Machado, Oliveira and Fernandes 2009, severity 1.0."""


@pytest.mark.parametrize("deficiency", DEFICIENCIES.values(), ids=DEFICIENCIES)
def test_good_and_bad_differ_for_the_colour_blind(deficiency: tuple[tuple[float, ...], ...]) -> None:
    """The theme would promise what it does not keep: red and green look alike to every twelfth man."""
    app = Coloured(COLOUR_SAFE)

    def seen(name: str) -> list[float]:
        colour = app.colour(name, Color(0, 0, 0)).normalized
        return [sum(weight * part for weight, part in zip(row, colour, strict=True)) for row in deficiency]

    for one, other in (("error", "success"), ("error", "warning"), ("success", "warning"), ("primary", "accent")):
        distance = sum((a - b) ** 2 for a, b in zip(seen(one), seen(other), strict=True)) ** 0.5
        assert distance >= 0.25, f"{one} and {other}: {distance:.2f}"


def test_a_key_goes_through_all_themes_and_the_configuration_comes_first() -> None:
    """A theme could not be reached, or the screen would be dark again at each start."""
    names = [DARK.name]
    while len(names) < len(THEMES):
        names.append(theme_after(names[-1]))
    assert set(names) == set(THEMES) and theme_after(names[-1]) == DARK.name == theme_after("nord")
    assert first_theme(None, "") == first_theme(None, "of an older version") == DARK.name
    assert first_theme(None, LIGHT.name) == first_theme(LIGHT.name, DARK.name) == LIGHT.name


@EACH_THEME
@pytest.mark.parametrize("ground", GROUNDS)
def test_dimmed_text_is_still_visible(theme: Theme, ground: str) -> None:
    """A ping would look like an empty row."""
    app = Coloured(theme)
    beneath = app.colour(ground, Color(0, 0, 0))
    assert contrast(app.colour("text-disabled", beneath), beneath) >= VISIBLE


@EACH_THEME
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


def test_the_words_in_a_faint_frame_have_a_colour_of_their_own() -> None:
    """They have that of the frame otherwise, which on a light ground cannot be read."""
    sheets = Path(ocpptui.tui.__file__).parent.rglob("*.tcss")
    rules = [rule for sheet in sheets for rule in re.split(r"[{}]", sheet.read_text(encoding="utf-8"))]
    faint = [rule for rule in rules if re.search(r"border: \w+ \$panel", rule)]
    assert faint
    for rule in faint:
        assert "border-title-color" in rule and "border-subtitle-color" in rule, rule
