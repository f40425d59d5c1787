"""Numbers on the command line, refused in words that say which would do."""

from __future__ import annotations

from typing import Any

import click


class WholeNumber(click.IntRange):
    """A whole number between two bounds, as far as there are any."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a whole number{_bounds(self.min, self.max)}", param, ctx)


class AnyNumber(click.FloatRange):
    """A number between two bounds, as far as there are any."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter:
            self.fail(f"{value!r} is not a number{_bounds(self.min, self.max, above=self.min_open)}", param, ctx)


def _bounds(least: float | None, most: float | None, *, above: bool = False) -> str:
    """Which numbers would do, as the rest of a sentence."""
    if least is None:
        return "" if most is None else f" up to {most:g}"
    if most is None:
        return f" above {least:g}" if above else f" of {least:g} or more"
    return f" from {least} to {most}"
