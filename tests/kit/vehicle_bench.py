"""Plug and charge on a bench: the certificates in a folder, and a responder over HTTP that says what a test wants."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from cryptography import x509

from ocpptui.network.ocsp_http import OcspServer
from ocpptui.runtime.clock import now
from ocpptui.session.vehicle_files import VehicleFiles
from ocpptui.simulator.bench_certificates import Flaw
from ocpptui.simulator.contract import EMAID
from ocpptui.simulator.ocsp_answers import hash_data_of
from ocpptui.simulator.ocsp_responder import OcspAnswer
from ocpptui.simulator.own_certificates import certificates_in
from ocpptui.simulator.vehicle_certificates import CPO, MO


class VehicleBench:
    """The files, and what the responder says."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: VehicleFiles
        self.url = ""
        self.says: OcspAnswer | None = None
        self.asked: list[str] = []
        """What was asked and answered."""

    def answer(self, question: bytes) -> tuple[bytes, float]:
        reply = self.files.responder(self.says).answer(question, now())
        self.asked.append(reply.words)
        return reply.data, reply.delay

    def path(self, flaw: Flaw | None = None) -> Path:
        """The contract, right or wrong."""
        return self.files.leaf(MO, EMAID, flaw).path

    def contract(self, flaw: Flaw | None = None) -> str:
        """Its chain in PEM."""
        return self.path(flaw).read_text(encoding="ascii")

    def chain(self, flaw: Flaw | None = None) -> list[x509.Certificate]:
        """The same with the root."""
        return [*certificates_in(self.contract(flaw)), self.files.authorities["mo-root"].certificate]

    def hashes(self, flaw: Flaw | None = None) -> list[dict[str, Any]]:
        """What Authorize says of the chain instead of the chain."""
        chain = self.chain(flaw)
        pairs = zip(chain, chain[1:], strict=False)
        return [{**hash_data_of(*pair), "responderURL": self.url} for pair in pairs]


@asynccontextmanager
async def vehicle_bench(folder: Path) -> AsyncIterator[VehicleBench]:
    bench = VehicleBench(folder)
    server = OcspServer(bench.answer)
    await server.start(0)
    bench.url = f"http://127.0.0.1:{server.port}/"
    bench.files = VehicleFiles(folder, responder=bench.url)
    bench.files.leaf(CPO, "CP001")
    try:
        yield bench
    finally:
        await server.close()
