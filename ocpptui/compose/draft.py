"""A payload being composed: a tree of fields in which presence is separate from value.

The schema's field tree defines which fields are allowed where; unknown values are kept unchanged and marked as extra.
Reading and writing JSON text keeps the order of keys, the text of numbers, and repeated keys.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from ocpptui.compose.field_defaults import Suggestions, nothing_known, start_tree
from ocpptui.compose.field_input import ANY, edit_text, typed
from ocpptui.jsontext.path import below, parent_path
from ocpptui.jsontext.tree import JsonDefect, Number, Pairs, Tree, parse_tree, tree_of, tree_text, tree_value
from ocpptui.ocpp.examples import smallest
from ocpptui.ocpp.schema import Field
from ocpptui.ocpp.validation import Violation

CUSTOM_DATA = "customData"
"""Where a vendor may add data of its own to an object (OCPP 2.x)."""


class NodeKind(StrEnum):
    """The JSON type of a node, regardless of its schema."""

    OBJECT = "object"
    ARRAY = "array"
    STRING = "string"
    NUMBER = "number"
    BOOLEAN = "boolean"
    NULL = "null"

    @property
    def is_branch(self) -> bool:
        return self is NodeKind.OBJECT or self is NodeKind.ARRAY


@dataclasses.dataclass(slots=True, eq=False, repr=False)
class DraftNode:
    """One field, list item or extra value of a draft. Compared by identity."""

    field: Field
    """Its field in the schema; `ANY` if the schema does not know it."""
    name: str
    """Its key; empty for the root and for list items."""
    parent: DraftNode | None
    present: bool
    kind: NodeKind
    text: str = ""
    """The characters of a string, or the JSON text of another scalar; empty for objects and lists."""
    children: list[DraftNode] = dataclasses.field(default_factory=list)
    """The fields of an object in the order of the JSON, with absent ones between them, or the items of a list."""
    extra: bool = False
    """The schema does not know this key here, or the key is repeated."""
    folded: bool = True
    """`Draft.rows` hides the children."""
    hides: int = 0
    """How many absent `customData` this line replaces; it is not a field itself."""

    @property
    def is_item(self) -> bool:
        return self.parent is not None and self.parent.kind is NodeKind.ARRAY

    @property
    def removable(self) -> bool:
        """Whether the node can be removed instead of made absent: a list item or an extra."""
        return self.is_item or self.extra

    @property
    def required(self) -> bool:
        return self.field.required and not self.removable

    @property
    def edit_text(self) -> str:
        """The text that the user edits; `typed` converts it back to the same value."""
        return edit_text(self.field, self.tree) if not self.kind.is_branch else ""

    @property
    def tree(self) -> Tree:
        """The JSON value without absent children."""
        match self.kind:
            case NodeKind.OBJECT:
                return Pairs([(child.name, child.tree) for child in self.children if child.present])
            case NodeKind.ARRAY:
                return [child.tree for child in self.children]
            case NodeKind.STRING:
                return self.text
            case NodeKind.NUMBER:
                return Number(self.text)
            case NodeKind.BOOLEAN:
                return self.text == "true"
            case NodeKind.NULL:
                return None


class DraftRow(NamedTuple):
    """One line of a form."""

    node: DraftNode
    path: str
    """JSON path, as in violations."""
    depth: int
    label: str


class Draft:
    """A payload being composed.

    `field` is the root of a field tree (None if there is no schema), `value` a decoded JSON value.
    `suggestions` returns the known values of a field by its name; new fields start with them.
    """

    def __init__(self, field: Field | None, value: Any = None, *, suggestions: Suggestions = nothing_known) -> None:
        self.field = field or ANY
        self.suggestions = suggestions
        self.shows_custom_data = False
        """`rows` shows each absent `customData`, which every object of 2.x has, instead of one line for all."""
        self.root = _node(self.field, "", None, tree_of({} if value is None else value))

    @classmethod
    def from_json(
        cls, field: Field | None, text: str, *, suggestions: Suggestions = nothing_known
    ) -> Draft | JsonDefect:
        """The draft of any JSON text; a `JsonDefect` if the text is not JSON."""
        tree = parse_tree(text)
        if isinstance(tree, JsonDefect):
            return tree
        draft = cls(field, suggestions=suggestions)
        draft.root = _node(draft.field, "", None, tree)
        return draft

    @classmethod
    def started(cls, field: Field | None, now: int, *, suggestions: Suggestions = nothing_known) -> Draft:
        """A draft with the required fields filled in: known values, `now` (µs since 1970), or else examples."""
        draft = cls(field, suggestions=suggestions)
        if field is not None:
            draft.root = _node(field, "", None, start_tree(field, smallest(field), now, suggestions))
        return draft

    # -- what it says -------------------------------------------------------------------------------------------

    def to_json(self, pretty: bool = False) -> str:
        """The payload as JSON text, on one line or indented by two spaces."""
        return tree_text(self.root.tree, pretty)

    def value(self) -> Any:
        """The decoded payload; the last of repeated keys counts."""
        return tree_value(self.root.tree)

    def rows(self) -> list[DraftRow]:
        """The lines of the form: every node outside of folded objects and lists; the root only if it is a scalar."""
        if not self.root.kind.is_branch:
            return [DraftRow(self.root, "$", 0, "payload")]
        rows = list(_rows(self.root, "$", 0, everything=False))
        return rows if self.shows_custom_data else _without_custom_data(rows)

    def children_of(self, node: DraftNode) -> list[DraftNode]:
        """The fields of an object, also of an absent one, or the items of a list."""
        _expand(node)
        return node.children

    def all_rows(self) -> Iterator[DraftRow]:
        """Every node with its path, folded or not; the root first, as `$`."""
        yield DraftRow(self.root, "$", -1, "")
        yield from _rows(self.root, "$", 0, everything=True)

    def place(self, violations: Sequence[Violation]) -> dict[DraftNode, list[Violation]]:
        """The violations by node; a violation without a node of its own belongs to the nearest node above it."""
        if not violations:
            return {}
        nodes = {}
        for row in self.all_rows():
            nodes[row.path] = row.node  # validation sees the last of repeated keys
        placed: dict[DraftNode, list[Violation]] = {}
        for violation in violations:
            path = violation.path
            while path not in nodes:
                path = parent_path(path)
            placed.setdefault(nodes[path], []).append(violation)
        return placed

    # -- what is done to it -------------------------------------------------------------------------------------

    def set_text(self, node: DraftNode, text: str, now: int | None = None) -> None:
        """Type `text` into a node; the schema decides its JSON type. The node and its ancestors become present, and
        with `now` (µs since 1970) also the required fields beside them."""
        self.set_tree(node, typed(node.field, text), now)

    def set_tree(self, node: DraftNode, tree: Tree, now: int | None = None) -> None:
        """Set a node to any JSON value; otherwise like `set_text`."""
        self._open_above(node, now)
        node.present = True
        _fill(node, tree)

    def make_present(self, node: DraftNode, now: int) -> None:
        """Make a node present with its previous value or a start value; `now` is in µs since 1970."""
        self._open_above(node, now)
        if node.present:
            return
        node.present = True
        if not node.text and not any(child.present for child in node.children):
            _fill(node, start_tree(node.field, smallest(node.field), now, self.suggestions))
        node.folded = False

    def remove(self, node: DraftNode) -> None:
        """Remove a node. A list item or an extra is deleted; a field becomes absent and keeps its value until it is
        removed again. The root cannot be removed."""
        if node.parent is None:
            return
        if node.removable:
            node.parent.children.remove(node)
        elif node.present:
            node.present, node.folded = False, True
        else:
            node.kind, node.text, node.children = _KINDS[node.field.type], "", []

    def add_item(self, node: DraftNode, now: int) -> DraftNode | None:
        """Add an item with start values at the end of a list; None if the node is not a list."""
        if node.kind is not NodeKind.ARRAY:
            return None
        of_item = _item_field(node)
        start = start_tree(of_item, smallest(of_item), now, self.suggestions, node.name)
        self._open_above(node, now)
        return self.append(node, start)

    def append(self, node: DraftNode, tree: Tree) -> DraftNode:
        """Add an item with any value at the end of the list `node`, which becomes present."""
        self._open_above(node, None)
        node.present, node.folded = True, False
        node.children.append(_node(_item_field(node), "", node, tree))
        return node.children[-1]

    def add_extra(self, node: DraftNode, name: str, tree: Tree = None) -> DraftNode:
        """Add a key that the schema does not know to the object `node`, which becomes present."""
        self._open_above(node, None)
        node.present, node.folded = True, False
        node.children.append(_node(ANY, name, node, tree, extra=True))
        return node.children[-1]

    def fold(self, node: DraftNode, folded: bool) -> None:
        """Hide or show the children of an object or a list."""
        if not folded:
            _expand(node)
        node.folded = folded

    def keep_folds_of(self, other: Draft) -> None:
        """Fold and unfold as in another draft, by path; nodes in only one of the drafts are unchanged."""
        self.shows_custom_data = other.shows_custom_data
        folds = {row.path: row.node for row in other.all_rows() if row.node.kind.is_branch}
        for row in self.all_rows():
            before = folds.get(row.path)
            if before is not None and row.node.kind.is_branch and row.node.present == before.present:
                self.fold(row.node, before.folded)

    def _open_above(self, node: DraftNode, now: int | None) -> None:
        """Make the ancestors of a node present; if `now` is None, without the start values of their other fields."""
        above = node.parent
        if above is None:
            return
        self._open_above(above, now)
        if above.present:
            return
        above.present, above.folded = True, False
        if now is not None and above.kind is NodeKind.OBJECT:
            for child in above.children:
                if child.required and child is not node:
                    self.make_present(child, now)


def _fill(node: DraftNode, tree: Tree) -> None:
    filled = _node(node.field, node.name, node.parent, tree)
    node.kind, node.text, node.children = filled.kind, filled.text, filled.children
    for child in node.children:
        child.parent = node


def _expand(node: DraftNode) -> None:
    """Give an object a child for each field of its schema; absent objects get theirs on demand."""
    if node.kind is NodeKind.OBJECT and not node.children:
        node.children = [_absent(child, node) for child in node.field.fields]


def _node(of: Field, name: str, parent: DraftNode | None, tree: Tree, extra: bool = False) -> DraftNode:
    """The node of a present value."""
    if isinstance(tree, Pairs):
        node = DraftNode(of, name, parent, True, NodeKind.OBJECT, extra=extra, folded=False)
        node.children = _object_children(node, tree)
        return node
    if isinstance(tree, list):
        node = DraftNode(of, name, parent, True, NodeKind.ARRAY, extra=extra, folded=False)
        node.children = [_node(_item_field(node), "", node, item) for item in tree]
        return node
    kind, text = _scalar(tree)
    return DraftNode(of, name, parent, True, kind, text, extra=extra)


def _object_children(node: DraftNode, pairs: Pairs) -> list[DraftNode]:
    """The pairs in their order, with each absent field after its predecessor in the schema."""
    of = node.field
    fields = {child.name: child for child in of.fields} if of.type == "object" else {}
    children: list[DraftNode] = []
    by_name: dict[str, DraftNode] = {}
    for key, tree in pairs.items:
        child = _node(fields.get(key, ANY), key, node, tree, extra=key not in fields or key in by_name)
        by_name.setdefault(key, child)
        children.append(child)
    before: DraftNode | None = None
    for child_field in fields.values():
        found = by_name.get(child_field.name)
        if found is None:
            found = _absent(child_field, node)
            children.insert(children.index(before) + 1 if before is not None else 0, found)
        before = found
    return children


def _absent(of: Field, parent: DraftNode) -> DraftNode:
    return DraftNode(of, of.name, parent, False, _KINDS[of.type])


def _item_field(node: DraftNode) -> Field:
    return node.field.item or ANY


def _rows(node: DraftNode, path: str, depth: int, everything: bool) -> Iterator[DraftRow]:
    if node.kind is NodeKind.OBJECT:
        for child in node.children:
            inner = below(path, child.name)
            yield DraftRow(child, inner, depth, child.name)
            if everything or not child.folded:
                yield from _rows(child, inner, depth + 1, everything)
    elif node.kind is NodeKind.ARRAY:
        for position, child in enumerate(node.children):
            inner = below(path, position)
            yield DraftRow(child, inner, depth, f"[{position}]")
            if everything or not child.folded:
                yield from _rows(child, inner, depth + 1, everything)


def _without_custom_data(rows: list[DraftRow]) -> list[DraftRow]:
    """The rows with one line at the end for every absent `customData`."""
    shown = [row for row in rows if not is_absent_custom_data(row.node)]
    hidden = len(rows) - len(shown)
    if hidden < 2:
        return rows
    is_shown = any(row.depth == 0 and row.node.name == CUSTOM_DATA for row in shown)
    label = f"more {CUSTOM_DATA}" if is_shown else CUSTOM_DATA
    line = DraftNode(Field(CUSTOM_DATA, "object"), CUSTOM_DATA, None, False, NodeKind.OBJECT, hides=hidden)
    return [*shown, DraftRow(line, below("$", label), 0, label)]


def is_absent_custom_data(node: DraftNode) -> bool:
    """Whether a node is a `customData` that the message does not have."""
    return node.name == CUSTOM_DATA and not node.present


def _scalar(tree: Tree) -> tuple[NodeKind, str]:
    if isinstance(tree, Number):
        return NodeKind.NUMBER, tree.text
    if isinstance(tree, bool):
        return NodeKind.BOOLEAN, "true" if tree else "false"
    if tree is None:
        return NodeKind.NULL, "null"
    assert isinstance(tree, str)
    return NodeKind.STRING, tree


_KINDS: dict[str, NodeKind] = {
    "object": NodeKind.OBJECT,
    "array": NodeKind.ARRAY,
    "string": NodeKind.STRING,
    "integer": NodeKind.NUMBER,
    "number": NodeKind.NUMBER,
    "boolean": NodeKind.BOOLEAN,
    "any": NodeKind.STRING,
}
