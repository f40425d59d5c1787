"""What a file seems to be that contains nothing this program can read, and what to do with it."""

from __future__ import annotations

import re

from ocpptui.importing.words.action_names import action_and_kind
from ocpptui.jsontext.lazy_pattern import lazily

RICH_TEXT = b"{\\rtf"
"""What a document begins with whose braces have backslashes: a frame in it is not as it was."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".ods")
_PICTURE = "a picture; ask for the text of the log"
_AS_CSV = "; save the table with the messages as CSV"
_CAPTURE = "a packet capture without OCPP frames that can be read; they may be encrypted"
_MAGIC = (
    (_OLE, "an old Excel, Word or Outlook file; save the sheet as CSV, or the attachment of the mail"),
    (b"%PDF", "a PDF; export its text, or ask for the log itself"),
    (b"\x89PNG", _PICTURE),
    (b"\xff\xd8\xff", _PICTURE),
    (b"GIF8", _PICTURE),
    (b"BM", _PICTURE),
    (b"II*\0", _PICTURE),
    (b"MM\0*", _PICTURE),
    (b"RIFF", "a picture, a sound or a film; ask for the text of the log"),
    (b"PAR1", "a Parquet file; export the table with the messages as CSV"),
    (b"Obj\x01", "an Avro file; convert it to JSON first"),
    (b"ORC", "an ORC file; export the table with the messages as CSV"),
    (b"LPKSHHRH", "a journal of systemd; export it as JSON with journalctl"),
    (b"\x7fELF", "a binary program, not a log"),
    (b"MZ", "a binary program, not a log"),
    (b"\xca\xfe\xba\xbe", "a binary program, not a log"),
    (RICH_TEXT, "a text document in RTF; save it as plain text"),
    (b"SQLite format 3\0", "an SQLite database; export the table with the messages as CSV"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\x04\x22\x4d\x18", "a file compressed by lz4; unpack it first"),
    (b"\x5d\0\0", "a file compressed by lzma; unpack it first"),
    (b"LZIP", "a file compressed by lzip; unpack it first"),
    (b"\xff\x06\0\0sNaPpY", "a file compressed by snappy; unpack it first"),
    (b"\x1f\x9d", "a file compressed by compress; unpack it first"),
    *((mark, "a file compressed by zlib; unpack it first") for mark in (b"x\x01", b"x\x9c", b"x\xda")),
    (b"\xd4\xc3\xb2\xa1", _CAPTURE),
    (b"\xa1\xb2\xc3\xd4", _CAPTURE),
    (b"\x4d\x3c\xb2\xa1", _CAPTURE),
    (b"\xa1\xb2\x3c\x4d", _CAPTURE),
    (b"\x0a\x0d\x0d\x0a", _CAPTURE),
    (b"ElfFile\0", "a Windows event log; export it as text or CSV"),
)
_MEMBERS = (
    ("word/document.xml", "a Word document; save it as plain text"),
    ("content.xml", "an OpenDocument file; save the text as plain text"),
    ("ppt/presentation.xml", "a presentation; ask for the text of the log"),
    ("Index/Document.iwa", "a file of Apple Numbers, Pages or Keynote; export it as CSV or plain text"),
    ("Index.zip", "a file of Apple Numbers, Pages or Keynote; export it as CSV or plain text"),
    ("META-INF/MANIFEST.MF", "a Java program, not a log"),
)
_CONTROL = lazily(rb"[\0-\x08\x0e-\x1f]")
SEARCHED = 2**13
"""How many bytes of a text are searched for what it is."""
_DUMP = lazily(rb"^[ \t]*(?:0x)?[0-9a-fA-F]{4,8}[: ]\s?(?:\s?[0-9a-fA-F]{2}){4}", re.MULTILINE)
_XML = lazily(rb"<(?:[\w.-]+:)?(?:Envelope|bootNotification\w*|heartbeat\w*)\b", re.IGNORECASE)
_OCPP_CORE = lazily(rb"OCPP-Message: Type=\d / ID=")
_JAVA = lazily(rb"\b[A-Z]\w*(?:Request|Response|Confirmation|Call|CallResult|Message)\s*[({\[]\s*\w+\s*=")
_GO = lazily(rb"&\{[^}\n]{0,200}\}|map\[\w+:")
_PYTHON = lazily(rb"\bcall(?:_result|_error)?\.[A-Z]\w*\(|\b[A-Z]\w*(?:Payload|Request|Response)\(\w+='")
_RUST = lazily(rb"\b[A-Z]\w*(?:Request|Response|Call|CallResult|Message)\s*\{\s*\w+: ")
_PHP = lazily(rb"\barray\(\d+\) \{\s*\[|\bArray\s*\(\s*\[\w+\] =>|\barray\s*\(\s*(?:0|'\w+') =>")
_LET_IT_WRITE = "without the frames; let the logger write the frames themselves"
_WITHOUT_FRAMES = (
    (_XML, "XML without a whole SOAP envelope in it"),
    (
        _OCPP_CORE,
        "a log of OCPP.Core, which leaves out the content of the messages; open the folder of its MessageDumpDir",
    ),
    (_PYTHON, "a log of objects as Python prints them, without the frames; set the log level of `ocpp` to INFO"),
    (_RUST, f"a log of values as Rust prints them, {_LET_IT_WRITE}"),
    (_PHP, f"a log of arrays as PHP prints them, {_LET_IT_WRITE}"),
    (_JAVA, f"a log of objects as Java prints them, {_LET_IT_WRITE}"),
    (_GO, f"a log of values as Go prints them, {_LET_IT_WRITE}"),
)
"""What logs have in place of frames, the surest first."""
_HEXADECIMAL = lazily(rb"(?:[0-9a-fA-F]{2}[ :]?){40}")
_BASE64 = lazily(rb"\b[A-Za-z0-9+/]{60,}={0,2}(?![\w+/])")
_ESCAPES = (
    (lazily(rb"(?:%[0-9A-Fa-f]{2}){8}|%5[Bb]\S{0,40}%22"), "a text that is encoded for URLs (%5B%22)"),
    (lazily(rb"(?:\\u[0-9a-fA-F]{4}){8}"), "a text with escapes (\\u005b)"),
    (lazily(rb"(?:\\[0-7]{3}){8}"), "a text with octal escapes (\\133)"),
    (lazily(rb"(?:&#x?[0-9a-fA-F]{1,4};){8}"), "a text that is encoded for HTML (&#91;)"),
    (lazily(rb"(?:=[0-9A-F]{2}){8}"), "a text in quoted-printable (=5B)"),
)


_BINARY_MAGIC = (b"BM", b"MZ", b"RIFF", b"ORC", b"PAR1", b"x\x01", b"x\x9c", b"x\xda")
"""Beginnings that may also be those of a text; these files have characters that no text has."""
_TEXTS = (
    (rb"\A\s*-----BEGIN [A-Z ]{0,20}PRIVATE KEY", "a private key in PEM; nobody needs it to read a log, keep it safe"),
    (rb"\A\s*-----BEGIN ", "a certificate in PEM, not a log"),
    (
        rb'progid="Excel\.Sheet"|urn:schemas-microsoft-com:office:spreadsheet',
        f"an Excel 2003 workbook in XML{_AS_CSV}",
    ),
    (rb"\A\s*(?:<\?xml[^>]*>\s*)?<svg\b", _PICTURE),
    (rb"(?i)\A\s*<(?:!doctype html|html|head|body|table)\b", f"a web page{_AS_CSV}"),
    (rb"""\A\s*(?:\{\s*)?["']?(?:openapi|swagger|asyncapi)["']?\s*:""", "the description of an API, not a recording"),
    (rb'\A\s*\{[^{}]*"(?:urn:OCPP:|OCPP [\d.]+ )', "a JSON schema of OCPP, not a recording"),
    (rb'\A\s*\{[^{}]*"\$schema"\s*:\s*"https?://json-schema', "a JSON schema, not a recording"),
    (rb'\A\s*\{\s*"constants"\s*:[^\0]*"logEventTypes"', "a NetLog of Chrome, without WebSocket messages; save a HAR"),
    (rb"\bOCTT\b|\bTC_[A-Z]{1,2}_\d+_CS(?:MS)?\b", "a report of OCTT without frames; export its log of messages"),
)
_KINDS_OF_TEXT = tuple((lazily(pattern), words) for pattern, words in _TEXTS)
_JSON = lazily(rb"\A(?:\xef\xbb\xbf)?\s*[\[{]\s*(?:[\]}\"{\[]|-?\d)")
_KEY = lazily(rb"\"([^\"\\]{1,40})\"\s*:")
_TAGS = lazily(rb"\A(?:\xef\xbb\xbf)?\s*<(?:\?xml|[A-Za-z][\w.:-]*[\s>/])")
_BEFORE_OBJECT = lazily(rb"\b([A-Z][A-Za-z]{2,40})\b(?=[^{}]{0,80}\{\s*[\"'\w}])")
_FIELD = lazily(rb"([A-Za-z][\w-]{0,60}):(?:\s|\Z)")
_OF_MAIL = frozenset((b"subject", b"from", b"to", b"received", b"mime-version", b"message-id", b"return-path"))
_INDENTED = lazily(rb"[ \t]+(?:- )?[\w.-]{1,60}:(?:\s|\Z)")
MOST_KEYS = 6
"""How many keys of a JSON document are named."""


def kind_of_content(head: bytes) -> str:
    """What a file with this beginning seems to be, and what to do, as half a sentence; empty if it is not known."""
    for magic, words in _MAGIC:
        if head.startswith(magic) and (magic not in _BINARY_MAGIC or _CONTROL.search(head[:512])):
            return words
    if head[4:8] == b"ftyp":
        return "a film or a sound; ask for the text of the log"
    if head[257:262] == b"ustar":
        return "a tar archive; unpack it first"
    if b"\0" in head:
        return "a binary file in an unknown format"
    for pattern, words in _KINDS_OF_TEXT:
        if pattern.search(head[:SEARCHED]):
            return words
    if is_mail(head[:SEARCHED]):
        return "a mail; save its attachment, and open that"
    if len(_DUMP.findall(head)) > 2:
        return "a hexadecimal dump; turn it back into the text of the frames first (xxd -r)"
    for pattern, words in _WITHOUT_FRAMES:
        if pattern.search(head):
            return words
    if _JSON.match(head):
        return _json_words(head)
    for pattern, words in _ESCAPES:
        if pattern.search(head):
            return f"{words}, without a whole frame in it; decode it first"
    if _HEXADECIMAL.search(head):
        return "bytes in hexadecimal; turn them back into text first"
    if _BASE64.search(head):
        return "bytes in base64; decode them first"
    if _TAGS.match(head):
        return "XML without a SOAP envelope in it"
    if _has_payload_alone(head[:SEARCHED]):
        return "a log of what is in messages, without their frames; let the logger write the frames themselves"
    if _is_yaml(head[:SEARCHED]):
        return "YAML without frames, such as a configuration"
    return ""


def _has_payload_alone(text: bytes) -> bool:
    """Whether a text has the name of an action and an object behind it, as in `got Authorize: {"idTag":"1"}`."""
    words = {match[1].decode() for match in _BEFORE_OBJECT.finditer(text)}
    return any(action_and_kind(word) is not None for word in words)


def _json_words(head: bytes) -> str:
    keys = list(dict.fromkeys(key.decode("utf-8", "replace") for key in _KEY.findall(head)))[:MOST_KEYS]
    named = f" (its keys: {', '.join(keys)})" if keys else ""
    return f"JSON without frames or their parts{named}"


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


def is_mail(text: bytes) -> bool:
    """Whether a text begins with the header of a message (RFC 5322, section 2.2)."""
    names = set()
    for line in text.splitlines():
        if not line.strip():
            break
        field = _FIELD.match(line)
        if field is not None:
            names.add(field[1].lower())
        elif line[:1] not in (b" ", b"\t"):
            return False
    return len(names & _OF_MAIL) >= 3


def _is_yaml(text: bytes) -> bool:
    """Whether a text begins with a name of YAML, and has indented ones below it."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith((b"#", b"---"))]
    return bool(lines) and _FIELD.match(lines[0]) is not None and any(map(_INDENTED.match, lines[1:]))
