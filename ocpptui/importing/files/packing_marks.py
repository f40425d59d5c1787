"""By what it begins with, whether a file is compressed, an archive or a mail: known without loading what unpacks it."""

from __future__ import annotations

from ocpptui.importing.files.unknown_content import SEARCHED, is_mail
from ocpptui.jsontext.lazy_pattern import lazily

HEAD = 2**16
"""How many bytes are used to detect a format."""
ZIP = b"PK\x03\x04"
"""What a ZIP archive begins with."""
GZIP = b"\x1f\x8b"
ZSTANDARD = b"\x28\xb5\x2f\xfd"
BZIP2 = b"BZh"
XZ = b"\xfd7zXZ\x00"
_MARKS = (ZIP, GZIP, ZSTANDARD, BZIP2, XZ)
_LONGEST_QUOTED, _SHORTEST_BROKEN, _FEWEST_BROKEN = 76, 70, 3
_ENCODED = lazily(rb"(?im)^(?:Content-Transfer-Encoding:\s*(?:base64|quoted-printable)|Content-Type:\s*multipart/)")


def is_packed(head: bytes) -> bool:
    """Whether a file with this beginning is compressed or an archive, or a mail whose text is encoded."""
    return head.startswith(_MARKS) or is_tar(head) or is_encoded_mail(head) or is_quoted_printable(head)


def is_tar(head: bytes) -> bool:
    """Whether a file with this beginning is a tar archive."""
    return head[257:262] == b"ustar"


def is_encoded_mail(head: bytes) -> bool:
    """Whether a text is a mail whose lines are not those that were sent: encoded, or in several parts."""
    return is_mail(head[:SEARCHED]) and _ENCODED.search(head[:SEARCHED]) is not None


def is_quoted_printable(head: bytes) -> bool:
    """Whether a text is the body of a mail as quoted-printable (RFC 2045, section 6.7): no line is longer than that
    allows, and several are broken as it breaks them; rows of base64 have no spaces or quotes in them."""
    if b"=\n" not in head and b"=\r\n" not in head:
        return False
    lines = [line.rstrip(b"\r") for line in head[:SEARCHED].split(b"\n")]
    ends = [line for line in lines if line[-1:] == b"=" and len(line) >= _SHORTEST_BROKEN]
    broken = sum(b" " in line or b'"' in line for line in ends)
    return broken >= _FEWEST_BROKEN and max(map(len, lines)) <= _LONGEST_QUOTED
