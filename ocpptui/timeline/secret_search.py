"""The search for the secrets in the records of a file, so that each is masked in all of them."""

from __future__ import annotations

from time import perf_counter

from ocpptui.ocpp.secret_fields import CARRIERS
from ocpptui.ocpp.secret_names import may_hold_credentials, names_secret
from ocpptui.ocpp.url_secrets import may_hold_url_secret
from ocpptui.timeline.masking import secrets_of
from ocpptui.timeline.record import RecordKind
from ocpptui.timeline.timeline import Timeline

STEP = 256
"""How many records are looked at between two checks of the time."""


class SecretSearch:
    """Looks through a timeline whose records are masked when they are read, for the secrets that it has."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._looked_at = 0

    def advance(self, budget_s: float) -> bool:
        """Look at further records for about `budget_s` seconds; True when none are left."""
        timeline = self._timeline
        end = perf_counter() + budget_s
        while self._looked_at < len(timeline):
            stop = min(self._looked_at + STEP, len(timeline))
            found: list[str] = []
            texts = timeline.texts(self._looked_at, stop, stop - self._looked_at)
            for place, index in enumerate(range(self._looked_at, stop)):
                kind = timeline.kinds[index]
                is_likely = kind > RecordKind.SEND or kind == RecordKind.MALFORMED or timeline.action(index) in CARRIERS
                if is_likely or _may_hold_secret(texts.raw(place)):
                    found += secrets_of(timeline.as_stored(index))
            self._looked_at = stop
            timeline.know_secrets(found)
            if perf_counter() >= end:
                break
        return self._looked_at == len(timeline)


def _may_hold_secret(raw: str | bytes | None) -> bool:
    """A quick test whose False is right for a message of an action that carries no settings."""
    if raw is None:
        return False
    text = raw if isinstance(raw, str) else raw.decode("utf-8", "surrogateescape")
    return names_secret(text) or may_hold_url_secret(text) or may_hold_credentials(text)
