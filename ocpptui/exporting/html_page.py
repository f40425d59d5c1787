"""What the pages of reports share: the head with the styles, and cells."""

from __future__ import annotations

import re
from html import escape

from ocpptui.describe.safe_text import single_line


def page_head(title: str) -> list[str]:
    """The lines of a page up to its content. `title` is HTML."""
    return _HEAD.replace("TITLE", title).splitlines()


def page_cell(text: str) -> str:
    """Any text as HTML, in one line."""
    return escape(single_line(text))


def page_words(text: str) -> str:
    """Words of ocpptui as HTML, with what is between two backticks as code."""
    return _CODE.sub(r"<code>\1</code>", page_cell(text))


_CODE = re.compile(r"`([^`]{1,100})`")
_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>TITLE</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><style>
:root { color-scheme: light dark; } body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5em; }
h1 { font-size: 18px; } h2 { font-size: 15px; } h3 { font-size: 14px; margin-bottom: 2px; }
i { opacity: .7; } summary { cursor: pointer; padding: 4px 0; }
.error, .errors { color: #b3261e; } .warning, .warnings { color: #a04b00; }
table { border-collapse: collapse; } .n { text-align: right; font-variant-numeric: tabular-nums; }
time { white-space: nowrap; } .words { overflow-wrap: anywhere; }
td, th { padding: 3px 14px 3px 0; vertical-align: top; text-align: left; border-top: 1px solid #8884; }
</style></head><body>"""
