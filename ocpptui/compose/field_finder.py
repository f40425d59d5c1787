"""Every field that a message can have, to find one by a few letters of its name."""

from __future__ import annotations

from collections.abc import Iterator

from ocpptui.compose.draft import Draft, DraftNode, DraftRow, is_absent_custom_data
from ocpptui.jsontext.path import below


def fields_to_find(draft: Draft) -> list[DraftRow]:
    """The fields in the message, then those that it lacks, also within absent objects; `customData` only at the top."""
    rows = list(_inside(draft, draft.root, "$", 0))
    return sorted(rows, key=lambda row: not _is_in_message(row.node))


def _inside(draft: Draft, node: DraftNode, path: str, depth: int) -> Iterator[DraftRow]:
    if not node.kind.is_branch:
        return
    for place, child in enumerate(draft.children_of(node)):
        if depth and is_absent_custom_data(child):
            continue
        inner = below(path, place if child.is_item else child.name)
        yield DraftRow(child, inner, depth, f"{node.name}[{place}]" if child.is_item else child.name)
        yield from _inside(draft, child, inner, depth + 1)


def _is_in_message(node: DraftNode | None) -> bool:
    while node is not None and node.present:
        node = node.parent
    return node is None
