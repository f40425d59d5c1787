"""How programs show the bytes of frames: dumps of several rows, and numbers, base64 and literals in one line."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from zlib import crc32

from tests.importing.conversation import Exchanged
from tests.importing.logger_lines import Line, utc, way
from tests.importing.pcap_bytes import Chunk, packets

Dump = Callable[[bytes], str]


def as_text(data: bytes, other: str = ".") -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F else other for byte in data)


def rows(data: bytes, width: int = 16) -> Iterator[tuple[int, bytes]]:
    return ((place, data[place : place + width]) for place in range(0, len(data), width))


def words(data: bytes, size: int = 2) -> str:
    return " ".join(data[place : place + size].hex() for place in range(0, len(data), size))


def halves(data: bytes) -> str:
    return f"{data[:8].hex(' ')}  {data[8:].hex(' ')}"


def swapped(data: bytes) -> str:
    """Words of a little-endian machine."""
    even = data + b"\0" * (len(data) % 2)
    return " ".join(f"{even[place + 1]:02x}{even[place]:02x}" for place in range(0, len(even), 2))


def canonical(data: bytes, prefix: str = "", address: int = 0) -> str:
    body = [f"{prefix}{address + at:08x}  {halves(row):<48}  |{as_text(row)}|" for at, row in rows(data)]
    return "\n".join([*body, f"{prefix}{address + len(data):08x}"])


def espressif(data: bytes) -> str:
    start = 0x3FFB0000 + crc32(data) % 4096 * 16
    return "\n".join(
        f"I (12345) WEBSOCKET: 0x{start + at:x}   {halves(row):<48}  |{as_text(row)}|" for at, row in rows(data)
    )


def netty(data: bytes) -> str:
    border = f" +--------+{'-' * 49}+{'-' * 16}+"
    body = [f" |{at:08x}| {row.hex(' '):<48}|{as_text(row):<16}|" for at, row in rows(data)]
    columns = " ".join(f"{column:2x}" for column in range(16))
    return "\n".join([f"          +{'-' * 49}+", f"          | {columns} |", border, *body, border])


def base64_lines(data: bytes) -> str:
    text = base64.b64encode(data).decode()
    return "\n".join(text[at : at + 76] for at in range(0, len(text), 76))


def apart(row: bytes, separator: str, width: int = 0) -> str:
    """The bytes of a row in two groups, as wide as those of a whole row."""
    text = row[:8].hex(" ") + (separator + row[8:].hex(" ") if len(row) > 8 else "")
    return f"{text:<{width or 46 + len(separator)}}"


def by_row(show: Callable[[int, bytes], str], width: int = 16) -> Dump:
    return lambda d: "\n".join(show(at, row) for at, row in rows(d, width))


def to_end(show: Callable[[int, bytes], str], last: str) -> Dump:
    """With the address behind the last byte in a line of its own."""
    return lambda d: "\n".join([*(show(at, row) for at, row in rows(d)), format(len(d), last)])


def little(row: bytes, size: int, form: str) -> Iterator[str]:
    """Words of a little-endian machine; the last is filled with zeros."""
    for place in range(0, len(row), size):
        yield format(int.from_bytes(row[place : place + size], "little"), form)


def one_by_one(row: bytes) -> str:
    """Characters in cells of four; what cannot be printed as its name or in octal."""
    names = {10: "\\n", 13: "\\r", 9: "\\t", 8: "\\b", 0: "\\0"}
    return "".join(f"{names.get(byte, chr(byte) if 0x20 <= byte < 0x7F else f'{byte:03o}'):>4}" for byte in row)


def latin(row: bytes) -> str:
    return "".join(chr(byte) if 0x20 <= byte < 0x7F or byte > 0xA0 else "." for byte in row)


def of_hexyl(data: bytes) -> str:
    edge = "─" * 8
    body = [
        f"│{at:08x}│ {row[:8].hex(' '):<23} ┊ {row[8:].hex(' '):<23} │{as_text(row[:8], '×'):<8}┊"
        f"{as_text(row[8:], '×'):<8}│" for at, row in rows(data)
    ]  # fmt: skip
    wide = "─" * 25
    return "\n".join([f"┌{edge}┬{wide}┬{wide}┬{edge}┬{edge}┐", *body, f"└{edge}┴{wide}┴{wide}┴{edge}┴{edge}┘"])


FURTHER_ROWS: dict[str, Dump] = {
    "a dash between groups": by_row(lambda at, row: f"{at:08x}  {apart(row, ' - ')}   {as_text(row)}"),
    "a dash between groups without text": by_row(lambda at, row: f"{at:04x}  {apart(row, ' - ').rstrip()}"),
    "a dash between groups without addresses": by_row(lambda _, row: f"{apart(row, ' - ')}   {as_text(row)}"),
    "a bar between groups": by_row(lambda at, row: f"{at:08x}  {apart(row, ' | ')} | {as_text(row)}"),
    "a colon between groups": by_row(lambda at, row: f"{at:08x}  {apart(row, ' : ')}  {as_text(row)}"),
    "four groups": by_row(
        lambda at, row: f"{at:04x}: {row.hex('|', -4):<35} {as_text(row)}"
    ),
    "debug.exe": by_row(lambda at, row: f"0B2D:{at + 256:04X}  {apart(row, '-').upper()}   {as_text(row)}"),
    "WinDbg": by_row(lambda at, row: f"00000000`0012{at:04x}  {apart(row, '-')}  {as_text(row)}"),
    "OpenSSL": by_row(lambda at, row: f"{at:04x} - {apart(row, '-')}   {as_text(row)}"),
    "Perl": by_row(
        lambda at, row: f"{at:08X}  {row[:8].hex(' ').upper():<23} - {row[8:].hex(' ').upper():<23}  {as_text(row)}"
    ),
    "hexyl": of_hexyl,
    "HxD": lambda d: "\n".join(
        ["Offset(h) 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F", ""]
        + [f"{at:08X}  {row.hex(' ').upper():<47}  {as_text(row)}" for at, row in rows(d)]
    ),
    "PowerShell of today": lambda d: "\n".join(
        [
            f"{' ' * 10}Offset Bytes{' ' * 43}Ascii",
            f"{' ' * 17}00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F",
            f"{' ' * 10}------ {'-' * 47} -----",
            *(f"{at:016X} {row.hex(' ').upper():<47} {latin(row)}" for at, row in rows(d)),
        ]
    ),
    "one space before the text": by_row(lambda at, row: f"{at:04x}: {row.hex(' '):<47} {as_text(row)}"),
    "strace": by_row(lambda at, row: f" | {at:05x}  {apart(row, '  ')}  {as_text(row):<16} |"),
    "gdb": by_row(
        lambda at, row: f"0x5555{at:08x} <buf+{at}>:\t" + "\t".join(f"0x{byte:02x}" for byte in row), width=8
    ),
    "xxd -d": by_row(lambda at, row: f"{at:08d}: {words(row):<39}  {as_text(row)}"),
    "xxd -b": by_row(lambda at, row: f"{at:08x}: {' '.join(f'{b:08b}' for b in row):<53}  {as_text(row)}", width=6),
    "hexdump -x": to_end(lambda at, row: f"{at:07x}    {'    '.join(little(row, 2, '04x'))}", "07x"),
    "hexdump -c": to_end(lambda at, row: f"{at:07x}{one_by_one(row)}", "07x"),
    "od": to_end(lambda at, row: f"{at:07o} {' '.join(little(row, 2, '06o'))}", "07o"),
    "od -t x4": to_end(lambda at, row: f"{at:07o} {' '.join(little(row, 4, '08x'))}", "07o"),
    "od -t o1": to_end(lambda at, row: f"{at:07o} {' '.join(f'{byte:03o}' for byte in row)}", "07o"),
    "od -t u1": to_end(lambda at, row: f"{at:07o} {' '.join(f'{byte:3d}' for byte in row)}", "07o"),
    "od -c": to_end(lambda at, row: f"{at:07o}{one_by_one(row)}", "07o"),
    "od -t x1c": to_end(
        lambda at, row: f"{at:07o}{''.join(f'  {byte:02x}' for byte in row)}\n{' ' * 7}{one_by_one(row)}", "07o"
    ),
    "an array of C": lambda d: "char peer0_0[] = { /* Packet 4 */\n" + ", \n".join(
        ", ".join(f"0x{byte:02x}" for byte in row) for _, row in rows(d, 8)
    ) + " };",
    "a string of C": lambda d: " \\\n".join(
        '"' + "".join(f"\\x{byte:02x}" for byte in row) + '"' for _, row in rows(d)
    ),
}  # fmt: skip
"""How further programs write them."""

ROWS: dict[str, Dump] = {
    "xxd": lambda d: "\n".join(f"{at:08x}: {words(row):<39}  {as_text(row)}" for at, row in rows(d)),
    "xxd in capitals": lambda d: "\n".join(
        f"{at:08X}: {words(row).upper():<39}  {as_text(row)}" for at, row in rows(d)
    ),
    "xxd of 32 columns": lambda d: "\n".join(f"{at:08x}: {words(row):<79}  {as_text(row)}" for at, row in rows(d, 32)),
    "xxd of single bytes": lambda d: "\n".join(f"{at:08x}: {row.hex(' '):<47}  {as_text(row)}" for at, row in rows(d)),
    "xxd -p": lambda d: "\n".join(row.hex() for _, row in rows(d, 30)),
    "xxd -i": lambda d: ",\n".join("  " + ", ".join(f"0x{byte:02x}" for byte in row) for _, row in rows(d, 12)),
    "hexdump -C": canonical,
    "hexdump": lambda d: "\n".join([*(f"{at:07x} {swapped(row)}" for at, row in rows(d)), f"{len(d):07x}"]),
    "od -A x -t x1z": lambda d: "\n".join(
        [*(f"{at:06x} {row.hex(' '):<47}  >{as_text(row)}<" for at, row in rows(d)), f"{len(d):06x}"]
    ),
    "od -t x1": lambda d: "\n".join([*(f"{at:07o} {row.hex(' ')}" for at, row in rows(d)), f"{len(d):07o}"]),
    "od -A d -t x1": lambda d: "\n".join([*(f"{at:07d} {row.hex(' ')}" for at, row in rows(d)), f"{len(d):07d}"]),
    "Wireshark": lambda d: "\n".join(f"{at:04x}   {row.hex(' '):<47}   {as_text(row)}" for at, row in rows(d)),
    "Wireshark of today": lambda d: "\n".join(
        f"{at:04x}   {row.hex(' '):<47}   {as_text(row, '·')}" for at, row in rows(d)
    ),
    "PowerShell": lambda d: "\n".join(f"{at:08X}   {row.hex(' ').upper():<47}  {as_text(row)}" for at, row in rows(d)),
    "tcpdump": lambda d: "\n".join(
        f"\t0x{at:04x}:  {words(row):<39}  {as_text(row).replace(' ', '.')}" for at, row in rows(d)
    ),
    "ESP-IDF": espressif,
    "ESP-IDF without addresses": lambda d: "\n".join(f"I (12345) WS: {row.hex(' ')}" for _, row in rows(d)),
    "Zephyr": lambda d: "\n".join(
        f"{'':31}{halves(row):<48} |{as_text(row[:8])} {as_text(row[8:])}|" for _, row in rows(d)
    ),
    "Linux": lambda d: "\n".join(
        f"[   12.345678] ws: {at:08x}: {row.hex(' '):<47}  {as_text(row)}" for at, row in rows(d)
    ),
    "Netty": netty,
    **FURTHER_ROWS,
    "base64 in lines": base64_lines,
}  # fmt: skip
"""Dumps of several rows; the line above says the rest."""

IN_LINE: dict[str, Dump] = {
    "hexadecimal": lambda d: d.hex(),
    "bytes with dashes": lambda d: f"data={d.hex('-').upper()}",
    "hexadecimal in capitals": lambda d: f"payload: {d.hex().upper()}",
    "hexadecimal with 0x": lambda d: f"data=0x{d.hex()}",
    "hexadecimal in quotes": lambda d: f'payload="{d.hex()}" ok',
    "bytes with spaces": lambda d: f"({len(d)} bytes) {d.hex(' ')}",
    "bytes with spaces behind a number": lambda d: f"len={len(d)} {d.hex(' ').upper()}",
    "bytes with colons": lambda d: f"data={d.hex(':')} end",
    "bytes with 0x": lambda d: "{ " + ", ".join(f"0x{byte:02x}" for byte in d) + " }",
    "Node": lambda d: f"<Buffer {d.hex(' ')}>",
    "Go bytes": lambda d: f"[{' '.join(map(str, d))}]",
    "list of numbers": lambda d: f"data: {list(d)}",
    "signed numbers": lambda d: f"{[byte - 256 if byte > 127 else byte for byte in d]}",
    "base64": lambda d: base64.b64encode(d).decode(),
    "base64 in quotes": lambda d: f"payload='{base64.b64encode(d).decode()}' ok",
    "base64 for URLs": lambda d: f"frame={base64.urlsafe_b64encode(d).decode().rstrip('=')}",
    "escaped bytes": lambda d: '"' + "".join(f"\\x{byte:02x}" for byte in d) + '"',
    "Python bytes": repr,
    "Python text": lambda d: repr(d.decode()),
    "Python text as ASCII": lambda d: ascii(d.decode()),
    "websockets": lambda d: f"TEXT {d.decode()!r} [{len(d)} bytes]",
    "Go %q": lambda d: json.dumps(d.decode(), ensure_ascii=False).replace("\\u007f", "\\x7f"),
    "Rust": lambda d: 'b"' + "".join(
        chr(byte) if 0x20 <= byte < 0x7F and chr(byte) not in '"\\' else f"\\{chr(byte)}" if chr(byte) in '"\\'
        else f"\\x{byte:02x}" for byte in d
    ) + '"',
    "C": lambda d: '"' + "".join(
        chr(byte) if 0x20 <= byte < 0x7F and chr(byte) not in '"\\' else f"\\{chr(byte)}" if chr(byte) in '"\\'
        else f"\\{byte:03o}" for byte in d
    ) + '"',
    "once more in JSON": lambda d: json.dumps(json.dumps({"frame": d.decode()})),
    "three times in JSON": lambda d: json.dumps(json.dumps(json.dumps({"frame": d.decode()}))),
}  # fmt: skip
"""The bytes in one line."""


def below(dump: Dump) -> Line:
    """A line that says all but the frame, above its bytes."""
    return lambda f: f"{utc(f)} {f.name} {way(f, 'received', 'sent')} {len(f.raw)} bytes\n{dump(f.raw.encode())}"


def beside(dump: Dump) -> Line:
    return lambda f: f"{utc(f)} {f.name}: {way(f, 'received', 'sent')} {dump(f.raw.encode())}"


def on_the_wire(frame: Exchanged) -> bytes:
    """The WebSocket frame of a message (RFC 6455 section 5.2): that of the charge point is masked."""
    data = frame.raw.encode()
    masked = 0x80 if frame.up else 0
    length = bytes((masked | len(data),)) if len(data) < 126 else bytes((masked | 126,)) + len(data).to_bytes(2, "big")
    if not frame.up:
        return b"\x81" + length + data
    key = crc32(data).to_bytes(4, "big")
    return b"\x81" + length + key + bytes(byte ^ key[place % 4] for place, byte in enumerate(data))


def in_websocket(dump: Dump) -> Line:
    """As `below`, with the WebSocket frame around each."""
    return lambda f: f"{utc(f)} {f.name} {way(f, 'received', 'sent')}\n{dump(on_the_wire(f))}"


def packet(frame: Exchanged, start: int) -> bytes:
    """The packet that carries a message, from this offset in its Ethernet frame."""
    client = (f"10.0.0.{frame.name[-1]}", 51_000)
    made = packets([Chunk(frame.up, on_the_wire(frame))], client=client)
    return made[3][1][start:]  # after the handshake of TCP


def packet_dump(dump: Dump, start: int) -> Line:
    """A dump of a whole packet below a line that has nothing but its time."""
    return lambda f: f"{utc(f)}\n{dump(packet(f, start))}"


def split_packets(dump: Dump, start: int, segment: int) -> Line:
    """As `packet_dump`, where each segment has so many bytes of the message at most."""

    def line(frame: Exchanged) -> str:
        client = (f"10.0.0.{frame.name[-1]}", 51_000)
        made = packets([Chunk(frame.up, on_the_wire(frame))], segment=segment, client=client)
        return "\n".join(f"{utc(frame)}\n{dump(data[start:])}" for _, data in made[3:-4])

    return line


def split_reads(dump: Dump, size: int) -> Line:
    """As `in_websocket`, where a dump has what was read at once."""

    def line(frame: Exchanged) -> str:
        data = on_the_wire(frame)
        pieces = [data[place : place + size] for place in range(0, len(data), size)]
        head = f"{utc(frame)} {frame.name} {way(frame, 'received', 'sent')}"
        return "\n".join(f"{head} {len(piece)} bytes\n{dump(piece)}" for piece in pieces)

    return line
