"""The fields of a payload on the command line: `idTag=ABC`, `meterValue[0].timestamp=…`, `limits[]:=[1, 2]`.

`path=text` is typed by the schema, `path:=json` is literal JSON of any kind. A path names keys, separated by dots and
quoted (`"odd.key"`) if a key contains a dot, a bracket, a colon or an equals sign; `[2]` is an item of a list,
possibly the next one, and `[]` is a new item.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ocpptui.compose.draft import Draft, DraftNode, NodeKind
from ocpptui.compose.field_input import fits, typed
from ocpptui.jsontext.path import PathStep, below, read_path
from ocpptui.jsontext.tree import JsonDefect, Pairs, Tree, parse_tree
from ocpptui.ocpp.counted import counted
from ocpptui.ocpp.did_you_mean import suggestion
from ocpptui.ocpp.schema import Field


@dataclass(frozen=True, slots=True)
class AssignmentProblem:
    """Why an assignment was not understood."""

    assignment: str
    text: str

    def __str__(self) -> str:
        return f"{self.assignment}: {self.text}"


@dataclass(frozen=True, slots=True)
class Assignment:
    """The parts of one assignment."""

    steps: tuple[PathStep, ...]
    value: str
    raw: bool
    """The value is literal JSON."""


def read_assignment(text: str) -> Assignment | AssignmentProblem:
    """Parse `path=value` or `path:=json`."""
    steps, position = read_path(text)
    sign = _SIGN.match(text, position)
    if not steps or sign is None:
        hint = "" if "=" in text else "; there is no equals sign in it"
        return AssignmentProblem(text, f"not path=value or path:=json, for example connectorId=1{hint}")
    return Assignment(steps, text[sign.end() :], sign.group() == ":=")


def assign(draft: Draft, assignments: Iterable[str]) -> AssignmentProblem | None:
    """Set fields of a draft in order, up to the first problem. A later assignment to a field wins."""
    for text in assignments:
        assignment = read_assignment(text)
        if isinstance(assignment, AssignmentProblem):
            return assignment
        problem = _assign(draft, assignment)
        if problem is not None:
            return AssignmentProblem(text, problem)
    return None


def _assign(draft: Draft, assignment: Assignment) -> str | None:
    """Make an assignment; return why it is impossible, or None."""
    tree: Tree | JsonDefect = parse_tree(assignment.value) if assignment.raw else None
    if isinstance(tree, JsonDefect):
        return f"what follows := is not JSON: {tree.text} at column {tree.column}"
    node = draft.root
    walked = ""
    for step in assignment.steps:
        found = _below(draft, node, step, walked, assignment.raw)
        if isinstance(found, str):
            return found
        node = found
        walked = _joined(walked, step)
    if not assignment.raw:
        if not fits(node.field, assignment.value):
            wanted = _wanted(node.field, walked)
            what = f"is {wanted}" if node.kind.is_branch else f'must be {wanted}, not "{_cut(assignment.value)}"'
            return f"{walked} {what}; {walked}:=… sends any JSON instead"
        tree = typed(node.field, assignment.value)
    draft.set_tree(node, tree)
    return None


def _below(draft: Draft, node: DraftNode, step: PathStep, walked: str, raw: bool) -> DraftNode | str:
    """The child that a step leads to, created if it is missing; a sentence if the step leads nowhere."""
    here = walked or "the payload"
    kind = NodeKind.OBJECT if isinstance(step, str) else NodeKind.ARRAY
    if node.kind is not kind:
        blank = not node.present or node.kind is NodeKind.NULL
        if not blank or node.field.type not in (kind, "any"):
            items = f"; its items are {walked}[0], {walked}[1] …" if node.kind is NodeKind.ARRAY else ""
            return f"{here} is {_a(node.kind)}, not {_a(kind)}{items}"
        draft.set_tree(node, Pairs([]) if kind is NodeKind.OBJECT else [])
    if isinstance(step, str):
        return _field_of(draft, node, step, here, raw)
    count = len(node.children)
    if step is None or step == count:
        return draft.append(node, None)
    if step > count:
        return f"{here} has {counted(count, 'item')}, the next is {walked}[{count}]"
    return node.children[step]


def _field_of(draft: Draft, node: DraftNode, name: str, here: str, raw: bool) -> DraftNode | str:
    draft.fold(node, False)
    for child in reversed(node.children):
        if child.name == name:
            return child
    if not raw and not (node.field.open or node.field.type == "any"):
        return f"{here} has no field {name}{_instead(name, node)}; {name}:=… sends it anyway"
    return draft.add_extra(node, name)


def _instead(name: str, node: DraftNode) -> str:
    names = [child.name for child in node.children]
    if meant := suggestion(name, names, before=""):
        return f" ({meant})"
    return f" (it has {', '.join(names)})" if names else ""


def _joined(walked: str, step: PathStep) -> str:
    return f"{walked}[]" if step is None else below(walked, step).removeprefix(".")


def _wanted(field: Field, walked: str) -> str:
    match field.type:
        case "object":
            first = next((child.name for child in field.fields), "key")
            return f"an object: set its fields, for example {walked}.{first}=…"
        case "array":
            return f"a list: set its items, for example {walked}[0]=…"
        case "boolean":
            return "true or false"
    return _a(NodeKind.NUMBER) if field.type == "number" else f"{_article(field.type)} {field.type}"


def _a(kind: NodeKind) -> str:
    return "null" if kind is NodeKind.NULL else "a list" if kind is NodeKind.ARRAY else f"{_article(kind)} {kind}"


def _cut(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"


def _article(word: str) -> str:
    return "an" if word[0] in "aeiou" else "a"


_SIGN = re.compile(":?=")
