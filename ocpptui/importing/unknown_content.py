"""What a file seems to be that contains nothing this program can read, and what to do with it."""

from __future__ import annotations

import re

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".ods")
_MAGIC = (
    (_OLE, "an old Excel or Word file; save the sheet as CSV"),
    (b"%PDF", "a PDF; export its text, or ask for the log itself"),
    (b"\x89PNG", "a picture; ask for the text of the log"),
    (b"\xff\xd8\xff", "a picture; ask for the text of the log"),
    (b"SQLite format 3\0", "an SQLite database; export the table with the messages as CSV"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"ElfFile\0", "a Windows event log; export it as text or CSV"),
)
_MEMBERS = (
    ("word/document.xml", "a Word document; save it as plain text"),
    ("content.xml", "an OpenDocument file; save the text as plain text"),
)
_DUMP = re.compile(rb"^[ \t]*(?:0x)?[0-9a-fA-F]{4,8}[: ]\s?(?:\s?[0-9a-fA-F]{2}){4}", re.MULTILINE)
_JAVA = re.compile(rb"\b[A-Z]\w*(?:Request|Response|Confirmation|Call|CallResult|Message)\s*[({\[]\s*\w+\s*=")
_GO = re.compile(rb"&\{[^}\n]{0,200}\}|map\[\w+:")
_PYTHON = re.compile(rb"\bcall(?:_result|_error)?\.[A-Z]\w*\(\s*\w*\s*=?|\b[A-Z]\w*(?:Payload|Request|Response)\(\w+='")
_RUST = re.compile(rb"\b[A-Z]\w*(?:Request|Response|Call|CallResult|Message)\s*\{\s*\w+: ")
_OCPP_CORE = re.compile(rb"OCPP-Message: Type=\d / ID=")
_HEXADECIMAL = re.compile(rb"(?:[0-9a-fA-F]{2}[ :]?){40}")
_BASE64 = re.compile(rb"\b[A-Za-z0-9+/]{60,}={0,2}(?![\w+/])")
_XML = re.compile(rb"<(?:[\w.-]+:)?(?:Envelope|bootNotification\w*|heartbeat\w*)\b", re.IGNORECASE)


def kind_of_content(head: bytes) -> str:
    """What a file with this beginning seems to be, and what to do, as half a sentence; empty if it is not known."""
    for magic, words in _MAGIC:
        if head.startswith(magic):
            return words
    if head[257:262] == b"ustar":
        return "a tar archive; unpack it first"
    if b"\0" in head:
        return "a binary file in an unknown format"
    if len(_DUMP.findall(head)) > 2:
        return "a hexadecimal dump; turn it back into the text of the frames first (xxd -r)"
    if _XML.search(head):
        return "XML without a whole SOAP envelope in it"
    if _OCPP_CORE.search(head):
        return "a log of OCPP.Core, which leaves out the content of the messages; open the folder of its MessageDumpDir"
    if _PYTHON.search(head):
        return "a log of objects as Python prints them, without the frames; set the log level of `ocpp` to INFO"
    if _RUST.search(head):
        return "a log of values as Rust prints them, without the frames; let the logger write the frames themselves"
    if _JAVA.search(head):
        return "a log of objects as Java prints them, without the frames; let the logger write the frames themselves"
    if _GO.search(head):
        return "a log of values as Go prints them, without the frames; let the logger write the frames themselves"
    if _HEXADECIMAL.search(head):
        return "bytes in hexadecimal; turn them back into text first"
    if _BASE64.search(head):
        return "bytes in base64; decode them first"
    return ""


def is_workbook(head: bytes, name: str) -> bool:
    """Whether a file with this beginning and name is the workbook of a spreadsheet program."""
    if head.startswith(_OLE):
        return name.lower().endswith(".xls")
    return head.startswith(b"PK\x03\x04") and (
        name.lower().endswith(_ENDINGS) or b"xl/workbook." in head or _OPEN_DOCUMENT in head[:100]
    )


def kind_of_archive(names: list[str]) -> str:
    """What a zip archive with these members is, if it is a document and not an archive of files; else empty."""
    return next((words for member, words in _MEMBERS if member in names), "")
