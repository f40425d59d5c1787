"""Redaction of recordings: which data is confidential, where texts contain it, and what replaces it."""
