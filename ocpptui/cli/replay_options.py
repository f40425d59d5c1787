"""What a person can say about a replay on the command line: the values of its options."""

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
            self.fail(f"{value!r} is no role; it is charge-point or central-system", param, ctx)
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
            self.fail(f"{value!r} is no speed; write a number from 0.1 to 100, or max", param, ctx)
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
    """A recorded value and what stands in its place: A=B."""

    name = "pair"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        if isinstance(value, tuple):
            return value
        recorded, equals, live = str(value).partition("=")
        if not equals or not recorded:
            self.fail(f"{value!r} is no pair; write RECORDED=LIVE", param, ctx)
        return recorded, live


choice_options = combined(
    click.option("--from", "first", type=FilterType(), metavar="EXPR", help="From the first message that matches."),
    click.option("--until", "last", type=FilterType(), metavar="EXPR", help="Up to the first one after it that does."),
    click.option("--only", type=FilterType(), metavar="EXPR", help="Only calls that match this filter."),
    click.option("--skip", type=FilterType(), metavar="EXPR", help="Without calls that match this filter."),
)
"""Which part of a recording is replayed."""

rewriting_options = combined(
    click.option("--keep-message-ids", is_flag=True, help="Send the recorded message ids, not fresh ones."),
    click.option("--keep-timestamps", is_flag=True, help="Leave times in payloads; else the recording starts now."),
    click.option("--map-token", "tokens", type=PairType(), multiple=True, metavar="A=B", help="Token B in place of A."),
    click.option(
        "--map-id", "ids", type=PairType(), multiple=True, metavar="A=B", help="Charge point A of the recording is B."
    ),
    click.option(
        "--map-serial", "serials", type=PairType(), multiple=True, metavar="A=B", help="Serial number B in place of A."
    ),
)
"""What is changed in the frames that are sent."""

ignore_option = click.option(
    "--ignore", "ignored", multiple=True, metavar="PATH", help="A difference there does not count: [ACTION:]a.b; *."
)


def ignoring(paths: Iterable[str]) -> Ignoring:
    """What `--ignore` says. Raises click.UsageError."""
    from ocpptui.replay.ignored_paths import IgnoredPathError, Ignoring

    try:
        return Ignoring(paths)
    except IgnoredPathError as error:
        raise click.UsageError(f"--ignore: {error}") from None
