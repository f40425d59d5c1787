"""`ocpptui certs --iso15118` and `--ocsp-port`: what it says can be done, can be done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ocpptui.cli.vehicle_certs import ANSWERS
from ocpptui.simulator.ocsp_responder import OcspAnswer
from ocpptui.simulator.own_certificates import certificates_in
from tests.cli.conftest import Run
from tests.kit.documentation_page import understand


def test_it_makes_the_three_branches_and_says_how_to_go_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("certs", "bench", "--iso15118", "--p521", "--emaid", "DE8AAA1B2C3D45", "--wrong", "expired")
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "bench" / "iso15118-20"
    named = re.findall(r"(?:made|kept) (\S+\.pem)", result.stdout)
    assert {Path(name).name for name in named} >= {
        "secc-CP001.pem", "contract-DE8AAA1B2C3D45.pem", "contract-DE8AAA1B2C3D45.expired.pem",
    }  # fmt: skip
    [contract] = certificates_in((folder / "contract-DE8AAA1B2C3D45.pem").read_text())[:1]
    assert getattr(contract.public_key(), "key_size", 0) == 521
    for line in re.findall(r"^  ocpptui (.*)$", result.stdout, re.MULTILINE)[-2:]:
        understand(line)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--emaid", "DE8AAA1B2C3D45"], "need --iso15118"),
        (["--ocsp", "good"], "needs --ocsp-port"),
        (["--ocsp-port", "0"], "make the certificates with --iso15118 first"),
        (["--ocsp-port", "0", "--ocsp", "better"], "expected one of good, revoked"),
        (["--ocsp-port", "0", "--ocsp", "xyz=good"], "expected one of good, revoked"),
        (["--iso15118", "--emaid", "nobody"], "an eMAID has a country"),
        (["--iso15118", "--ocsp-url", "http://bücher.example/"], "is not the URL of an OCSP responder"),
        (["--iso15118", "--ocsp-url", "ocsp.example"], "is not the URL of an OCSP responder"),
    ],
)
def test_what_makes_no_sense_is_refused(run: Run, options: list[str], words: str) -> None:
    result = run("certs", "bench", *options)
    assert result.returncode == 2
    assert words in result.stderr and "Traceback" not in result.stderr


def test_every_answer_can_be_chosen() -> None:
    assert set(ANSWERS) == {str(answer) for answer in OcspAnswer}
