"""The page of versions: what is spoken, offered and simulated, and what has a counterpart in another version."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ocpptui.ocpp.actions import actions
from ocpptui.ocpp.examples import complete_example, smallest
from ocpptui.ocpp.schema import Part, field_tree
from ocpptui.ocpp.version import Transport, Version
from ocpptui.simulator.simulated_version import simulated_as
from ocpptui.translation.translated_message import translated_message

_HEAD = """# Versions

What ocpptui does with each version of OCPP.

| OCPP | WebSocket (JSON) | SOAP over HTTP | actions | a charge point offers it | simulated as |
|---|---|---|---|---|---|
"""
_ROLES = "Both roles speak each version that has a mark. Forms, examples, schemas and verdicts cover all of them."
_WITHDRAWN = """\
OCPP 2.0 of 2018 was withdrawn by its makers, and replaced by 2.0.1. It is spoken for the sake of what is still in the
field: a central system accepts it besides the others, a charge point offers it only with `--version 2.0`. Rules, the
state of charge points and commands read its messages as those of 2.0.1.
"""
_COUNTERPARTS = """\
## In another version

```sh
ocpptui convert recordings/charge-1.6.jsonl newer.jsonl --as 2.0.1
```

`convert --as`, and `I` in the inspector, show what a message would be in another version, for those who migrate. What
is lost, what was assumed because the other version requires it, and what is missing is said with each message. A
connector n of 1.x is taken as connector 1 of EVSE n. A mapping that would say something else is left out. Nothing of it
is ever sent: a replay, `ocpptui send` scripts and copied commands refuse a translated message.

The transaction id of 1.x comes from the central system, that of 2.x from the charging station. `convert --as` follows
each transaction through the log: its number of 1.x is its id in 2.x, where its events are counted (`seqNo`); an id of
2.x that is not a number gets one, the same in all messages.

How many of the actions of a version have a counterpart in the next, and in the one before:

| from | to | with a counterpart | without |
|---|---|---|---|
"""
_LINES = (
    (Version.V12, Version.V15, Version.V16, Version.V201, Version.V21),
    (Version.V20, Version.V201),
)


def versions_page() -> str:
    """The text of docs/VERSIONS.md."""
    rows = [_row(version) for version in Version]
    pairs = [step for line in _LINES for step in pairwise(line)]
    counted = [_counterparts(*pair) for one in pairs for pair in (one, one[::-1])]
    return f"{_HEAD}{''.join(rows)}\n{_ROLES}\n\n{_WITHDRAWN}\n{_COUNTERPARTS}{''.join(counted)}"


def _row(version: Version) -> str:
    json, soap = (_mark(transport in version.spoken_on) for transport in (Transport.JSON, Transport.SOAP))
    subprotocol = f"{json} `{version.subprotocol}`" if json else ""
    offered = "by default" if version in Version.offered(Transport.JSON) else "on request"
    simulated = simulated_as(version)
    played = "itself" if simulated is version else f"{simulated}, translated"
    return f"| {version.as_choice} | {subprotocol} | {soap} | {len(actions(version))} | {offered} | {played} |\n"


def _mark(is_there: bool) -> str:
    return "✓" if is_there else ""


def _counterparts(source: Version, target: Version) -> str:
    names = [action.name for action in actions(source)]
    without = [name for name in names if not _has_counterpart(source, target, name)]
    shown = ", ".join(without) if len(without) < 10 else f"{len(without)} others"
    return f"| {source} | {target} | {len(names) - len(without)} of {len(names)} | {shown} |\n"


def _has_counterpart(source: Version, target: Version, action: str) -> bool:
    """Whether an example of the call has one; of a setting, one that the standard names."""
    tree = field_tree(source, action, Part.REQUEST)
    if tree is None:
        return False
    examples = [smallest(tree), complete_example(tree), *_NAMED.get(action, [])]
    return any(translated_message(source, target, action, Part.REQUEST, one) is not None for one in examples)


_INTERVAL = {"component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "HeartbeatInterval"}}
_NAMED: dict[str, list[dict[str, Any]]] = {
    "ChangeConfiguration": [{"key": "HeartbeatInterval", "value": "9"}],
    "GetVariables": [{"getVariableData": [_INTERVAL]}],
    "InstallCertificate": [{"certificateType": "CSMSRootCertificate", "certificate": "x"}],
    "PublishFirmwareStatusNotification": [{"status": "Published"}],
    "SetVariables": [{"setVariableData": [_INTERVAL | {"attributeValue": "9"}]}],
    "FirmwareStatusNotification": [{"status": "Installed"}],
    "DiagnosticsStatusNotification": [{"status": "Uploaded"}],
}
