"""Loads the checkers and their rules module by module: all at once, they would block an event loop."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from importlib import import_module

from ocpptui.diagnosis import rules

_SHARED = (
    "ocpptui.ocpp.standard_settings",
    "ocpptui.stations.known_settings",
    "ocpptui.stations.state",
    "ocpptui.stations.updates",
    "ocpptui.ocpp.composite_schedule",
    "ocpptui.stations.profile_history",
    "ocpptui.diagnosis.known",
    "ocpptui.diagnosis.checker",
    "ocpptui.diagnosis.bookkeeping",
    "ocpptui.diagnosis.checker_run",
    "ocpptui.diagnosis.limit_case",
    "ocpptui.diagnosis.meter_run",
)
"""What many rules import, each after what it imports itself."""


def steps_of_loading() -> Iterator[None]:
    """Load something with each step; after the last one, `ocpptui.diagnosis.registry` is loaded."""
    for name in (*_SHARED, *_rules(), "ocpptui.diagnosis.registry"):
        import_module(name)
        yield


def _rules() -> list[str]:
    return [f"{rules.__name__}.{found.name}" for found in pkgutil.iter_modules(rules.__path__)]
