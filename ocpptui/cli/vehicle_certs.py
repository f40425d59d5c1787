"""The part of `ocpptui certs` about plug and charge: certificates of ISO 15118, and a responder for their status."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ocpptui.cli.number_types import WholeNumber
from ocpptui.cli.options import combined
from ocpptui.cli.output import Heading, show

if TYPE_CHECKING:
    from ocpptui.session.vehicle_files import VehicleFiles
    from ocpptui.simulator.bench_certificates import Flaw
    from ocpptui.simulator.ocsp_responder import OcspAnswer, OcspResponder

ANSWERS = {
    "good": "the certificate is good",
    "revoked": "it was revoked yesterday",
    "unknown": "the responder does not know it",
    "late": "good, but only after 30 s",
    "wrong-signature": "good, with a signature that does not fit",
    "expired": "good until the day before yesterday (nextUpdate)",
    "try-later": "no status: tryLater",
}
"""What `--ocsp` has the responder say."""

vehicle_options = combined(
    click.option("--iso15118", is_flag=True, help="Also make those of plug and charge (ISO 15118), in DIR/iso15118."),
    click.option("--emaid", "emaids", multiple=True, help="A contract to make a certificate for. Repeatable."),
    click.option("--p521", is_flag=True, help="With the keys of ISO 15118-20 (P-521), in DIR/iso15118-20."),
    click.option("--ocsp-url", help="The OCSP responder that new ones name [default: http://localhost:9080/]."),
    click.option("--ocsp-port", type=WholeNumber(0, 65535), help="Run that responder on this port; 0: a free one."),
    click.option("--ocsp-host", default="127.0.0.1", show_default=True, help="The address that it listens on."),
    click.option(
        "--ocsp",
        "answers",
        multiple=True,
        metavar="[SERIAL=]ANSWER",
        help=f"What it answers of all, or of one certificate, true or not: {', '.join(ANSWERS)}. Repeatable.",
    ),
)


class VehicleWish(NamedTuple):
    """What the options ask for."""

    emaids: Sequence[str]
    charge_points: Sequence[str]
    p521: bool
    ocsp_url: str | None
    ocsp_port: int | None
    ocsp_host: str
    answers: Sequence[str]

    def lacks_another(self, *, iso15118: bool) -> bool:
        """Whether an option is given without the one that it needs."""
        serves = self.ocsp_port is not None
        return (bool(self.answers) and not serves) or (
            not iso15118 and bool(self.emaids or self.ocsp_url or (self.p521 and not serves))
        )


def vehicle_account(folder: Path, wish: VehicleWish, flaws: Sequence[Flaw]) -> Iterator[str]:
    """Make what is missing, and say what there is. Raises click.UsageError."""
    from ocpptui.session.setting_values import WrongSetting
    from ocpptui.simulator.contract import EMAID
    from ocpptui.simulator.vehicle_certificates import CPO, MO, OEM, PCID

    try:
        files = _files(folder, wish, makes=True)
        contracts = wish.emaids or (EMAID,)
        wanted = [(CPO, name) for name in wish.charge_points or ("CP001",)]
        wanted += [*((MO, emaid) for emaid in contracts), (OEM, PCID)]
        yield Heading(f"{'made' if files.is_new else 'kept'} {files.folder}: plug and charge")
        for name in files.authorities:
            yield f"  {name}.pem"
        for branch, name in wanted:
            file = files.leaf(branch, name)
            yield Heading(f"{'made' if file.is_new else 'kept'} {file.path}: {_WORDS[branch.name]} {name}")
            if branch is MO:
                yield f"  [[cars]] contract = {json.dumps(str(file.path), ensure_ascii=False)} in a station profile"
        for flaw in flaws:
            yield Heading(f"wrong on purpose: {flaw}")
            for branch, name in wanted:
                file = files.leaf(branch, name, flaw)
                yield f"  {'made' if file.is_new else 'kept'} {file.path}"
    except WrongSetting as error:
        raise click.UsageError(str(error)) from None
    yield Heading("the responder that they name")
    yield f"  ocpptui certs {shlex.quote(str(folder))} --ocsp-port 9080{' --p521' if wish.p521 else ''}"
    yield Heading("a central system that verifies contracts and signs for cars")
    yield f"  ocpptui central-system --iso15118 {shlex.quote(str(files.folder))}"


def run_responder(folder: Path, wish: VehicleWish) -> None:
    """Answer OCSP requests until interrupted. Raises click.UsageError."""
    from ocpptui.session.setting_values import WrongSetting

    always, by_serial = _answers(wish.answers)
    try:
        responder = _files(folder, wish, makes=False).responder(always, by_serial)
    except WrongSetting as error:
        raise click.UsageError(f"{error}; make the certificates with --iso15118 first") from None
    asyncio.run(_serve(responder, wish))


async def _serve(responder: OcspResponder, wish: VehicleWish) -> None:
    from ocpptui.network.ocsp_http import OcspServer
    from ocpptui.network.problems import CannotListen
    from ocpptui.runtime.clock import now

    def answer(question: bytes) -> tuple[bytes, float]:
        reply = responder.answer(question, now())
        show(reply.words)
        return reply.data, reply.delay

    server = OcspServer(answer, wish.ocsp_host)
    try:
        await server.start(wish.ocsp_port or 0)
    except CannotListen as error:
        from ocpptui.describe.network_problems import problem_text

        raise click.ClickException(problem_text(error.problem)) from None
    try:
        show(f"OCSP responder at http://{wish.ocsp_host}:{server.port}/")
        await asyncio.Event().wait()
    finally:
        await server.close()


def _files(folder: Path, wish: VehicleWish, *, makes: bool) -> VehicleFiles:
    from ocpptui.session.vehicle_files import DEFAULT_RESPONDER, VehicleFiles
    from ocpptui.simulator.vehicle_certificates import Iso15118

    part = Iso15118.PART_20 if wish.p521 else Iso15118.PART_2
    place = folder / ("iso15118-20" if wish.p521 else "iso15118")
    url = wish.ocsp_url or (f"http://localhost:{wish.ocsp_port}/" if wish.ocsp_port else DEFAULT_RESPONDER)
    return VehicleFiles(place, part, url, makes=makes)


def _answers(texts: Sequence[str]) -> tuple[OcspAnswer | None, dict[int, OcspAnswer]]:
    from ocpptui.simulator.ocsp_responder import OcspAnswer

    always: OcspAnswer | None = None
    by_serial: dict[int, OcspAnswer] = {}
    for text in texts:
        serial, named, answer = text.rpartition("=")
        try:
            said = OcspAnswer(answer)
            if named:
                by_serial[int(serial.replace(":", ""), 16)] = said
            else:
                always = said
        except ValueError:
            known = ", ".join(ANSWERS)
            raise click.UsageError(
                f"--ocsp {text}: expected one of {known}, with a serial number in hexadecimal digits and = before it"
            ) from None
    return always, by_serial


_WORDS = {"cpo": "charge point, for cars,", "mo": "contract", "oem": "car from its factory,"}
