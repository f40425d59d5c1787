"""Certificates for the traces of rules, made for them; nobody has their keys."""

from __future__ import annotations


def _pem(base64: str) -> str:
    """In PEM, as it is within JSON."""
    return f"-----BEGIN CERTIFICATE-----\\n{base64}\\n-----END CERTIFICATE-----\\n"


AUTHORITY = _pem(
    "MIIBJTCBzKADAgECAgECMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB1Rlc3QgQ0EwHhcNMjUwMTAxMDAwMDAwWhcNMzUwMTAxMDAw"
    "MDAwWjASMRAwDgYDVQQDDAdUZXN0IENBMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAESDaznNOufMntGiVziTO0Ptg1QNggqt1P"
    "QLXumuk4zAyF2oUumUsn6F77DiQN+6DiT5A4E690yXDyooPGBYxEnqMTMBEwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNI"
    "ADBFAiAFyipYQC4/t+nCA3iomluhhUV6vXefQN+glk/j90UlnAIhAK+34KocozR6Jd//6FxM+KUzXzDYs2JVlcQwd++vNQQM"
)
"""A self-signed CA, valid until 2035."""

SIGNED = _pem(
    "MIIBHjCBxaADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB1Rlc3QgQ0EwHhcNMjUxMjAxMDAwMDAwWhcNMjYxMjAxMDAw"
    "MDAwWjAOMQwwCgYDVQQDDANDUDEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATLP+kT+covjyXdocBOA8VyTRZtpijMN5y3n/mq"
    "480lgvud7E6u+SHkSkoEWZjaO2PnNM6xU0d3UDAJjnGZkrploxAwDjAMBgNVHRMBAf8EAjAAMAoGCCqGSM49BAMCA0gAMEUCIQCy"
    "iuxlw1FEUDH+KLm/JykCnu3LSCQBNsyZPn7n4XfGoAIgY0To8HGQYxoX8kF1FSSh9Luwc22a1D/TxKCW0KxGJl4="
)
"""Signed by `AUTHORITY`, valid from 2025-12-01 to 2026-12-01."""

EXPIRED = _pem(
    "MIIBHjCBxaADAgECAgEBMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB1Rlc3QgQ0EwHhcNMjQxMjAxMDAwMDAwWhcNMjUxMjAxMDAw"
    "MDAwWjAOMQwwCgYDVQQDDANDUDEwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATLP+kT+covjyXdocBOA8VyTRZtpijMN5y3n/mq"
    "480lgvud7E6u+SHkSkoEWZjaO2PnNM6xU0d3UDAJjnGZkrploxAwDjAMBgNVHRMBAf8EAjAAMAoGCCqGSM49BAMCA0gAMEUCIFWn"
    "yaZnKjKC/UMgU2vNa7dWwacLaDz2SYj9uZkF9/wrAiEAz6rmpjJgSMUkWnqp+z8CGfJ5dGZW+dmOQfPwzmHMZbs="
)
"""The same, but it expired on 2025-12-01."""
