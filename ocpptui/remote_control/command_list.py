"""The everyday commands of a central system: their names, their letters on the screen, and where they apply.

Imports next to nothing, because the registry of keys is made from it.
"""

from __future__ import annotations

from typing import NamedTuple

from ocpptui.ocpp.actions import find_action
from ocpptui.ocpp.version import Version


class RemoteCommand(NamedTuple):
    """One command to a charge point."""

    id: str
    """What scripts call it."""
    letter: str
    """Its key in the panel."""
    title: str
    """At most 20 characters; `…` where it always asks something."""
    purpose: str
    """A sentence."""
    actions: str
    """The actions that it may send, separated by spaces; a version has the command if it has one of them."""

    @property
    def help(self) -> str:
        """What it does and sends."""
        return f"{self.purpose.removesuffix('.')} ({', '.join(self.actions.split())})."


REMOTE_COMMANDS = (
    RemoteCommand(
        "start",
        "s",
        "Start a charge…",
        "Start a charge with a token.",
        "RemoteStartTransaction RequestStartTransaction",
    ),
    RemoteCommand(
        "stop",
        "t",
        "Stop the charge",
        "Stop the open transaction.",
        "RemoteStopTransaction RequestStopTransaction",
    ),
    RemoteCommand("unlock", "u", "Unlock", "Unlock the connector.", "UnlockConnector"),
    RemoteCommand("limit", "l", "Limit current…", "Limit what cars draw, in A or W.", "SetChargingProfile"),
    RemoteCommand("unlimit", "L", "Remove a limit…", "Remove charging profiles.", "ClearChargingProfile"),
    RemoteCommand("schedule", "g", "Get the schedule", "Ask which limits apply.", "GetCompositeSchedule"),
    RemoteCommand("profiles", "p", "Profiles", "Ask for its charging profiles.", "GetChargingProfiles"),
    RemoteCommand("reset", "r", "Reset…", "Restart the charge point: soft or hard, at once or when idle.", "Reset"),
    RemoteCommand(
        "availability",
        "a",
        "Availability…",
        "Put it into or out of service.",
        "ChangeAvailability",
    ),
    RemoteCommand("trigger", "m", "Trigger a message…", "Have it send a message now.", "TriggerMessage"),
    RemoteCommand(
        "diagnostics",
        "d",
        "Diagnostics, log…",
        "Have it upload its log.",
        "GetDiagnostics GetLog",
    ),
    RemoteCommand("firmware", "f", "Update firmware…", "Have it install a firmware.", "UpdateFirmware"),
    RemoteCommand("clear-cache", "k", "Clear the cache", "Have it forget cached tokens.", "ClearCache"),
    RemoteCommand("local-list", "i", "Local list…", "Read or replace its list of tokens.", "SendLocalList"),
    RemoteCommand("reserve", "e", "Reserve…", "Keep a connector for a token for an hour.", "ReserveNow"),
    RemoteCommand("cancel", "n", "Cancel reservation", "Cancel a reservation.", "CancelReservation"),
    RemoteCommand("data-transfer", "y", "Data transfer…", "Send data in a vendor's format.", "DataTransfer"),
    RemoteCommand(
        "certificates",
        "c",
        "Certificates",
        "Ask which it has.",
        "GetInstalledCertificateIds",
    ),
    RemoteCommand("install-root", "C", "Install a root…", "Have it trust a certificate.", "InstallCertificate"),
    RemoteCommand("delete-certificate", "D", "Delete a root…", "Have it delete a certificate.", "DeleteCertificate"),
    RemoteCommand(
        "renew-certificate",
        "N",
        "Renew certificate",
        "Have it ask for a new certificate of its own.",
        "ExtendedTriggerMessage TriggerMessage",
    ),
    RemoteCommand("transaction", "w", "Transaction state", "Ask whether it runs.", "GetTransactionStatus"),
    RemoteCommand("display", "b", "Show a text…", "Show a text on its display.", "SetDisplayMessage"),
)
"""All of them, in the order of the panel."""


def remote_command(name: str) -> RemoteCommand | None:
    """The command that scripts call by this name."""
    return next((one for one in REMOTE_COMMANDS if one.id == name), None)


def remote_commands(version: Version) -> tuple[RemoteCommand, ...]:
    """The commands that a version has."""
    return tuple(one for one in REMOTE_COMMANDS if any(find_action(version, name) for name in one.actions.split()))
