"""Composing a message: draft, fields, history, assignments."""
