"""What the log says of a transfer of a file: begun, going on, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.durations import duration_text

if TYPE_CHECKING:
    from ocpptui.network.transfer_desk import FileMove

TRANSFER = "transfer"
"""The part of the detail of a record that a transfer is described in."""


def size_words(size: int) -> str:
    """A number of bytes in words."""
    return counted(size, "byte")


def begun_words(move: FileMove) -> str:
    """It has begun."""
    size = f", {size_words(move.expected)}" if move.expected is not None else ""
    verb = "uploads" if move.grant.is_upload else "fetches"
    return f"{move.grant.charge_point} {verb} {_name(move)} by {move.protocol} from {move.peer}{size}."


def going_words(move: FileMove) -> str:
    """How far it is."""
    verb = "upload" if move.grant.is_upload else "download"
    return f"The {verb} of {_name(move)} by {move.grant.charge_point}: {progress_words(move)}."


def progress_words(move: FileMove) -> str:
    """The bytes so far and, where their number is known, the part of the whole."""
    if not move.expected:
        return size_words(move.moved)
    return f"{move.moved:,} of {size_words(move.expected)}, {100 * move.moved // move.expected} %"


def ended_words(move: FileMove) -> str:
    """How it ended."""
    size, took = size_words(move.moved), _took(move)
    if move.problem:
        verb = "An upload of" if move.grant.is_upload else "A download by"
        return f"{verb} {move.grant.charge_point} failed after {size}: {move.problem}."
    if move.grant.is_upload:
        return f"{move.grant.charge_point} uploaded {size} in {took} by {move.protocol}: {move.path}"
    return f"{move.grant.charge_point} fetched {_name(move)}, {size}, in {took} by {move.protocol}."


def transfer_detail(move: FileMove) -> dict[str, Any]:
    """What the record of a transfer has besides its text. `file` is there once a file of a charge point is."""
    about = {
        "number": move.number,
        "state": move.state.value,
        "direction": "upload" if move.grant.is_upload else "download",
        "protocol": move.protocol,
        "peer": move.peer,
        "name": move.name,
        "moved": move.moved,
        **({"expected": move.expected} if move.expected is not None else {}),
        **({"problem": move.problem} if move.problem else {}),
    }
    is_there = move.grant.is_upload and move.ended is not None and move.path is not None
    return {TRANSFER: about, **({"file": str(move.path), "size": move.moved} if is_there else {})}


def _name(move: FileMove) -> str:
    return move.name.replace("\n", " ")[:100] or "a file"


def _took(move: FileMove) -> str:
    return duration_text(round(((move.ended or move.began) - move.began) * 1e6))
