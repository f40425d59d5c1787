"""The messages that have a charge point move a file, and the protocols that it has for that.

Source: OCPP 1.6 sections 5.9 and 5.19, key SupportedFileTransferProtocols, and the security whitepaper L01 and N01;
OCPP 2.x use cases L01 to L03 and N01, OCPPCommCtrlr.FileTransferProtocols.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ocpptui.ocpp.payload import shown_text

PROTOCOL_SETTINGS = ("SupportedFileTransferProtocols", "OCPPCommCtrlr.FileTransferProtocols")
"""The settings that list the protocols of a charge point."""
UPLOAD_LOCATIONS = {"GetDiagnostics": ("location",), "GetLog": ("log", "remoteLocation")}
"""Where the requests for an upload have its URL."""
FIRMWARE_LOCATIONS = {
    "UpdateFirmware": ("location",),
    "SignedUpdateFirmware": ("firmware", "location"),
    "PublishFirmware": ("location",),
}
"""Where the requests to fetch firmware have its URL; UpdateFirmware of 2.x has it as SignedUpdateFirmware does."""
UPLOAD_STATUSES = frozenset(["DiagnosticsStatusNotification", "LogStatusNotification"])
FIRMWARE_STATUSES = frozenset(
    ["FirmwareStatusNotification", "SignedFirmwareStatusNotification", "PublishFirmwareStatusNotification"]
)
FAILURES = frozenset(
    ["UploadFailed", "UploadFailure", "BadMessage", "NotSupportedOperation", "PermissionDenied", "DownloadFailed",
     "PublishFailed"]
)  # fmt: skip
"""The statuses with which a charge point says that it could not move the file."""
SUCCESSES = frozenset(["Uploaded", "Downloaded"])
"""The statuses with which it says that it could."""


def file_protocols(settings: Mapping[str, str]) -> frozenset[str]:
    """The protocols that a charge point has by its configuration, in upper case; empty if that is not known."""
    listed = next((settings[name] for name in PROTOCOL_SETTINGS if settings.get(name)), "")
    return frozenset(name for part in listed.split(",") if (name := part.strip().upper()))


def location_in(payload: Any) -> str:
    """The URL in a request to move a file; empty if there is none."""
    return (
        shown_text(payload, "location")
        or shown_text(payload, "firmware", "location")
        or shown_text(payload, "log", "remoteLocation")
    )
