"""The supported formats, and the detection of a file's format."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from ocpptui.importing.found_frame import Reader
from ocpptui.recording.line_format import is_recording

RECORDING = "recording"
"""Our own format, and Open OCPP Trace from other tools."""
LOG = "log"
_READERS = {
    "pcap": ("packets", "PacketCapture"),
    "mitmproxy": ("mitmproxy_flow", "MitmproxyFlow"),
    "har": ("har", "HttpArchive"),
    "everest-html": ("everest_html", "EverestHtml"),
    "json": ("json_document", "JsonDocument"),
    "csv": ("table", "Table"),
    "http": ("http_messages", "HttpMessages"),
    LOG: ("log_lines", "LogLines"),
}
"""In the order of detection; a file that is nothing else is a line-based log."""
NAMES = (RECORDING, *_READERS)
"""The names that the user can choose from."""


def reader(name: str) -> Reader:
    """The reader for a format. Raises KeyError for an unknown name."""
    module, kind = _READERS[name]
    build: Callable[[], Reader] = getattr(import_module(f"ocpptui.importing.readers.{module}"), kind)
    return build()


def detected(head: bytes, name: str) -> str:
    """The format of a file with these first bytes and this name, which has no compression suffix."""
    if is_recording(head):
        return RECORDING
    return next(format_name for format_name in _READERS if reader(format_name).detects(head, name))


def is_binary(head: bytes) -> bool:
    """Whether this cannot be text in any supported encoding."""
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
