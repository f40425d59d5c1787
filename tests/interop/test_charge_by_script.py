"""A whole charge by a shell script: two programs, and nothing but `ocpptui control` between them.

If this fails, a test bench without a screen cannot play a charge.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ocpptui.ocpp.version import Version
from tests.interop.charge_stories import steps_of
from tests.kit.program import OCPPTUI, environment_of
from tests.kit.station_bench import STATION, VERSIONS
from tests.kit.story import story_line

SCRIPT = r"""
set -eu
at() { side=$1; shift; "$PYTHON" -m ocpptui control "$HERE/$side" "$@"; }
while [ ! -S "$HERE/station" ]; do sleep 0.05; done
at station wait 'action:StatusNotification' --since 0 >/dev/null
at station operate plug-in
at station operate card CARD-1
at station wait "$CHARGING" --since 0 >/dev/null
at station operate card CARD-1
at central wait "$ENDED" --since 0 >/dev/null
at station operate unplug
at central list | grep -q '"chargePoint"'
at station quit
at central quit
"""
FILTERS = {
    1: ("action:StatusNotification status=Charging", "action:StopTransaction"),
    2: ("action:TransactionEvent triggerReason=ChargingStateChanged", "action:TransactionEvent eventType=Ended"),
}


@contextmanager
def _running(environment: dict[str, str], *arguments: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [*OCPPTUI, *arguments, "--headless", "--duration", "120"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()


@pytest.mark.skipif(os.name == "nt" or shutil.which("sh") is None, reason="there is no POSIX shell")
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_a_shell_script_charges(version: Version, short_path: Path) -> None:
    environment = environment_of(short_path / "home")
    charging, ended = FILTERS[min(version.generation, 2)]
    given = {"PYTHON": OCPPTUI[0], "HERE": str(short_path), "CHARGING": charging, "ENDED": ended}
    with _running(environment, "central-system", "--port", "0", "--control", str(short_path / "central")) as central:
        assert central.stderr is not None
        url = central.stderr.readline().split()[-1]
        options = ("--id", STATION, "--version", str(version), "--control", str(short_path / "station"))
        with _running(environment, "charge-point", url, *options) as station:
            done = subprocess.run(
                ["sh", "-c", SCRIPT],
                env=environment | given,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=100,
                check=False,
            )
            assert (done.returncode, done.stderr) == (0, "")
            records = [json.loads(line) for line in station.communicate(timeout=60)[0].splitlines()]
    frames = [json.loads(record["raw"]) for record in records if record.get("raw")]
    said = [story_line(frame[2], frame[3]) for frame in frames if frame[0] == 2]
    assert said == _story(version)


def _story(version: Version) -> list[str]:
    steps = [*steps_of("boot", version), *steps_of("card", version)]
    return [step for step in steps if step != "reading" and not step.startswith("driver: ")]
