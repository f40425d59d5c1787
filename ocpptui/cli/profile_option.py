"""The option that says what a simulated charge point is."""

from __future__ import annotations

import click

from ocpptui.cli.output import show_lines


def _list_profiles(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """Show the built-in profiles and exit, if that is wanted."""
    if value == "list":
        from ocpptui.session.station_profiles import built_in_profiles

        profiles = built_in_profiles()
        width = max(len(profile.name) for profile in profiles)
        show_lines(f"{profile.name:{width}}  {profile.description}" for profile in profiles)
        context.exit()
    return value


profile_option = click.option(
    "--profile",
    metavar="NAME|FILE|list",
    callback=_list_profiles,
    is_eager=True,
    help="What the charge point is: a built-in kind or a file in TOML; 'list' shows the built-in ones.",
)
"""A station profile, or the list of those that are built in; `charge-point` and `demo` share it."""
