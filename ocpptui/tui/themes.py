"""The themes: calm, with enough contrast for a laptop in the sun; one for tired eyes, one safe for the colour-blind.

The muted colours are set here because Textual's depend on their background, which text assembled from pieces lacks.
"""

from __future__ import annotations

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="ocpptui-dark",
    primary="#6cb6ff",
    secondary="#8ddb8c",
    accent="#f0a040",
    warning="#e5b84f",
    error="#ff7b72",
    success="#7ee787",
    foreground="#d6dde6",
    background="#10151c",
    surface="#161d27",
    panel="#1f2937",
    boost="#26334a",
    dark=True,
    variables={
        "block-cursor-background": "#2b4a73",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#2f3542",
        "text-muted": "#a3b0c1",
        "text-disabled": "#758293",
    },
)
LIGHT = Theme(
    name="ocpptui-light",
    primary="#0a58b0",
    secondary="#17672f",
    accent="#964200",
    warning="#835c00",
    error="#b3211b",
    success="#146c2e",
    foreground="#1c2430",
    background="#fbfcfe",
    surface="#f1f4f8",
    panel="#dfe6ef",
    boost="#d2dcea",
    dark=False,
    variables={
        "block-cursor-background": "#b9d4f5",
        "block-cursor-foreground": "#0b1726",
        "block-cursor-blurred-background": "#dcdcd8",
        "text-muted": "#536072",
        "text-disabled": "#707c8b",
    },
)

HIGH_CONTRAST = Theme(
    name="ocpptui-contrast",
    primary="#8fdbff",
    secondary="#9dff9d",
    accent="#ffc757",
    warning="#ffe14d",
    error="#ffbab3",
    success="#9dff9d",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1c1c1c",
    boost="#333333",
    dark=True,
    variables={
        "block-cursor-background": "#ffe14d",
        "block-cursor-foreground": "#000000",
        "block-cursor-blurred-background": "#353535",
        "text-muted": "#e0e0e0",
        "text-disabled": "#c8c8c8",
        "text-primary": "#8fdbff",
        "text-secondary": "#9dff9d",
        "text-accent": "#ffc757",
        "text-warning": "#ffe14d",
        "text-error": "#ffbab3",
        "text-success": "#9dff9d",
    },
)
"""Every text has a contrast of 7 or more."""
COLOUR_SAFE = Theme(
    name="ocpptui-colour-safe",
    primary="#6cc0f0",
    secondary="#4fd0a8",
    accent="#f2bd74",
    warning="#f0e442",
    error="#ff9440",
    success="#4fd0a8",
    foreground="#e4e7ea",
    background="#14161a",
    surface="#1a1d22",
    panel="#262a31",
    boost="#333942",
    dark=True,
    variables={
        "block-cursor-background": "#1f4f7a",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#383d46",
        "text-muted": "#b4bac2",
        "text-disabled": "#8d949e",
        "text-primary": "#6cc0f0",
        "text-secondary": "#4fd0a8",
        "text-accent": "#f2bd74",
        "text-warning": "#f0e442",
        "text-error": "#ff9440",
        "text-success": "#4fd0a8",
    },
)
"""The hues of Okabe and Ito ("Color Universal Design", 2008), lighter: they differ with any kind of colour vision."""
THEMES = {theme.name: theme for theme in (DARK, LIGHT, HIGH_CONTRAST, COLOUR_SAFE)}
"""Our own by name, in the order in which a key goes through them."""


def first_theme(configured: str | None, remembered: str) -> str:
    """The theme of a start: what the configuration says, or else what was chosen last, if it still exists."""
    if configured is not None:
        return configured
    return remembered if remembered and not wrong_theme(remembered) else DARK.name


def theme_after(name: str) -> str:
    """The next of our own themes."""
    names = list(THEMES)
    return names[(names.index(name) + 1) % len(names)] if name in THEMES else DARK.name


def wrong_theme(name: str | None) -> list[str]:
    """The problems of a theme's name, as sentences; empty if the theme exists or no name is given."""
    if name is None or name in (*THEMES, *BUILTIN_THEMES):
        return []
    return [f"there is no theme {name!r}; the themes are {', '.join(THEMES)} and Textual's own"]
