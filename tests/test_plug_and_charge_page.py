"""The page about plug and charge. If these fail, it describes options, files and answers that do not exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocpptui.cli.central_system_command import command as central_system
from ocpptui.cli.certs_command import command as certs
from ocpptui.cli.vehicle_certs import ANSWERS
from ocpptui.ocpp.schema import Part, schema
from ocpptui.ocpp.version import Version
from ocpptui.session.station_profiles import profile_named
from ocpptui.session.vehicle_files import VehicleFiles
from ocpptui.simulator.contract import EMAID
from ocpptui.simulator.own_certificates import certificates_in
from ocpptui.simulator.vehicle_certificates import BRANCHES, MO
from tests.kit.documentation_page import documentation_page, options_of, understand

PAGE = documentation_page("PLUG_AND_CHARGE.md")
FIRST_CELLS = [line.split("|")[1] for line in PAGE.text.splitlines() if line.startswith("| `")]
NAMED = set(re.findall(r"`([^`]+)`", "".join(FIRST_CELLS))) - {"--ocsp"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the commands name."""
    folder = tmp_path_factory.mktemp("page")
    VehicleFiles(folder / "bench" / "iso15118")
    (folder / "answer.exi").write_bytes(b"\x80")
    return folder


@pytest.mark.parametrize("line", PAGE.commands)
def test_each_command_is_understood(line: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    understand(line)


def test_every_option_of_the_page_exists() -> None:
    assert PAGE.options <= options_of(central_system, certs)


def test_its_car_has_a_contract(folder: Path) -> None:
    (example,) = PAGE.blocks("toml")
    VehicleFiles(folder / "bench" / "iso15118").leaf(MO, EMAID)
    (profile := folder / "car.toml").write_text(example, encoding="utf-8")
    (car,) = profile_named(str(profile)).settings.built.cars
    assert len(certificates_in(car.contract)) == 3


def test_its_tables_are_whole(folder: Path) -> None:
    tree = schema(Version.V201, "Authorize", Part.RESPONSE)
    assert tree is not None
    statuses = tree["definitions"]["AuthorizeCertificateStatusEnumType"]["enum"]
    files = {path.stem for path in (folder / "bench" / "iso15118").iterdir()} - {f"contract-{EMAID}"}
    leaves = {f"{branch.leaf}-{name}" for branch, name in zip(BRANCHES, ("ID", "EMAID", "PCID"), strict=True)}
    assert {*ANSWERS, *statuses, *files, *leaves} == NAMED
