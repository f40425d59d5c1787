"""Files over every protocol, with clients that are not ours. If these fail, a charge point has nowhere to put its log,
or somebody else reads the disk."""

from __future__ import annotations

import asyncio
import ftplib
import os
import re
import shutil
import socket
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from urllib.parse import quote, urlsplit

import aiohttp
import asyncssh
import pytest
import yarl

from ocpptui.network.file_transfer import download, upload
from ocpptui.network.transfer_failure import BLOCK, TransferFailed
from ocpptui.network.transfer_limits import TransferLimits
from ocpptui.runtime.tasks import Tasks
from tests.kit.certificates import Authority
from tests.kit.file_bench import NAME, file_bench

CONTENT = bytes(range(256)) * 3000
PROTOCOLS = ("HTTP", "HTTPS", "FTP", "FTPS", "SFTP")


def tls_pair(folder: Path) -> tuple[ssl.SSLContext, ssl.SSLContext, str]:
    """The TLS of a server and of a client, and the file of the CA."""
    authority = Authority(folder, "ca")
    pair = authority.sign("local", ("localhost", "127.0.0.1"))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(pair.certificate, pair.key)
    return server, ssl.create_default_context(cafile=authority.path), authority.path


async def test_each_protocol_takes_and_gives_a_file_byte_for_byte(tmp_path: Path) -> None:
    server, client, _ = tls_pair(tmp_path)
    firmware = tmp_path / "station-2.0.bin"
    firmware.write_bytes(CONTENT)
    async with file_bench(tmp_path, *PROTOCOLS, tls=server) as bench:
        for protocol in PROTOCOLS:
            await upload(bench.url(protocol), f"{protocol}.log", CONTENT, tls=client)
            file = await download(bench.url(protocol, firmware), tls=client)
            assert file.size == len(CONTENT), protocol
        assert bench.received == {f"{NAME}-{protocol}.log": CONTENT for protocol in PROTOCOLS}
        assert bench.problems == []
        assert bench.attempts == []
        for protocol in PROTOCOLS:
            assert ("done", f"{protocol}.log", len(CONTENT)) in bench.told
        grant = bench.desk.grants.of(NAME)
        for protocol in PROTOCOLS:  # without what opens it
            url = bench.url(protocol).replace(grant.path, "x" * 20).replace(grant.password, "x" * 20)
            assert url != bench.url(protocol)
            with pytest.raises(TransferFailed):
                await upload(url, "a.log", b"x", tls=client)
        assert len(bench.desk.attempts) >= len(PROTOCOLS)
        assert len(bench.received) == len(PROTOCOLS)


@dataclass(frozen=True)
class Curl:
    """Runs curl, and returns what it writes to standard output."""

    program: str

    async def __call__(self, *arguments: str) -> bytes:
        process = await asyncio.create_subprocess_exec(
            self.program, "-sS", "--max-time", "20", *arguments, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate()
        return output


@pytest.fixture
def curl() -> Curl:
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not installed")
    return Curl(program)


async def test_curl_uploads_and_fetches(curl: Curl, tmp_path: Path) -> None:
    """Most charge points use its library."""
    log, firmware = tmp_path / "station.log", tmp_path / "new.bin"
    log.write_bytes(CONTENT)
    firmware.write_bytes(CONTENT)
    async with file_bench(tmp_path, "HTTP", "FTP") as bench:
        for arguments, end in (
            (("-T", str(log)), "/"),
            (("-F", f"file=@{log}"), ""),
            (("--data-binary", f"@{log}"), "/posted.log"),
        ):
            assert await curl(*arguments, f"{bench.url('HTTP')}{end}") == b"Received.\n"
        await curl("-T", str(log), bench.url("FTP"))
        assert sorted(bench.received) == [
            f"{NAME}-posted.log",
            f"{NAME}-station-2.log",
            f"{NAME}-station-3.log",
            f"{NAME}-station.log",
        ]
        assert set(bench.received.values()) == {CONTENT}
        head = await curl("-I", bench.url("HTTP", firmware))
        assert b"Accept-Ranges: bytes" in head and f"Content-Length: {len(CONTENT)}".encode() in head
        for wanted, expected in (
            ("100-199", CONTENT[100:200]),
            ("700000-", CONTENT[700000:]),
            ("-10", CONTENT[-10:]),
            ("767999-900000", CONTENT[-1:]),
        ):
            assert await curl("-r", wanted, bench.url("HTTP", firmware)) == expected, wanted
        assert (
            await curl("-w", "%{http_code}", "-o", os.devnull, "-r", "768000-", bench.url("HTTP", firmware)) == b"416"
        )
        assert await curl(bench.url("HTTP", firmware)) == CONTENT
        assert await curl("-C", "5", bench.url("FTP", firmware)) == CONTENT[5:]
        assert bench.problems == []


async def test_a_client_of_ftp_sees_its_own_file_and_no_other(tmp_path: Path) -> None:
    firmware = tmp_path / "firmware" / "new.bin"
    firmware.parent.mkdir()
    firmware.write_bytes(CONTENT)
    (firmware.parent / "secret.bin").write_bytes(b"of another charge point")
    (tmp_path / "received").mkdir()
    (tmp_path / "received" / "other.log").write_bytes(b"of another charge point")
    async with file_bench(tmp_path, "FTP") as bench:

        def fetch(url: str) -> None:
            with connected(url) as ftp:
                assert ftp.nlst() == ["new.bin"]
                assert "new.bin" in " ".join(listed(ftp, "LIST"))
                assert ftp.size("new.bin") == len(CONTENT)
                for place in ("..", "/etc", "../../../..", "//", "~root", "C:\\"):
                    ftp.cwd(place)
                assert ftp.nlst() == ["new.bin"]
                got = BytesIO()
                ftp.retrbinary("RETR new.bin", got.write, rest=1000)
                assert got.getvalue() == CONTENT[1000:]
                for refused in ("RETR secret.bin", "RETR ../received/other.log", "RETR /etc/passwd"):
                    with pytest.raises(ftplib.error_perm, match="550"):
                        ftp.retrbinary(refused, got.write)
                for refused in ("DELE new.bin", "RMD /", "RNFR new.bin", "STOR new.bin", "APPE new.bin"):
                    with pytest.raises(ftplib.error_perm, match="550"):
                        ftp.voidcmd(refused)

        def store(url: str) -> None:
            with connected(url) as ftp:
                assert ftp.nlst() == []
                ftp.mkd("logs")
                ftp.cwd("logs")
                assert ftp.storbinary("STOR other.log", BytesIO(CONTENT)).startswith("226")
                assert ftp.nlst() == []
                with pytest.raises(ftplib.error_temp, match="used already"):
                    ftp.storbinary("STOR again.log", BytesIO(CONTENT))
                with pytest.raises(ftplib.error_perm, match="PASV"):
                    ftp.sendport("127.0.0.1", 1025)
                with pytest.raises(ftplib.error_perm, match="from the start"):
                    ftp.sendcmd("AUTH TLS")

        await asyncio.to_thread(fetch, bench.url("FTP", firmware))
        url = bench.url("FTP")
        await asyncio.to_thread(store, url)
        with pytest.raises(ftplib.error_perm, match="530"):
            await asyncio.to_thread(connected, url)
        assert bench.received == {f"{NAME}-other.log": CONTENT, "other.log": b"of another charge point"}
        assert "it asked for the active mode of FTP, and only the passive one is offered" in bench.attempts
        assert any("TLS within FTP" in problem for problem in bench.attempts)


def connected(url: str) -> ftplib.FTP:
    """A client that is logged in."""
    place = urlsplit(url)
    ftp = ftplib.FTP(timeout=20)
    ftp.connect(place.hostname or "", place.port or 21)
    try:
        ftp.login(place.username or "", place.password or "")
    except ftplib.Error:
        ftp.close()
        raise
    return ftp


def listed(ftp: ftplib.FTP, command: str) -> list[str]:
    lines: list[str] = []
    ftp.retrlines(command, lines.append)
    return lines


TRICKS = [
    "../../outside.txt", "..\\..\\outside.txt", "/etc/outside.txt", "C:\\outside.txt", "....//outside.txt", "..",
    ".", "~/outside.txt", "%2e%2e%2foutside.txt", "..%5coutside.txt", "a\0b.txt", "CON", "nul.txt", "aux.", "a.txt:b",
    "link/outside.txt", "-rf", " ", ".bashrc", "x" * 500 + ".log", "\u202egol.exe", "a\nb", "\ud7ff.log", "$(id)",
    "|id",
]  # fmt: skip


def tree(folder: Path) -> dict[str, object]:
    """All that is in a folder, with its content."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


async def test_no_name_leads_out_of_the_folder_or_over_a_file(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    (inside / "received").mkdir(parents=True)
    outside.mkdir()
    (outside / "outside.txt").write_bytes(b"as it was")
    with suppress(OSError):  # Windows without the right for it
        (inside / "received" / "link").symlink_to(outside)
        (inside / "received" / f"{NAME}-linked.txt").symlink_to(outside / "outside.txt")
    (inside / "received" / f"{NAME}-outside.txt").write_bytes(b"as it was")
    before = tree(outside)
    async with file_bench(inside, "HTTP", "FTP", "SFTP") as bench, aiohttp.ClientSession() as http:
        for number, trick in enumerate([*TRICKS, "linked.txt"]):
            content = f"{number}".encode()
            form = aiohttp.FormData()
            form.add_field("file", content, filename=trick.replace("\0", "").replace("\n", ""))
            plain = quote(trick, safe="")
            for method, place, data in (
                ("PUT", f"/{plain}", content),
                ("PUT", f"/{trick.split(chr(0))[0]}", content),
                ("POST", "", form),
            ):
                url = yarl.URL(f"{bench.url('HTTP')}{quote(place, safe='/%')}", encoded=True)
                async with http.request(method, url, data=data) as answer:
                    assert answer.status in (201, 404), (trick, method)  # 404: the path has lost the secret
            for protocol in ("FTP", "SFTP") if number % 3 == 0 else ("FTP",):  # SSH takes long to begin
                if trick.isprintable() or protocol != "FTP":  # a line feed ends a command
                    await upload(f"{bench.url(protocol)}{plain}", "log.txt", content)
        arrived = len(bench.received)
        assert arrived > 2 * len(TRICKS)
        for name in bench.received:
            assert re.fullmatch(r"CP-7-[A-Za-z0-9][\w.-]{0,90}", name) or name == f"{NAME}-linked.txt", name
    assert tree(outside) == before
    assert (inside / "received" / f"{NAME}-outside.txt").read_bytes() == b"as it was"
    assert set(os.listdir(inside)) == {"received"}
    assert all(not path.is_dir() or path.is_symlink() for path in (inside / "received").iterdir())


async def test_what_is_offered_to_one_is_given_to_nobody_else(tmp_path: Path) -> None:
    firmware = tmp_path / "firmware" / "new.bin"
    firmware.parent.mkdir()
    firmware.write_bytes(CONTENT)
    (firmware.parent / "other.bin").write_bytes(b"other")
    async with file_bench(tmp_path, "HTTP", "SFTP") as bench, aiohttp.ClientSession() as http:
        url = bench.url("HTTP", firmware)
        base, secret = url.rsplit("/", 2)[:2]
        for place, status in (
            (f"{base}/", 404),
            (f"{base}/firmware", 404),
            (f"{base}/{secret}", 404),
            (f"{base}/{secret}/", 404),
            (f"{base}/{secret}/other.bin", 404),
            (f"{base}/{secret}/..%2fother.bin", 404),
            (f"{base}/{secret}/new.bin%00", 404),
            (f"{base}/{'0' * len(secret)}/new.bin", 404),
            (bench.url("HTTP"), 405),
        ):
            async with http.get(yarl.URL(place, encoded=True)) as answer:
                assert answer.status == status, place
                assert b"bin" not in await answer.read()
        async with http.put(url, data=b"x") as answer:
            assert answer.status == 405
        with pytest.raises(TransferFailed):
            await download(bench.url("SFTP", firmware).replace("new.bin", "other.bin"))
        with pytest.raises(TransferFailed):
            await upload(bench.url("SFTP", firmware), "new.bin", b"x")
    assert firmware.read_bytes() == CONTENT


SMALL = TransferLimits(most_bytes=100_000, slowest=50_000, window=0.4, most_at_once=2, least_free=0)


async def test_what_is_too_large_too_slow_or_too_much_is_refused(tmp_path: Path) -> None:
    large = bytes(100_001)

    async def unannounced() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 10_000):
            yield large[start : start + 10_000]

    async def slow() -> AsyncIterator[bytes]:
        for _ in range(1000):
            yield b"xx"
            await asyncio.sleep(0.01)

    async with file_bench(tmp_path, "HTTP", "FTP", "SFTP", limits=SMALL) as bench, aiohttp.ClientSession() as http:
        for data, status in ((large, 413), (unannounced(), 413), (slow(), 408)):
            try:
                async with http.put(f"{bench.url('HTTP')}/a.log", data=data) as answer:
                    assert answer.status == status
            except aiohttp.ClientError:  # the server closed before it was sent
                pass
        for protocol in ("FTP", "SFTP"):
            with pytest.raises(TransferFailed):
                await upload(bench.url(protocol), "a.log", large)
        size = "it is larger than 100,000 bytes"
        assert bench.problems == [size, size, "it was slower than 50,000 bytes a second", size, size]
        assert {name.rpartition(".")[2] for name in bench.received} == {"part"}
        assert all(len(content) <= 100_000 for content in bench.received.values())


async def test_a_full_disk_and_too_many_at_once_are_said(tmp_path: Path) -> None:
    limits = TransferLimits(least_free=2**60, most_at_once=1)
    async with file_bench(tmp_path, "HTTP", "FTP", limits=limits) as bench, aiohttp.ClientSession() as http:
        async with http.put(bench.url("HTTP"), data=b"x") as answer:
            assert answer.status == 507
            assert "The disk is full" in await answer.text()
        with pytest.raises(TransferFailed, match="452"):
            await upload(bench.url("FTP"), "a.log", b"x")
        assert bench.received == {}
    limits = TransferLimits(least_free=0, most_at_once=1)
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def held() -> AsyncIterator[bytes]:
        yield b"x"
        begun.set()
        await go_on.wait()

    async with file_bench(tmp_path, "HTTP", "FTP", limits=limits) as bench, aiohttp.ClientSession() as http:
        tasks = Tasks("test")
        first = tasks.start(put(http, bench.url("HTTP"), held()), "put")
        await begun.wait()
        while not bench.received:
            await asyncio.sleep(0.005)
        async with http.put(bench.url("HTTP"), data=b"x") as answer:
            assert answer.status == 503
        go_on.set()
        assert await first == 201


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit of the size of a file")
async def test_what_a_limit_of_the_disk_stops_is_told_with_the_bytes_that_are_there(tmp_path: Path) -> None:
    if sys.platform == "win32":
        return
    import resource

    async def unannounced() -> AsyncIterator[bytes]:
        for start in range(0, len(CONTENT), 100_000):
            yield CONTENT[start : start + 100_000]

    most = 150_001
    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with file_bench(tmp_path, "HTTP", "FTP", "SFTP") as bench, aiohttp.ClientSession() as http:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
        try:
            async with http.put(bench.url("HTTP"), data=unannounced()) as answer:
                assert answer.status == 507
                assert await answer.text() == "No file on this disk may be larger.\n"
            with pytest.raises(TransferFailed, match="452"):
                await upload(bench.url("FTP"), "a.log", CONTENT)
            with pytest.raises(TransferFailed, match="no file on this disk may be larger"):
                await upload(bench.url("SFTP"), "a.log", CONTENT)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))
        assert list(bench.received.values()) == [CONTENT[:most]] * 3
        assert [told[2] for told in bench.told if told[0] == "failed"] == [most] * 3


async def put(http: aiohttp.ClientSession, url: str, data: AsyncIterator[bytes]) -> int:
    async with http.put(url, data=data) as answer:
        return answer.status


async def test_a_long_transfer_tells_how_far_it_is(tmp_path: Path) -> None:
    limits = TransferLimits(least_free=0, progress=0.02)

    async def slow() -> AsyncIterator[bytes]:
        for _ in range(5):
            yield b"x" * 100
            await asyncio.sleep(0.03)

    async with file_bench(tmp_path, "HTTP", limits=limits) as bench, aiohttp.ClientSession() as http:
        assert await put(http, f"{bench.url('HTTP')}/a.log", slow()) == 201
        sizes = [moved for _, _, moved in bench.told]
        assert sizes == sorted(sizes)
        assert {state for state, _, _ in bench.told[:-1]} == {"running"}
        assert len(sizes) > 3
        assert bench.told[-1] == ("done", "a.log", 500)


async def test_what_is_not_http_or_not_a_form_is_refused_quietly(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """A library that logs would write across the screen."""
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.log"\r\n\r\n'
    kind = "multipart/form-data; boundary=b"
    async with file_bench(tmp_path, "HTTP", "FTP") as bench, aiohttp.ClientSession() as http:
        for body in (head, head + b"half", b"", b"--b--", b"--b\r\n", b"nothing"):
            async with http.post(bench.url("HTTP"), data=body, headers={"Content-Type": kind}) as answer:
                assert answer.status in (400, 500), body
        for protocol in ("HTTP", "FTP"):
            for said in (b"\x16\x03\x01\x00\x05hello\r\n\r\n", b"\xff\xfe\r\n" * 3, b"x" * 100_000 + b"\r\n"):
                reader, writer = await asyncio.open_connection("127.0.0.1", bench.servers[protocol].port)
                writer.write(said)
                with suppress(OSError):
                    await writer.drain()
                    writer.write_eof()
                    await asyncio.wait_for(reader.read(), 20)
                writer.close()
        assert all(name.endswith(".part") for name in bench.received)
    assert capfd.readouterr() == ("", "")


async def test_what_breaks_off_is_not_a_whole_file(tmp_path: Path) -> None:
    async with file_bench(tmp_path, "HTTP", "FTP", "SFTP") as bench:
        place = urlsplit(bench.url("HTTP"))
        _, writer = await asyncio.open_connection(place.hostname, place.port)
        writer.write(f"PUT {place.path}/half.log HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf".encode())
        await until(lambda: bench.received)
        writer.close()
        await until(lambda: len(bench.problems) == 1)

        def give_up(url: str) -> None:
            ftp = connected(url)
            data = ftp.transfercmd("STOR half.log")
            data.sendall(b"half")
            while list(bench.received.values()).count(b"half") < 2:
                time.sleep(0.005)
            ftp.close()
            data.close()

        await asyncio.to_thread(give_up, bench.url("FTP"))
        await until(lambda: len(bench.problems) == 2)
        connection = await ssh_connection(bench.url("SFTP"))
        sftp = await connection.start_sftp_client()
        file = await sftp.open("half.log", "wb")
        await file.write(b"half")
        connection.abort()
        await until(lambda: len(bench.problems) == 3)
        assert all(name.endswith(".part") for name in bench.received), bench.received
        assert bench.problems == ["the connection broke off"] * 3


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def ssh_connection(url: str) -> asyncssh.SSHClientConnection:
    place = urlsplit(url)
    return await asyncssh.connect(
        place.hostname or "",
        place.port or 22,
        username=place.username or "",
        password=place.password,
        known_hosts=None,
        config=[],
    )


async def test_a_data_connection_of_ftp_is_taken_from_its_client_alone(tmp_path: Path) -> None:
    """A stranger who is quicker would get the firmware, or put a file in the name of the charge point."""
    if sys.platform == "darwin":
        pytest.skip("127.0.0.2 is not an address of this machine")
    firmware = tmp_path / "new.bin"
    firmware.write_bytes(CONTENT)
    async with file_bench(tmp_path, "FTP") as bench:

        def steal(url: str) -> tuple[bytes, bytes]:
            with connected(url) as ftp:
                host, port = ftp.makepasv()
                with socket.create_connection((host, port), 20, ("127.0.0.2", 0)) as stranger:
                    stolen = stranger.recv(10)
                with socket.create_connection((host, port), 20) as data:
                    ftp.sendcmd("RETR new.bin")
                    got = b"".join(iter(lambda: data.recv(BLOCK), b""))
                ftp.voidresp()
                return stolen, got

        assert await asyncio.to_thread(steal, bench.url("FTP", firmware)) == (b"", CONTENT)
