"""The formats that can be read, and which one a file is of."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from ocpptui.importing.found_frame import Reader
from ocpptui.recording.line_format import is_recording

RECORDING = "recording"
"""Our own format, and Open OCPP Trace of other tools."""
LOG = "log"
_READERS = {
    "pcap": ("packets", "PacketCapture"),
    "mitmproxy": ("mitmproxy_flow", "MitmproxyFlow"),
    "har": ("har", "HttpArchive"),
    "everest-html": ("everest_html", "EverestHtml"),
    "json": ("json_document", "JsonDocument"),
    "csv": ("table", "Table"),
    LOG: ("log_lines", "LogLines"),
}
"""In the order in which they are asked; a log of lines is whatever is nothing else."""
NAMES = (RECORDING, *_READERS)
"""As a user names them."""


def reader(name: str) -> Reader:
    """The reader of a format. Raises KeyError for a name that is none."""
    module, kind = _READERS[name]
    build: Callable[[], Reader] = getattr(import_module(f"ocpptui.importing.readers.{module}"), kind)
    return build()


def detected(head: bytes, name: str) -> str:
    """The format of a file that starts with these bytes and has this name, without the ending of a compression."""
    if is_recording(head):
        return RECORDING
    return next(format_name for format_name in _READERS if reader(format_name).detects(head, name))


def is_binary(head: bytes) -> bool:
    """Whether this can be no text in any encoding that is read."""
    return b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff"))
