"""The option values of a replay on the command line."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from ocpptui.cli.options import combined
from ocpptui.ocpp.version import Role

if TYPE_CHECKING:
    from ocpptui.filter.query import Query
    from ocpptui.replay.ignored_paths import Ignoring

ROLES = {
    "charge-point": Role.CHARGE_POINT,
    "cp": Role.CHARGE_POINT,
    "station": Role.CHARGE_POINT,
    "central-system": Role.CENTRAL_SYSTEM,
    "cs": Role.CENTRAL_SYSTEM,
    "csms": Role.CENTRAL_SYSTEM,
}
SLOWEST, FASTEST = 0.1, 100.0


class RoleType(click.ParamType[Role]):
    """One of the two roles, by any of its names."""

    name = "role"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Role:
        role = ROLES.get(str(value))
        if role is None:
            self.fail(f"{value!r} is not a role; write charge-point or central-system", param, ctx)
        return role


class SpeedType(click.ParamType[float | None]):
    """How many times as fast as recorded, or `max`."""

    name = "speed"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float | None:
        if str(value) == "max":
            return None
        try:
            speed = float(value)
        except ValueError:
            speed = 0.0
        if not SLOWEST <= speed <= FASTEST:
            self.fail(f"{value!r} is not a speed; write a number from 0.1 to 100, or max", param, ctx)
        return speed


class FilterType(click.ParamType["Query"]):
    """A filter expression, as in the log."""

    name = "filter"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Query:
        from ocpptui.filter.query import Query, QueryError, parse_filter

        if isinstance(value, Query):
            return value
        try:
            return parse_filter(str(value))
        except QueryError as error:
            self.fail(str(error), param, ctx)


class PairType(click.ParamType[tuple[str, str]]):
    """A recorded value and its replacement: A=B."""

    name = "pair"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        recorded, equals, live = str(value).partition("=")
        if not equals or not recorded:
            self.fail(f"{value!r} is not a pair; write RECORDED=LIVE", param, ctx)
        return recorded, live


choice_options = combined(
    click.option("--from", "first", type=FilterType(), metavar="EXPR", help="Start at the first message that matches."),
    click.option(
        "--until", "last", type=FilterType(), metavar="EXPR", help="End at the first message after it that matches."
    ),
    click.option("--only", type=FilterType(), metavar="EXPR", help="Only calls that match this filter."),
    click.option("--skip", type=FilterType(), metavar="EXPR", help="Leave out calls that match this filter."),
)
"""The options that choose a part of the recording."""

rewriting_options = combined(
    click.option("--keep-message-ids", is_flag=True, help="Send the recorded message ids, not new ones."),
    click.option("--keep-timestamps", is_flag=True, help="Do not shift the times in payloads to now."),
    click.option("--map-token", "tokens", type=PairType(), multiple=True, metavar="A=B", help="Replace token A by B."),
    click.option(
        "--map-id", "ids", type=PairType(), multiple=True, metavar="A=B", help="Replace charge point id A by B."
    ),
    click.option(
        "--map-serial", "serials", type=PairType(), multiple=True, metavar="A=B", help="Replace serial number A by B."
    ),
)
"""The options that change the frames to send."""

ignore_option = click.option(
    "--ignore", "ignored", multiple=True, metavar="PATH", help="Ignore differences at this path: [ACTION:]a.b; *."
)


def ignoring(paths: Iterable[str]) -> Ignoring:
    """The paths of `--ignore`. Raises click.UsageError."""
    from ocpptui.replay.ignored_paths import IgnoredPathError, Ignoring

    try:
        return Ignoring(paths)
    except IgnoredPathError as error:
        raise click.UsageError(f"--ignore: {error}") from None
