"""Wording for the user, shared by screen, headless output and reports."""
