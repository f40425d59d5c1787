"""The page of the documentation that lists every command, `docs/KEYS.md`."""

from __future__ import annotations

from ocpptui.tui.commands.command_registry import COMMANDS, shown_keys


def _table() -> str:
    """Every command as a Markdown table, for the documentation."""
    rows = [f"| {one.where} | `{shown_keys(one.keys)}` | `{one.id}` | {one.help} |" for one in COMMANDS]
    return "\n".join(["| where | keys | id | effect |", "|---|---|---|---|", *rows])


def keys_page() -> str:
    """The whole page, in Markdown."""
    return f"{_INTRODUCTION}\n{_table()}\n"


_INTRODUCTION = """\
# Keys

All commands of the screen, generated from the registry in `ocpptui/tui/commands/`. The help (`?`, or `F1` in text
fields) shows them with their current keys; the command palette (`ctrl+p`) finds them by name.

To change keys, assign one or more keys, separated by commas, to an id in the configuration file:

```toml
[keys]
compose = "f2,c"
"compose.view" = "f10"
```
"""
