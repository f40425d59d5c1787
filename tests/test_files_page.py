"""The page about files. If these fail, it describes options and commands that do not exist."""

from __future__ import annotations

import asyncio
import shlex
import shutil
from pathlib import Path

import pytest

from ocpptui.cli.central_system_command import command
from ocpptui.network.transfer_limits import TransferLimits
from ocpptui.ocpp.file_protocols import FIRMWARE_LOCATIONS, UPLOAD_LOCATIONS
from tests.kit.documentation_page import documentation_page, options_of, understand
from tests.kit.file_bench import file_bench

PAGE = documentation_page("FILES.md")
COMMANDS, CURL = PAGE.blocks("sh")


@pytest.mark.parametrize("line", COMMANDS.splitlines())
def test_each_command_is_understood(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("server.pem", "server.key"):
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    understand(line)


def test_every_option_and_call_of_the_page_exists() -> None:
    assert PAGE.options <= options_of(command)
    assert all(action in PAGE.text for action in (*UPLOAD_LOCATIONS, *FIRMWARE_LOCATIONS))


def test_its_limits_are_those_in_force() -> None:
    limits = TransferLimits()
    megabytes, free = limits.most_bytes // 2**20, limits.least_free // 2**20
    rows = [f"{megabytes} MB", f"{limits.slowest} bytes a second over a minute", f"{limits.longest / 3600:g} hours"]
    rows += [f"{limits.most_at_once} transfers", f"{free} MB stay free"]
    assert limits.window == 60
    assert [row for row in rows if f"| {row} |" not in PAGE.text] == []


async def test_its_lines_for_curl_do_what_it_says(tmp_path: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    (tmp_path / "station.log").write_bytes(b"log")
    firmware = tmp_path / "new.bin"
    firmware.write_bytes(bytes(1000))
    async with file_bench(tmp_path, "HTTP") as bench:
        for line in CURL.splitlines():
            filled = line.replace("UPLOAD", bench.url("HTTP")).replace("FIRMWARE", bench.url("HTTP", firmware))
            process = await asyncio.create_subprocess_exec(
                *shlex.split(filled), "-sS", "--fail", cwd=tmp_path, stdout=asyncio.subprocess.PIPE
            )
            output, _ = await process.communicate()
            assert process.returncode == 0, line
        assert b"200 OK" in output
        assert len(bench.received) == 2
        assert (tmp_path / "part.bin").read_bytes() == bytes(100)
