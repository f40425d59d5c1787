"""Distinguished names in DER, as a server names the CAs that it accepts."""

from __future__ import annotations

from cryptography import x509
from cryptography.x509.oid import NameOID
from hypothesis import example, given
from hypothesis import strategies as st

from ocpptui.unwrapping.der import distinguished_name

KINDS = (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME, NameOID.LOCALITY_NAME, NameOID.DOMAIN_COMPONENT)
PARTS = st.lists(st.tuples(st.sampled_from(KINDS), st.text("aé ,+=ß€", min_size=1, max_size=60)), max_size=5)


@given(PARTS)
def test_it_is_what_the_certificate_says(parts: list[tuple[x509.ObjectIdentifier, str]]) -> None:
    """A technician compares the CA that is accepted with the one that signed."""
    ascii_only = [(kind, text.encode("ascii", "replace").decode()) for kind, text in parts]
    name = x509.Name([x509.NameAttribute(kind, text) for kind, text in ascii_only])
    assert distinguished_name(name.public_bytes()) == (name.rfc4514_string() or "(empty)")


@given(st.binary(max_size=40))
@example(b"\x30\x84\xff\xff\xff\xff")
@example(b"\x30")
def test_whatever_a_server_sends_is_shown(data: bytes) -> None:
    assert isinstance(distinguished_name(data), str)
