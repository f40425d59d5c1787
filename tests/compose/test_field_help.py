"""The help of the form for a field, in a few words."""

from __future__ import annotations

import pytest

from ocpptui.compose.draft import Draft
from ocpptui.compose.field_help import help_of, keys_of
from ocpptui.describe.field_limits import limits_of, sentence_of
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.validation import violations
from ocpptui.ocpp.version import Version


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (Field("a", "string", max_length=20), "string ≤20"),
        (Field("a", "string", format="date-time"), "date-time"),
        (Field("a", "integer", minimum=0), "integer ≥0"),
        (Field("a", "integer", minimum=0, maximum=3), "integer 0–3"),
        (Field("a", "number", maximum=0.5), "number ≤0.5"),
        (Field("a", "number", multiple_of=0.1), "number, steps of 0.1"),
        (Field("a", "boolean"), "true | false"),
        (Field("a", "string", enum=("A", "B")), "A | B"),
        (Field("a", "array", item=Field("", "object"), min_items=1, max_items=4), "list of 1–4 objects"),
        (Field("a", "array", item=Field("", "string"), min_items=1), "list of at least 1 strings"),
        (Field("a", "array", item=Field("", "string", enum=("A",))), "list of values"),
        (Field("a", "array", item=Field("", "integer"), min_items=2, max_items=2), "list of 2 integers"),
        (Field("a", "object", fields=(Field("b", "string", True), Field("c", "string"))), "object of b"),
        (Field("a", "object", fields=(Field("c", "string"),)), "object of c"),
        (Field("a", "object"), "object"),
        (Field("a", "any"), "any JSON value"),
    ],
)
def test_type_and_limits(field: Field, words: str) -> None:
    assert limits_of(field) == words


def test_help_and_keys_follow_the_field() -> None:
    draft = Draft(field_tree(Version.V201, "SetVariables", Part.REQUEST), {"setVariableData": [{}], "x": 1})
    rows = {row.path: row.node for row in draft.rows()}
    assert help_of(rows["$.setVariableData"]).startswith("required · ")
    assert help_of(rows["$.setVariableData[0]"]).startswith("item · ")
    assert help_of(rows["$.setVariableData[0].attributeType"]).startswith("optional · ")
    assert help_of(rows["$.customData"]) == "data of a vendor, which can be added in 2 places"
    assert keys_of(rows["$.customData"], ()) == "space show"
    assert "not in the schema" in help_of(rows["$.x"])
    assert keys_of(rows["$.setVariableData"], ()) == "space fold · ^n add item · ^x remove"
    assert "^n add item" in keys_of(rows["$.setVariableData[0]"], ())
    assert keys_of(rows["$.setVariableData[0].attributeType"], ()) == "space add"
    assert "space next · enter choose" not in keys_of(rows["$.setVariableData[0].attributeType"], ())
    draft.set_text(rows["$.setVariableData[0].attributeType"], "Actual")
    assert keys_of(rows["$.setVariableData[0].attributeType"], ()).startswith("space next · enter choose")


def test_a_violation_needs_no_path_beside_its_field() -> None:
    found = violations(Version.V16, "Reset", Part.REQUEST, {"type": "hard", "x": 1})
    told = [sentence_of([violation]) for violation in found]
    assert any("did you mean Hard?" in words for words in told)
    assert "not allowed here" in told
    assert not any("$" in words for words in told)
