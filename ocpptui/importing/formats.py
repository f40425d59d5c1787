"""The supported formats, and the detection of a file's format."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from ocpptui.importing.reader import Material, Reader
from ocpptui.importing.tables.table_head import may_be_table
from ocpptui.jsontext.lazy_pattern import lazily

RECORDING = "recording"
"""Our own format, and Open OCPP Trace from other tools."""
LOG = "log"
_READERS = {
    RECORDING: ("recording_lines", "RecordingLines"),
    "ocpptui": ("own_export", "OwnExport"),
    "pcap": ("packets", "PacketCapture"),
    "mitmproxy": ("mitmproxy_flow", "MitmproxyFlow"),
    "excel": ("workbook", "Workbook"),
    "har": ("har", "HttpArchive"),
    "everest-html": ("everest_html", "EverestHtml"),
    "pdml": ("packet_details", "PacketDetails"),
    "json": ("json_document", "JsonDocument"),
    "sql": ("sql_output", "SqlOutput"),
    "csv": ("table", "Table"),
    "http": ("http_messages", "HttpMessages"),
    "frame-files": ("frame_files", "FrameFiles"),
    LOG: ("log_lines", "LogLines"),
}
"""In the order of detection; a file that is nothing else is a line-based log."""
_SIGNS = {
    "ocpptui": (
        b"# ocpp recording",
        b"<title>ocpp recording",
        b"time,connection,chargepoint",
        b'"creator":{"name":"ocpptui"',
    )
    + (b"<!-- written by ocpptui",),
    "pcap": (b"\xa1\xb2", b"\xb2\xa1", b"\n\r\r\n"),
    "mitmproxy": (
        b"4:type",
        b"7:request",
        b"7:version",
        b"9:websocket",
        b"11:client_conn",
        b"11:server_conn",
        b"6:backup",
    ),
    "excel": (b"pk\x03\x04", b"\xd0\xcf\x11\xe0"),
    "har": (b'"creator"', b'"entries"', b'"pages"'),
    "everest-html": (b"<",),
    "pdml": (b"<pdml",),
    "sql": (
        b"insert",
        b"replace",
        b"create",
        b"copy",
        b"--",
        b". row **",
        "─".encode(),
        b" = ",
        b'1) "',
        b"-0\n",
        b"-0\r\n",
        b'-0","',
    ),
    "http": (b"http/", b"<"),
}
"""One of these, in any case, is in the first bytes of each file of these formats; for others, the reader need not be
loaded."""
_CONTROL = lazily(rb"[\x01-\x08\x0e-\x1a\x1c\x1d\x1f\x7f]")
TABLE = "csv"
OF_TEXT = frozenset(("json", TABLE, "http", LOG))
"""The formats of text that may also be a table, which the user says by naming its columns."""
OF_LINES = frozenset((RECORDING, TABLE, "http", LOG))
"""The formats of text whose frames are numbered by their line, and not as items."""
OF_FOLDERS = frozenset(("frame-files",))
"""The formats of folders; all others are of files."""
NAMES = tuple(_READERS)
"""The names that the user can choose from."""


def reader(name: str) -> Reader:
    """The reader for a format. Raises KeyError for an unknown name."""
    module, kind = _READERS[name]
    build: Callable[[], Reader] = getattr(import_module(f"ocpptui.importing.readers.{module}"), kind)
    return build()


def detected(head: bytes, material: Material) -> str | None:
    """The format of a file with these first bytes; None for a folder that no reader knows."""
    lower = head.lower()
    for name in NAMES:
        if (name in OF_FOLDERS) != material.is_folder:
            continue
        if name in _SIGNS and not any(sign in lower for sign in _SIGNS[name]):
            continue
        if name == TABLE and not may_be_table(head):
            continue
        if reader(name).detects(head, material.name):
            return name
    return None


def is_binary(head: bytes) -> bool:
    """Whether this cannot be text in UTF-8.

    A text may have zeros: a file system fills a log with them where the power failed, and `logrotate` one that is still
    written to. It has no other control characters.
    """
    if b"\0" not in head:
        return False
    return not head.strip(b"\0") or _CONTROL.search(head) is not None
