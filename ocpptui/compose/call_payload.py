"""The payload of a call from what a command line or a script gives: JSON, and fields by their path."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ocpptui.compose.assignments import assign
from ocpptui.compose.draft import Draft
from ocpptui.jsontext.tree import JsonDefect
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.action_use import action_hint
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version


class WrongPayload(ValueError):
    """The payload cannot be made, or breaks the schema; the message says why."""

    def __init__(self, text: str, *, can_be_sent: bool = False) -> None:
        """`can_be_sent`: only the schema is against it."""
        super().__init__(text)
        self.can_be_sent = can_be_sent


def call_payload(
    version: Version, action: str, fields: Sequence[str], json_text: str | None = None, *, anyway: bool = False
) -> str:
    """The payload as JSON text: `json_text`, changed by `fields` such as `connectorId=1`.

    Raises WrongPayload, unless `anyway` lets a wrong payload or an unknown action pass.
    """
    if catalog.find_action(version, action) is None and not anyway:
        hint = action_hint(version, action) or "`ocpptui actions` lists them"
        raise WrongPayload(f"OCPP {version} has no action {action}; {hint}", can_be_sent=True)
    text = json_text if json_text is not None else "{}"
    try:
        payload = json.loads(text)
    except ValueError as error:
        if anyway and not fields:
            return text
        raise WrongPayload(f"the payload is not valid JSON: {error}") from None
    if fields:
        draft = Draft.from_json(field_tree(version, action, Part.REQUEST), text)
        if isinstance(draft, JsonDefect):
            raise WrongPayload(f"the payload is not valid JSON: {draft}")
        if (problem := assign(draft, fields)) is not None:
            raise WrongPayload(str(problem))
        payload, text = draft.value(), draft.to_json()
    found = [v for v in violations(version, action, Part.REQUEST, payload) if not v.advisory]
    if found and not anyway:
        lines = "\n".join(f"  {violation}" for violation in found)
        words = f"the payload breaks the schema of {action} in OCPP {version}, which the peer chose:\n{lines}"
        raise WrongPayload(words, can_be_sent=True)
    return text
