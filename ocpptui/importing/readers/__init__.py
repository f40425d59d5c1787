"""Readers for the formats of other tools, one file per family of formats."""
