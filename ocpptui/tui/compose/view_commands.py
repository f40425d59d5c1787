"""Which commands of the compose screen there are in each of its views."""

from __future__ import annotations

from ocpptui.compose.composer import Purpose

NEXT_VIEW = {"form": "json", "json": "raw", "raw": "form"}
"""The view that the key for it leads to."""


def is_offered(action: str, parameters: tuple[object, ...], *, view: str, armed: bool, purpose: Purpose) -> bool:
    """Whether a command means something in a view; `armed` if the next `send` sends what is invalid."""
    picking = view == "picker"
    answering = purpose is not Purpose.CALL
    changing = purpose is Purpose.CHANGE
    match action, parameters:
        case "send", _:
            return not picking and not armed
        case "send_anyway", _:
            return not picking and armed
        case "view", ("picker",):
            return not picking and not answering
        case "view", (wanted,):
            return wanted == NEXT_VIEW.get(view)
        case "purpose", (wanted,):
            return answering and not changing and wanted != purpose
        case (("history" | "older" | "open_saved"), _):
            return not answering
        case "save_call", _:
            return not answering and not picking and view != "raw"
        case "edit_outside", _:
            return not picking
        case "start_afresh", _:
            return not picking and view != "raw"
        case "everything", _:
            return picking
        case "find_field", _:
            return view == "form"
    return True
