"""A composed message without its secrets, for files: it asks for each of them when it is sent again."""

from __future__ import annotations

from ocpptui.compose.draft import Draft, NodeKind
from ocpptui.compose.placeholders import literal, without_placeholders
from ocpptui.jsontext.tree import JsonDefect
from ocpptui.ocpp.secret_names import MASK
from ocpptui.ocpp.secrets import mask_text, secret_paths


def secret_free_payload(action: str, text: str) -> str:
    """The payload (JSON text) of a call with a `${prompt:…}` for each secret; other text is masked as in recordings.

    A secret that comes from a placeholder, such as `${env:PASSWORD}`, stays. A payload without secrets is unchanged.
    """
    draft = Draft.from_json(None, text)
    if isinstance(draft, JsonDefect):
        return mask_text(text)
    paths = secret_paths(action, draft.value())
    if not paths:
        return text
    if "$" in paths:
        return mask_text(text)
    for row in list(draft.all_rows()):
        node = row.node
        if row.path not in paths or not node.present:
            continue
        name = node.name or "secret"
        if node.kind is not NodeKind.STRING:
            draft.set_tree(node, f"${{prompt:{name}}}")
            continue
        fixed = without_placeholders(node.text)
        masked = mask_text(fixed)
        if fixed != node.text and (not fixed or masked == fixed):
            continue
        around = masked.split(MASK) if MASK in masked and masked != MASK else ["", ""]
        draft.set_tree(node, f"${{prompt:{name}}}".join(map(literal, around)))
    return draft.to_json(pretty="\n" in text)
