"""What the map of the house promises: what works without what, one name for one thing, one place for each decision."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest

from tests.kit.program import unmeasured

PACKAGE = Path(__file__).parent.parent / "ocpptui"

WITHOUT_SCREEN = ("cli", "ocpp", "timeline", "recording", "network", "simulator", "session", "replay")


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running `code`."""
    program = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    return set(
        subprocess.run(
            [sys.executable, "-c", program], env=unmeasured(), capture_output=True, text=True, check=True
        ).stdout.split()
    )


@cache
def tree(path: Path) -> ast.Module:
    """What a file of Python says; parsed once for all tests."""
    return ast.parse(path.read_text(encoding="utf-8"))


def modules(package: str) -> list[str]:
    folder = PACKAGE / package
    names = [".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts) for file in sorted(folder.rglob("*.py"))]
    return [name.removesuffix(".__init__") for name in names]


@pytest.mark.parametrize("package", WITHOUT_SCREEN)
def test_everything_but_the_screen_is_imported_without_textual(package: str) -> None:
    """Headless commands start fast, and run where no terminal is."""
    names = modules(package)
    assert names
    loaded = loaded_by(f"import {', '.join(names)}")
    assert set(names) <= loaded
    assert not {"textual", "rich", "ocpptui.tui"} & loaded


@pytest.mark.parametrize("package", ["ocpp", "timeline", "simulator"])
def test_the_lower_floors_know_no_sockets_and_no_event_loop(package: str) -> None:
    """The rules of OCPP can be used in any other program, whatever it is built on."""
    loaded = loaded_by(f"import {', '.join(modules(package))}") - loaded_by("import orjson, jsonschema_rs")
    assert f"ocpptui.{package}" in loaded
    assert not {"asyncio", "websockets", "ssl", "_socket", "click", "pygments"} & loaded


def test_the_catalogue_costs_next_to_nothing() -> None:
    """`ocpptui actions` and shell completion answer at once."""
    loaded = loaded_by("import ocpptui.ocpp.actions")
    assert not {"orjson", "jsonschema_rs", "importlib.resources", "dataclasses", "json"} & loaded


def test_soap_costs_nothing_until_there_is_some() -> None:
    """lxml takes longer to load than a small recording to open."""
    loaded = loaded_by("import ocpptui.cli, ocpptui.session.session, ocpptui.session.file_session, ocpptui.tui.app")
    assert "ocpptui.session.session" in loaded
    assert not {"lxml", "lxml.etree", "ocpptui.ocpp.soap_encoding"} & loaded


def test_the_ocpp_package_is_read_and_never_run() -> None:
    """Its own modules cost half a second to import and rename the fields."""
    code = "\n".join(
        [
            "from ocpptui.ocpp.actions import actions",
            "from ocpptui.ocpp.schema import Part",
            "from ocpptui.ocpp.validation import violations",
            "from ocpptui.ocpp.version import Version",
            "[violations(v, a.name, p, {'x': 1}) for v in Version for a in actions(v) for p in Part]",
        ]
    )
    assert {name for name in loaded_by(code) if name.startswith("ocpp.")} == set()


WRITES_COMMANDS = {"describe/copy_formats.py", "exporting/send_script.py"}
"""What these make is a command for a shell."""


def test_no_room_below_the_command_line_names_its_options() -> None:
    """A user of the screen would read about options that it does not have, and of ones that were renamed."""
    option = re.compile(r"(?<![\w-])--[a-z][\w-]+")
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).as_posix()
        if name.startswith("cli/") or name in WRITES_COMMANDS:
            continue
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found += [f"{name}:{node.lineno} {one}" for one in option.findall(node.value)]
    assert found == []


def test_no_module_of_the_screen_needs_one_that_needs_it() -> None:
    """A part of the screen could not be understood, or used, without the whole."""
    graph = grimp.build_graph("ocpptui")
    below = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert "ocpptui.tui.app" in below["ocpptui.cli.run_session"]
    needed: dict[str, set[str]] = {}
    for name in below:
        reached, ahead = set(), set(below[name])
        while ahead:
            one = ahead.pop()
            reached.add(one)
            ahead |= below.get(one, set()) - reached
        needed[name] = reached
    assert [name for name, reached in sorted(needed.items()) if name in reached] == []


INTERFACE_NAMES = {"command", "export"}
"""What each file of a kind calls the one thing that it is there for: a command, an exporter."""


Named = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public_names(*folders: Path, kinds: Any = Named) -> Iterator[tuple[str, str]]:
    """Each public class and function of the modules in these folders, with the file it is in."""
    for path in (path for folder in folders for path in sorted(folder.rglob("*.py"))):
        for node in tree(path).body:
            if isinstance(node, kinds) and not node.name.startswith("_"):
                yield node.name, path.relative_to(PACKAGE.parent).as_posix()


def more_than_once(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """The names that are in more than one place."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    for name, place in pairs:
        places[name].add(place)
    return {name: found for name, found in places.items() if len(found) > 1}


def test_no_two_public_names_are_alike() -> None:
    """Somebody who searches for a name would find another thing first."""
    found = ((name, place) for name, place in public_names(PACKAGE) if name not in INTERFACE_NAMES)
    assert more_than_once(found) == {}


def test_no_two_classes_are_alike_in_the_tests_either() -> None:
    """What tests share is there once, in `tests/kit/`; there were four drivers of the screen and three talks."""
    assert more_than_once(public_names(PACKAGE, PACKAGE.parent / "tests", kinds=ast.ClassDef)) == {}


def test_no_two_files_are_alike_by_name() -> None:
    """A traceback and a list of open files name the file, and not its room."""
    files = (path.relative_to(PACKAGE) for path in sorted(PACKAGE.rglob("*.*")) if "__pycache__" not in path.parts)
    named = ((path.name, path.as_posix()) for path in files if path.name != "__init__.py")
    assert more_than_once(named) == {}


WRITERS = {
    "sys.stdout": {"cli/output.py", "runtime/second_process.py"},
    "sys.stderr": {"cli/output.py"},
    "sys.__stdout__": set(),
    "sys.__stderr__": {"tui/terminal_driver.py"},
    "sys.excepthook": set(),
    "builtins.print": set(),
    "click.echo": set(),
    "click.secho": set(),
    "click.echo_via_pager": set(),
    "click.style": set(),
    "click.confirm": {"cli/output.py"},
    "click.prompt": {"cli/output.py"},
    "logging.getLogger": {"network/silent_libraries.py"},
    "logging.Logger": {"network/silent_libraries.py"},
    "logging.NullHandler": {"network/silent_libraries.py"},
    "logging.CRITICAL": {"network/silent_libraries.py"},
    "traceback.print_exc": set(),
    "traceback.print_exception": set(),
    "os.write": {"runtime/background_writer.py", "recording/growing_file.py"},
    "os.writev": set(),
    "os.dup2": {"cli/output.py", "cli/open_command.py"},
}
"""What could write to the terminal, and the files that may use it. Ruff forbids it too (T20, TID251); this also finds
it behind another name, and finds a new exemption. The worker process writes into the pipe to its parent."""
SILENT = {"sys", "click", "os", "traceback"}
"""Modules of which only the named functions write; of the others in the list, nothing may be used."""


def test_only_one_module_writes_to_the_terminal() -> None:
    """A peer could set the title of the terminal and fill its clipboard through what writes past that module."""
    modules_of_writers = {name.partition(".")[0] for name in WRITERS}
    found: defaultdict[str, set[str]] = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.py")):
        nodes = list(ast.walk(tree(path)))
        known = {"print": "builtins.print"}
        for node in nodes:
            if isinstance(node, ast.Import):
                known |= {one.asname or one.name: one.name for one in node.names if one.name in modules_of_writers}
            elif isinstance(node, ast.ImportFrom) and node.module in modules_of_writers:
                known |= {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
        for node in nodes:
            match node:
                case ast.Attribute(value=ast.Name(id=module), attr=attribute) if module in known:
                    name = f"{known[module]}.{attribute}"
                case ast.Name(id=used) if used in known:
                    name = known[used]
                case _:
                    continue
            if name in WRITERS or name.partition(".")[0] not in SILENT and "." in name:
                found[name].add(path.relative_to(PACKAGE).as_posix())
    assert found["sys.stdout"]
    assert {(name, place) for name, places in found.items() for place in places - WRITERS.get(name, set())} == set()


CONTRACTS = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
    "contracts"
]
MAP = (PACKAGE.parent / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8")


def rows_under(heading: str) -> list[list[str]]:
    """The cells of the table under a heading of the map, without its head."""
    section = MAP.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = [line.strip().strip("|").split("|") for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row] for row in table[2:]]


def test_the_map_shows_the_rooms_in_the_order_of_the_contract() -> None:
    """A map that is wrong in its first table is not believed in the others."""
    layers = [contract["layers"] for contract in CONTRACTS if contract["type"] == "layers"][0]
    shown = [re.findall(r"`(\w+)/`", row[0]) for row in rows_under("The rooms")]
    assert [sorted(rooms) for rooms in shown] == [sorted(layer.split(" | ")) for layer in layers]


@pytest.mark.parametrize("row", rows_under("Decided in one place"), ids=lambda row: row[0])
def test_what_is_decided_in_one_place_is_held_there(row: list[str]) -> None:
    """Each claim of the map names the file, and the contract or the test that fails where it is not kept."""
    _, place, held_by = row
    for name in re.findall(r"`([\w./]+)`", place):
        assert (PACKAGE / name).exists(), name
    kept = re.findall(r"`([^`]+)`", held_by)
    assert kept
    for name in kept:
        if "::" in name:
            file, _, test = name.partition("::")
            assert f"def {test}(" in (PACKAGE.parent / file).read_text(encoding="utf-8"), name
        else:
            assert name in {contract["name"] for contract in CONTRACTS}, name


ONE_PLACE = {
    "a line of a recording": (r"schemaVersion", {"recording/"}),
    "the calls in flight": (r"\bCorrelation\(", {"timeline/correlated_columns.py", "importing/inference.py"}),
    "a stored text that may hold a secret": (r"masks_when_read and", {"timeline/timeline.py"}),
    "a task": (r"\bcreate_task\(", {"runtime/tasks.py"}),
    "the time of a record": (r"\btime_ns\(|\btime\.time\(", {"runtime/clock.py"}),
    "the schemas": (r"^import jsonschema_rs|^from jsonschema_rs", {"ocpp/"}),
    "what a secret is called": (
        r"passphrase|apikey|kennwort",
        {"ocpp/secret_names.py", "ocpp/header_credentials.py"},  # which has the schemes of Authorization
    ),
    "the masking of records": (
        r"\bmasked\(record|\bMasking\(",
        {
            "timeline/masking.py",
            "timeline/record_batches.py",
            "timeline/timeline.py",
            "session/record_intake.py",
            "session/session.py",
            "importing/importer.py",
            "importing/finished_records.py",
            "exporting/translated_timeline.py",  # a timeline of its own
        },
    ),
    "the use of unmasked records": (
        r"\bas_stored\(",
        {"timeline/timeline.py", "timeline/bulk_append.py", "timeline/secret_search.py", "replay/plan.py"},
    ),
    "the use of unmasked frames": (
        r"\bframe_to_send\(",
        {"replay/plan.py", "replay/run.py", "replay/frame_builder.py"},
    ),
    "the limit that charging profiles set": (
        r"(?:<|>=) \w+\.valid_(?:from|to)\b|\.level\b.*\.place\b",
        {"ocpp/profile_moment.py", "ocpp/composite_schedule.py", "ocpp/profile_store.py"},
    ),
    "a copy": (r"\bcopy_to_clipboard\(|\bload-buffer\b", {"tui/clipboard.py"}),
    "a text file": (
        r"\.write_text\(|\.write_bytes\(|\.open\(\"[wax]|\bfdopen\(|\bmkstemp\(",
        {
            "exporting/whole_file.py",  # exports of masked records
            "cli/replay_runner.py",  # the report, about masked records
            "importing/",  # copies of the user's own file, which have no name or are deleted
            "recording/nameless_recording.py",  # nobody finds it
            "tui/clipboard.py",  # masks
            "tui/crash.py",  # masks
            "workspace/",  # no text of a peer
        },
    ),
    "a text file that the user alone can read": (r"def write_private\b|\.write_text\(", {"runtime/portable_files.py"}),
    "the path that a user typed": (r"\bexpanduser\(", {"runtime/portable_files.py"}),
    "the parts of a URL": (
        r"\burlsplit\(|\burlparse\(",
        {
            "ocpp/url_parts.py",
            "network/url.py",  # says what is wrong with the user's
            "unwrapping/plain_values.py",  # says what is wrong with a peer's
        },
    ),
    "the user's folder": (r"user_state_path|user_config_path|OCPPTUI_HOME", {"workspace/folders.py"}),
}
"""What is only written in these files."""


def test_no_record_gets_into_a_timeline_unmasked() -> None:
    """A password would be in the recording, on the screen, in the output and in every report."""
    appended = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(tree(path)):
            match node:
                case ast.Call(func=ast.Attribute(value=timeline, attr="append"), args=[record, *_]):
                    if ast.unparse(timeline).rpartition(".")[2] in ("timeline", "_timeline"):
                        appended.append((path.relative_to(PACKAGE).as_posix(), ast.unparse(record)))
    batches = (PACKAGE / "timeline" / "record_batches.py").read_text(encoding="utf-8")
    assert "return self._batch(map(self._masking.masked, records))" in batches
    assert {record for _, record in appended} == {
        "self._masking.masked(record) if kept is None else kept",  # what `RecordIntake.as_kept` has masked
        "self._masking.masked(record)",  # of a log in another version
    }


@pytest.mark.parametrize("what", ONE_PLACE)
def test_it_is_written_in_one_place_alone(what: str) -> None:
    """A second copy decides otherwise sooner or later."""
    pattern, places = ONE_PLACE[what]
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if re.search(pattern, path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert found
    assert {name for name in found if not any(name.startswith(place) for place in places)} == set()
