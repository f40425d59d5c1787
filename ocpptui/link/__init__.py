"""Sockets: bytes become records, text becomes bytes, and nothing is decided."""
