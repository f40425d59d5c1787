"""How a charge point judges the contract certificate that a car shows.

Source: OCPP 2.x Part 2 use case C07: it names each certificate of the chain by hashes, so that the central system can
ask responders, once it has verified the chain; where it lacks the root, the central system gets the chain itself.
"""

from __future__ import annotations

from ocpptui.ocpp.payload import Payload
from ocpptui.simulator.certificate_calls import ROOTS_OF_CARS
from ocpptui.simulator.contract_chain import contract_name, contract_path
from ocpptui.simulator.device import Device
from ocpptui.simulator.ocsp_answers import status_questions
from ocpptui.simulator.outgoing_calls import DriverToken
from ocpptui.simulator.own_certificates import all_certificates, certificates_in


def offers_plug_and_charge(device: Device) -> bool:
    """Whether cars may pay by themselves; in 1.6, which has no such setting here, they may."""
    return device.version.generation == 1 or device.configuration.is_on("ISO15118Ctrlr", "PnCEnabled")


def shown_contract(device: Device, contract: str, now: int) -> DriverToken | str:
    """The token of a car with this chain in PEM, the contract first; or as a clause why it is refused."""
    chain = certificates_in(contract)
    if not chain:
        return "there is no certificate that can be read"
    roots = all_certificates([pem for kind in ROOTS_OF_CARS for pem in device.certificates.pems(kind)])
    name = contract_name(chain[0])
    questions = status_questions(chain, roots)
    proof: Payload = {"certificate": contract}
    if len(questions) == len(chain):  # the root is known
        finding = contract_path(chain, name, roots, now).finding
        if finding.reason:
            return finding.reason
        proof = {"iso15118CertificateHashData": questions[:4]}
    return DriverToken(name, "eMAID", has_contract=True, proof=proof)
