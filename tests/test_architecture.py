"""What the floors of the house promise beyond the import rules: that a part can be used without those above it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

PACKAGE = Path(__file__).parent.parent / "ocpptui"

WITHOUT_SCREEN = ("cli", "ocpp", "timeline", "recording", "network", "simulator", "session", "replay")


def loaded_by(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after running `code`."""
    program = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    return set(
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    )


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
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
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


ONE_PLACE = {
    "a line of a recording": (r"schemaVersion", {"recording/"}),
    "the calls in flight": (r"\bCorrelation\(", {"timeline/timeline.py"}),
    "a task": (r"\bcreate_task\(", {"runtime/tasks.py"}),
    "the time of a record": (r"\btime_ns\(|\btime\.time\(", {"runtime/clock.py"}),
    "the schemas": (r"^import jsonschema_rs|^from jsonschema_rs", {"ocpp/"}),
    "the user's folder": (r"user_state_path|user_config_path|OCPPTUI_HOME", {"workspace/folders.py"}),
}
"""What is only written in these files."""


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
