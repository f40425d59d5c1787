"""Decides what is wrong with a record, and why; nothing else does."""
