"""`ocpptui certs [DIR]`: the keys and certificates of a test bench."""

from __future__ import annotations

import re
import shlex
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ocpptui.cli.output import Heading, show_lines
from ocpptui.cli.vehicle_certs import VehicleWish, run_responder, vehicle_account, vehicle_options

if TYPE_CHECKING:
    from ocpptui.session.bench_files import BenchFile, BenchFiles
    from ocpptui.simulator.bench_certificates import Flaw

FLAWS = {
    "expired": "its validity ended yesterday",
    "not-yet-valid": "its validity begins in a year",
    "wrong-name": "it names another host or charge point",
    "wrong-usage": "its extended key usage is that of the other side",
    "weak": "its RSA key has 1024 bits; to present it, --ciphers DEFAULT:@SECLEVEL=0",
    "revoked": "the other side refuses it with --crl",
    "other-ca": "a CA has signed it that is in no file here",
}
"""What `--wrong` makes, and what is wrong with it."""
EVERY = "all"
_HOST_NAME = re.compile(r"(?:\*\.)?[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,126}\.?")
"""A name of DNS (RFC 1123 section 2.1), or all names of a domain."""


@click.command("certs")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--name", "names", multiple=True, help="A further host name or address of the central system. Repeatable."
)
@click.option("--id", "charge_points", multiple=True, help="A charge point to make a certificate for. Repeatable.")
@click.option("--organisation", help="Operator (O) in the certificates of charge points [default: ocpptui bench].")
@click.option("--rsa", is_flag=True, help="Make each with an RSA key of 2048 bits too, beside that of P-256.")
@click.option(
    "--wrong",
    "flaws",
    type=click.Choice([*FLAWS, EVERY]),
    multiple=True,
    help="Also make each one with this fault, on purpose. Repeatable.",
)
@vehicle_options
def command(
    folder: Path | None,
    names: tuple[str, ...],
    charge_points: tuple[str, ...],
    organisation: str | None,
    rsa: bool,
    flaws: tuple[str, ...],
    iso15118: bool,
    emaids: tuple[str, ...],
    p521: bool,
    ocsp_url: str | None,
    ocsp_port: int | None,
    ocsp_host: str,
    answers: tuple[str, ...],
) -> None:
    """Make the certificates of a test bench: a root and a CA below it, one for the central system, and one for each
    charge point.

    DIR is the folder for them [default: that of the CA of `central-system --test-ca`]. What it has is kept: run the
    command again to add charge points. The files are for you alone, and for tests alone.

    \b
    Examples:
      ocpptui certs bench --id CP001 --id CP002
      ocpptui certs bench --name csms.example --rsa
      ocpptui certs bench --id CP001 --wrong expired --wrong revoked
      ocpptui certs bench --iso15118 --emaid DE8AAA1B2C3D45 --wrong all
      ocpptui certs bench --ocsp-port 9080 --ocsp revoked
    """
    from ocpptui.session.bench_files import ORGANISATION, BenchFiles
    from ocpptui.session.setting_values import WrongSetting
    from ocpptui.simulator.bench_certificates import Flaw
    from ocpptui.workspace.folders import test_authority_folder

    place = folder or test_authority_folder()
    wanted = [Flaw(name) for name in FLAWS if name in flaws or EVERY in flaws]
    vehicle = VehicleWish(emaids, charge_points, p521, ocsp_url, ocsp_port, ocsp_host, answers)
    if vehicle.lacks_another(iso15118=iso15118):
        raise click.UsageError("--emaid, --p521 and --ocsp-url need --iso15118; --ocsp needs --ocsp-port")
    if ocsp_port is not None and not iso15118:
        run_responder(place, vehicle)
        return
    operator, named, revoked = organisation or ORGANISATION, [_host(name) for name in names], None
    right: list[tuple[str, BenchFile]] = []
    wrong: list[tuple[Flaw, list[BenchFile]]] = []
    try:
        bench = BenchFiles(place)
        for of_rsa in (False, True) if rsa else (False,):
            right.append(("", bench.server(_hosts(named), of_rsa=of_rsa)))
            right += [(name, bench.charge_point(name, operator, of_rsa=of_rsa)) for name in charge_points]
        for flaw in wanted:
            found = [bench.server(_hosts(named), flaw=flaw)]
            found += [bench.charge_point(name, operator, flaw=flaw) for name in charge_points]
            wrong.append((flaw, found))
            if flaw is Flaw.REVOKED:
                revoked = bench.revocation_list()
    except WrongSetting as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"the folder cannot be created: {error.strerror or error}") from None
    show_lines(_account(bench, named, right, wrong, revoked))
    if iso15118:
        show_lines(vehicle_account(place, vehicle, wanted))
        if ocsp_port is not None:
            run_responder(place, vehicle)


def _hosts(named: Sequence[str]) -> list[str]:
    """The names and addresses of this machine, after those that the user has named."""
    from ocpptui.network.addresses import reachable_hosts

    own = [socket.getfqdn(), socket.gethostname()]
    usable = [name for name in own if name.isascii() and name.replace("-", "").replace(".", "").isalnum()]
    return list(dict.fromkeys([*named, "localhost", *usable, *reachable_hosts("0.0.0.0"), "::1"]))


def _host(name: str) -> str:
    """A host name in ASCII (RFC 5890), as it is in certificates, or an address. Raises click.UsageError."""
    with suppress(ValueError):
        return str(ip_address(name))
    with suppress(UnicodeError):
        host = name.encode("idna").decode("ascii")
        if _HOST_NAME.fullmatch(host):
            return host
    raise click.UsageError(f"--name {name!r}: expected a host name or an address, without a scheme and a port")


def _account(
    bench: BenchFiles,
    named: Sequence[str],
    right: Sequence[tuple[str, BenchFile]],
    wrong: Sequence[tuple[Flaw, Sequence[BenchFile]]],
    revoked: BenchFile | None,
) -> Iterator[str]:
    """What there is, and how each file is used."""
    root, chain, key = (_quoted(path) for path in (bench.root, bench.chain, bench.key))
    yield Heading(f"{_word(bench.is_new)} {bench.root}: the root, which the other side has to trust")
    yield Heading(f"{_word(bench.is_new)} {bench.chain}, {bench.key.name}: the CA that signs, also on request")
    yield f"  ocpptui central-system --ca-cert {chain} --ca-key {key}"
    for name, file in right:
        own = _own_options(file)
        if name:
            yield Heading(f"{_words(file)}: charge point {name}")
            yield from _ended(file)
            yield from _use_by_charge_point(name, file, root)
            continue
        there = file.names
        yield Heading(f"{_words(file)}: central system ({', '.join(there)})")
        yield from _ended(file)
        if missing := [one for one in named if one not in there]:
            yield f"  It does not name {', '.join(missing)}. Move both files away to have them made anew."
        if file is right[0][1]:
            yield from _use_by_central_system(file, root)
        else:  # of RSA, beside the first
            first = _own_options(right[0][1])
            own = own.replace("--", "--second-")
            yield f"  ocpptui central-system --security-profile 2 {first} {own} --ask-password"
    for flaw, files in wrong:
        yield Heading(f"wrong on purpose: {FLAWS[flaw]}")
        yield from (f"  {_words(file)}" for file in files)
    if revoked is not None:
        crl = _quoted(revoked.path)
        yield Heading(f"{_word(revoked.is_new)} {revoked.path}: the list of what is revoked")
        yield f"  ocpptui charge-point wss://localhost:9000 --id CP001 --ca {root} --crl {crl}"
        yield f"  openssl crl -in {crl} -noout -text"


def _ended(file: BenchFile) -> Iterator[str]:
    if ended := file.ended:
        yield f"  It expired on {ended}. Move both files away to have them made anew."


def _use_by_central_system(file: BenchFile, root: str) -> Iterator[str]:
    own = _own_options(file)
    yield f"  ocpptui central-system --security-profile 2 {own} --ask-password"
    yield f"  ocpptui central-system --security-profile 3 {own} --client-ca {root}"
    yield f"  openssl s_server -accept 9000 {_of_openssl(own)} -www"


def _use_by_charge_point(name: str, file: BenchFile, root: str) -> Iterator[str]:
    own, at = _own_options(file), f"wss://localhost:9000 --id {shlex.quote(name)}"
    yield f"  ocpptui charge-point {at} --security-profile 3 --ca {root} {own}"
    yield f"  openssl s_client -connect localhost:9000 -CAfile {root} {_of_openssl(own)}"


def _own_options(file: BenchFile) -> str:
    assert file.key is not None
    return f"--cert {_quoted(file.path)} --key {_quoted(file.key)}"


def _of_openssl(options: str) -> str:
    """The same for OpenSSL, which needs an option for a file with a chain."""
    words = shlex.split(options)
    return shlex.join(["-cert", words[1], "-cert_chain", words[1], "-key", words[3]])


def _words(file: BenchFile) -> str:
    key = "" if file.key is None else f", {file.key.name}"
    return f"{_word(file.is_new)} {file.path}{key}"


def _word(is_new: bool) -> str:
    return "made" if is_new else "kept"


def _quoted(path: Path) -> str:
    return shlex.quote(str(path))
