"""Firmware updates in the example traces of rules."""

from __future__ import annotations

UPDATE = """
10:00:00 < UpdateFirmware {"location":"https://example.com/f.bin","retrieveDate":"2026-01-01T10:00:00Z"}
10:00:01 > ok
"""
UPDATE_2 = """
2.0.1
10:00:00 < UpdateFirmware {"requestId":3,
    "firmware":{"location":"https://example.com/f.bin","retrieveDateTime":"2026-01-01T10:00:00Z"}}
10:00:01 > ok {"status":"Accepted"}
"""
SIGNED_UPDATE = """
10:00:00 < SignedUpdateFirmware {"requestId":3,"firmware":{"location":"https://example.com/f.bin",
    "retrieveDateTime":"2026-01-01T10:00:00Z","signingCertificate":"c","signature":"s"}}
10:00:01 > ok {"status":"Accepted"}
"""


def firmware_at(status: str, time: str, request: int | None = None) -> str:
    """A FirmwareStatusNotification with its answer; `time` is the minute and the second after 10 o'clock."""
    more = "" if request is None else f',"requestId":{request}'
    return f'10:{time} > FirmwareStatusNotification {{"status":"{status}"{more}}}\n10:{time} < ok\n'


def signed_at(status: str, time: str, request: int | None = 3) -> str:
    """The same message of the security extension of 1.6."""
    more = "" if request is None else f',"requestId":{request}'
    return f'10:{time} > SignedFirmwareStatusNotification {{"status":"{status}"{more}}}\n10:{time} < ok\n'
