"""The two themes: calm, with enough contrast for a laptop in the sun.

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
        "text-muted": "#95a3b5",
        "text-disabled": "#6b7788",
    },
)
LIGHT = Theme(
    name="ocpptui-light",
    primary="#0a58b0",
    secondary="#1a7036",
    accent="#a04800",
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
        "text-muted": "#536072",
        "text-disabled": "#758190",
    },
)


def wrong_theme(name: str | None) -> list[str]:
    """The problems of a theme's name, as sentences; empty if the theme exists or no name is given."""
    if name is None or name in (DARK.name, LIGHT.name, *BUILTIN_THEMES):
        return []
    return [f"there is no theme {name!r}; the themes are {DARK.name}, {LIGHT.name} and Textual's own"]
