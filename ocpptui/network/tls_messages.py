"""The messages of a TLS handshake (RFC 5246 section 7.4, RFC 8446 section 4). A peer may send any bytes for them."""

from __future__ import annotations

import ssl

HANDSHAKE = 22
"""The type of the records that hold them."""
_CERTIFICATE, _CERTIFICATE_REQUEST = 11, 13
_AUTHORITIES = 47
"""The extension with the accepted CAs (RFC 8446 section 4.2.4)."""


class TlsReader:
    """Reads the fields of a message, as far as they are there; what is missing is empty, and a number 0."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        """What has not been read yet."""

    def __bool__(self) -> bool:
        return bool(self.data)

    def take(self, size: int) -> bytes:
        """The next bytes."""
        taken, self.data = self.data[:size], self.data[size:]
        return taken

    def number(self, size: int) -> int:
        """A number of this many bytes."""
        return int.from_bytes(self.take(size))

    def vector(self, size: int) -> TlsReader:
        """A vector, whose length is in its first `size` bytes."""
        return TlsReader(self.take(self.number(size)))

    def numbers(self, size: int) -> list[int]:
        """All that remains, as numbers of this size."""
        return [int.from_bytes(self.data[at : at + size]) for at in range(0, len(self.data) - size + 1, size)]


def sent_certificates(version: int, content: int, kind: int, data: bytes) -> tuple[bytes, ...] | None:
    """The certificates in a message, in DER; None if it is another one.

    The arguments are those with which OpenSSL shows a message before it checks its form: the version, the type of
    the record, the type of the message, and the message with its head of 4 bytes.
    """
    if content != HANDSHAKE or kind != _CERTIFICATE:
        return None
    is_newest, reader, found = version == ssl.TLSVersion.TLSv1_3, TlsReader(data[4:]), []
    if is_newest:
        reader.vector(1)  # the context of a request
    entries = reader.vector(3)
    while entries:
        found.append(entries.vector(3).data)
        if is_newest:
            entries.vector(2)  # its extensions
    return tuple(found)


def accepted_authorities(version: int, content: int, kind: int, data: bytes) -> tuple[bytes, ...] | None:
    """The names, in DER, of the CAs that a request for a certificate accepts; None if the message is another one.

    The arguments are those of `sent_certificates`.
    """
    if content != HANDSHAKE or kind != _CERTIFICATE_REQUEST:
        return None
    reader, names, found = TlsReader(data[4:]), TlsReader(b""), []
    if version == ssl.TLSVersion.TLSv1_3:
        reader.vector(1)  # the context of the request
        extensions = reader.vector(2)
        while extensions:
            extension, value = extensions.number(2), extensions.vector(2)
            if extension == _AUTHORITIES:
                names = value.vector(2)
    else:
        reader.vector(1)  # the types of certificates
        reader.vector(2)  # the algorithms of signatures
        names = reader.vector(2)
    while names:
        found.append(names.vector(2).data)
    return tuple(found)
