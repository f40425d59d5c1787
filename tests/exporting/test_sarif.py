"""Findings as SARIF: what viewers of SARIF 2.1.0 require, and where each record is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from ocpptui.diagnosis.diagnosis import Diagnosis
from ocpptui.diagnosis.registry import RULES
from ocpptui.diagnosis.trace import read_trace
from ocpptui.exporting.check_report import CheckReport
from ocpptui.exporting.sarif import sarif_lines
from ocpptui.timeline.timeline import Timeline


def closed(required: list[str], **properties: Any) -> dict[str, Any]:
    """An object with these properties and no other."""
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def listed(items: dict[str, Any], *, unique: bool = False) -> dict[str, Any]:
    return {"type": "array", "items": items, "uniqueItems": unique}


TEXT = {"type": "string"}
MESSAGE = closed(["text"], text=TEXT)
LEVEL = {"enum": ["none", "note", "warning", "error"]}
LOCATION = closed(
    [],
    physicalLocation=closed(
        ["artifactLocation"],
        artifactLocation=closed([], uri={"type": "string", "pattern": r"^[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]*$"}),
        region=closed([], startLine={"type": "integer", "minimum": 1}),
    ),
    logicalLocations=listed(closed([], name=TEXT, fullyQualifiedName=TEXT), unique=True),
    message=MESSAGE,
)
RULE = closed(
    ["id"], id=TEXT, shortDescription=MESSAGE, help=MESSAGE, defaultConfiguration=closed([], level=LEVEL)
)  # fmt: skip
RESULT = closed(
    ["message"],
    ruleId=TEXT,
    level=LEVEL,
    message=MESSAGE,
    locations=listed(LOCATION),
    relatedLocations=listed(LOCATION, unique=True),
    properties={"type": "object"},
)
NOTIFICATION = closed(["message"], level=LEVEL, message=MESSAGE)
INVOCATION = closed(
    ["executionSuccessful"],
    executionSuccessful={"type": "boolean"},
    toolExecutionNotifications=listed(NOTIFICATION, unique=True),
)
DRIVER = closed(["name"], name=TEXT, version=TEXT, rules=listed(RULE, unique=True))
RUN = closed(["tool"], tool=closed(["driver"], driver=DRIVER), invocations=listed(INVOCATION), results=listed(RESULT))
SCHEMA = closed(
    ["version", "runs"], **{"$schema": {"type": "string", "format": "uri"}, "version": {"enum": ["2.1.0"]}},
    runs=listed(RUN),
)  # fmt: skip
"""What sarif-schema-2.1.0.json of OASIS says of the parts that we write; it allows no other properties either."""


def sarif_of(text: str, **options: Any) -> dict[str, Any]:
    timeline = Timeline()
    Diagnosis(timeline)
    for record in read_trace(text).records:
        timeline.append(record)
    document: dict[str, Any] = json.loads("\n".join(sarif_lines(CheckReport(timeline, **options))))
    Draft7Validator(SCHEMA).validate(document)
    return document


def test_every_rule_makes_a_valid_document() -> None:
    """Code scanning refuses the whole upload for one wrong result."""
    for rule in RULES:
        for trace in rule.positive:
            document = sarif_of(trace, name="trace.log")
            known = {one["id"] for one in document["runs"][0]["tool"]["driver"]["rules"]}
            results = document["runs"][0]["results"]
            assert {one["ruleId"] for one in results} == known


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a log.txt", "a%20log.txt"),
        ("größe#1.log", "gr%C3%B6%C3%9Fe%231.log"),
        ("", ""),
        (str(Path("/logs/a b.log").absolute()), Path("/logs/a b.log").absolute().as_uri()),
    ],
)
def test_the_file_is_a_uri(name: str, uri: str) -> None:
    """Viewers would not find the file, or refuse the document."""
    document = sarif_of("10:00:00 > Authorize {}\n", name=name)
    location = document["runs"][0]["results"][0]["locations"][0]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": uri}}


def test_each_record_is_in_its_line_of_its_file() -> None:
    """A reviewer would have to count records to find the line."""
    text = "10:00:00 > Authorize {}\n10:00:01 > Authorize {}\n"
    document = sarif_of(text, place_of=lambda index: (Path(f"{index}.log"), 7 * index))
    places = [one["locations"][0]["physicalLocation"] for one in document["runs"][0]["results"]]
    assert {"artifactLocation": {"uri": "0.log"}} in places, "it is in no line"
    assert {"artifactLocation": {"uri": "1.log"}, "region": {"startLine": 7}} in places
