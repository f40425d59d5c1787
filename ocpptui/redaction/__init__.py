"""Confidential data out of recordings: what it is, what stands in its place, and where it is found in a text."""
