from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from ocpptui.cli import program
from ocpptui.cli.field_table import field_lines, type_words
from ocpptui.ocpp import actions as catalog
from ocpptui.ocpp.schema import Field, Part, field_tree
from ocpptui.ocpp.validation import is_valid
from ocpptui.ocpp.version import Role, Transport, Version

GOLDEN = Path(__file__).parent / "golden"


def run(*arguments: str, columns: int = 100) -> Result:
    return CliRunner().invoke(program, ["actions", *arguments], env={"COLUMNS": str(columns)})


@pytest.mark.parametrize(
    ("file", "arguments"),
    [
        ("list-1.6.txt", ["--version", "1.6"]),
        ("list-from-central-system.txt", ["--from", "central-system"]),
        ("set-charging-profile-1.6.txt", ["--version", "1.6", "SetChargingProfile"]),
        ("boot-notification.txt", ["BootNotification"]),
        ("notify-periodic-event-stream.txt", ["NotifyPeriodicEventStream"]),
        ("get-variables-full.json", ["GetVariables", "--full"]),
        ("start-transaction-example.json", ["StartTransaction", "--example"]),
        ("authorize-1.6-response.json", ["--version", "1.6", "Authorize", "--response", "--full"]),
        ("heartbeat-1.6.json", ["--version", "1.6", "--json", "Heartbeat"]),
    ],
)
def test_the_output_is_unchanged(file: str, arguments: list[str]) -> None:
    """A change would reach users unnoticed. `COLUMNS=100 ocpptui actions … > FILE` writes a new expected output."""
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    assert result.output == (GOLDEN / file).read_text(encoding="utf-8")


def test_the_versions_of_soap_and_the_withdrawn_one_are_explained_too() -> None:
    listed = run("--version", "1.5")
    assert "OCPP 1.5: 24 actions" in listed.output
    assert "idTag  required  string, at most 20 characters" in run("--version", "1.5", "Authorize").output
    assert "OCPP 2.0 (withdrawn)" in run("Renegotiate15118Schedule").output
    assert "OCPP 1.2 has no action SetChargingProfile" in run("--version", "1.2", "SetChargingProfile").output


def test_the_whole_list_has_every_action_of_every_version() -> None:
    listed = json.loads(run("--json").output)
    expected = [(action.name, version.value) for version in Version for action in catalog.actions(version)]
    assert [(entry["action"], entry["version"]) for entry in listed] == expected
    assert len(listed) == 18 + 24 + 39 + 67 + 64 + 91
    assert {"action", "version", "block", "from", "messageType"} == set(listed[0])


@pytest.mark.parametrize("role", Role)
def test_the_list_can_be_limited_to_a_role(role: Role) -> None:
    listed = json.loads(run("--version", "2.1", "--from", role.value, "--json").output)
    assert [entry["action"] for entry in listed] == [action.name for action in catalog.actions(Version.V21, role)]


@pytest.mark.parametrize("version", Version.offered(Transport.JSON))
def test_every_action_is_explained_and_has_examples(version: Version) -> None:
    """A field would be missing from the explanation of an action, or an example could not be sent."""
    for action in catalog.actions(version):
        name = action.name
        tree = field_tree(version, name, Part.REQUEST)
        assert tree is not None
        text = run("--version", version, name).output
        assert text.startswith(f"{name}\nOCPP {version}, {action.block}, from ")
        assert all(f"  {field.name} " in text for field in tree.fields)
        explained = json.loads(run("--version", version, name, "--json").output)
        assert [field["name"] for field in explained["request"]["fields"]] == [field.name for field in tree.fields]
        for flag in ("--example", "--full"):
            for part, more in ((Part.REQUEST, []), (Part.RESPONSE, ["--response"])):
                if action.is_send and part is Part.RESPONSE:
                    continue
                payload = json.loads(run("--version", version, name, flag, *more).output)
                assert is_valid(version, name, part, payload)


def test_no_line_is_wider_than_the_terminal() -> None:
    for name in {action.name for version in Version.offered(Transport.JSON) for action in catalog.actions(version)}:
        lines = run(name, columns=80).output.splitlines()
        assert max(len(line) for line in lines) <= 80, name


@pytest.mark.parametrize(
    ("arguments", "version"),
    [(["heartbeat"], "2.1"), (["STARTTRANSACTION"], "1.6"), (["--version", "201", "heartbeat"], "2.0.1")],
)
def test_an_action_is_found_in_any_case_in_its_newest_version(arguments: list[str], version: str) -> None:
    assert f"OCPP {version}," in run(*arguments).output.splitlines()[1]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["BootNotificaton"], "no version of OCPP has an action 'BootNotificaton'; did you mean BootNotification?"),
        (
            ["--version", "1.6", "SetVariables"],
            "has no action SetVariables; it is one of OCPP 2.0, 2.0.1, 2.1",
        ),
        (["--version", "2.1", "xyzzy"], "OCPP 2.1 has no action 'xyzzy'"),
        (["--version", "1.7"], "not an OCPP version"),
        (["--example"], "need an ACTION"),
        (["Heartbeat", "--response"], "--response needs --example or --full"),
        (["Heartbeat", "--example", "--full"], "cannot be combined"),
        (["Heartbeat", "--from", "central-system"], "a central system may not send Heartbeat in OCPP"),
        (["NotifyPeriodicEventStream", "--full", "--response"], "is sent as a SEND, which has no answer"),
    ],
)
def test_wrong_usage_gives_a_sentence_and_exit_code_2(arguments: list[str], sentence: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert sentence in " ".join(result.output.split())


def test_the_answer_of_a_send_is_null_in_json() -> None:
    assert json.loads(run("NotifyPeriodicEventStream", "--json").output)["response"] is None


def test_an_example_for_scripts_is_one_line() -> None:
    output = run("Heartbeat", "--response", "--example", "--json").output
    assert output == '{"currentTime": "2026-01-31T12:00:00Z"}\n'


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (Field("x", "string", max_length=20), "string, at most 20 characters"),
        (Field("x", "string", format="date-time"), "date-time"),
        (Field("x", "string", max_length=512, format="uri"), "uri, at most 512 characters"),
        (Field("x", "integer", minimum=0, maximum=100), "integer, 0 to 100"),
        (Field("x", "integer", minimum=1), "integer, at least 1"),
        (Field("x", "number", multiple_of=0.1), "number, multiple of 0.1"),
        (Field("x", "boolean", default=False), "boolean, default False"),
        (Field("x", "any"), "any"),
        (Field("x", "object"), "object"),
        (Field("x", "object", open=True), "object, further fields allowed"),
        (Field("x", "array", min_items=1, item=Field("", "object")), "array of objects, at least 1 item"),
        (Field("x", "array", min_items=1, max_items=4, item=Field("", "object")), "array of objects, 1 to 4 items"),
        (Field("x", "array", min_items=2, max_items=2, item=Field("", "object")), "array of objects, exactly 2 items"),
        (
            Field("x", "array", max_items=1, item=Field("", "string", max_length=50)),
            "array of strings, at most 1 item, at most 50 characters",
        ),
        (Field("x", "array", item=Field("", "string", format="date-time")), "array of date-times"),
    ],
)
def test_type_and_limits_are_given_in_words(field: Field, words: str) -> None:
    assert type_words(field) == words


def test_a_payload_without_fields_says_so() -> None:
    assert field_lines(Field("", "object")) == ["  no fields"]
