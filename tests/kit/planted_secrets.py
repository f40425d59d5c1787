"""Secrets, each of its own, in every place of a message, a header or a text where one has been seen."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from ocpptui.ocpp.version import Direction, Version
from ocpptui.recording.writer import RecordingWriter
from ocpptui.timeline.record import Record, RecordKind, message_record
from tests.kit.secret_watch import WATCH

START = 1_795_341_723_000_000

SETTINGS = (
    "AuthorizationKey", "authorizationkey", "WiFiPassword", "WIFIPWD", "WifiPSK", "wlan.pass", "Wpa2Key",
    "PreSharedKey", "AdminPin", "SimPuk", "FtpPw", "ClientSecret", "ApiKey", "API_KEY", "api-key", "AccessToken",
    "MasterKey", "BearerToken", "Kennwort", "HttpCredentials", "VpnPrivateKey", "BasicAuthPassword",
)  # fmt: skip
"""Configuration keys and variables of OCPP and of vendors that hold a secret."""
FIELDS = (
    "password", "Password", "PASSWORD", "passwd", "pwd", "pass", "token", "accessToken", "access_token", "apiKey",
    "clientSecret", "psk", "simPin", "basicAuthPassword", "ftpPassword", "authToken", "privateKey", "Authorization",
    "X-Api-Key", "Cookie",
)  # fmt: skip
"""Fields that vendors put into DataTransfer, customData and the details of errors."""
PARAMETERS = (
    "token", "key", "sig", "signature", "password", "access_token", "apikey", "api-key", "auth", "code", "TOKEN",
    "X-Amz-Signature", "X-Amz-Security-Token", "X-Amz-Credential", "AWSAccessKeyId", "x-goog-signature", "to%6Ben",
    "subscription-key",
)  # fmt: skip
URLS = (
    "ftp://u:{}@h/x", "sftp://u:{}@h", "HTTPS://u:{}@h:8443/", "ftp://{}@h/x", "//u:{}@h/x", "ftp://u:a/{}@h/",
    "ftp://u:a'{}@h/", "ftp://u:a@{}@h/", "ftp://u:{}%40x@h", "ftp%3A%2F%2Fu%3A{}%40h", "https://h/#access_token={}",
    "https://h/x;token={}", "https://h/?a=1&sv=2&sig={}&x=1",
)  # fmt: skip
FORMS = (
    "-----BEGIN PRIVATE KEY-----\nMIIB{}\n-----END PRIVATE KEY-----", "WIFI:S:home;T:WPA;P:{};;",
    "curl -u user:{} https://h/", "eyJhbGciOiJIUzI1NiJ9.eyJ{}.xyz", "sent Bearer {}", "wrong token {}",
    "the password is {}", "ssid=home;psk={}",
)  # fmt: skip
"""Texts in which a secret is known by its form or by the word before it."""
HEADERS = (
    "Authorization: Bearer {}", "Authorization: {}", "Authorization: Basic {:basic}",
    "Proxy-Authorization: Basic {:basic}",
    "Cookie: a={}", "Set-Cookie: sid={}; Path=/", "X-Api-Key: {}", "Ocp-Apim-Subscription-Key: {}", "X-Auth: {}",
    "X-Access-Key: {}", "X-Credential: {}", "apikey: {}", "X-Amz-Security-Token: {}", "X-Session: {}", "X_API_KEY: {}",
    "X-Functions-Key: {}", "X-JWT-Assertion: {}",
)  # fmt: skip
_ID = re.compile("S[0-9]{4}CRETq9")


class _Secrets:
    """Makes secrets that look like no name and differ from each other."""

    def __init__(self) -> None:
        self._numbers = count(1000)

    def __call__(self) -> str:
        return f"S{next(self._numbers)}CRETq9"


class _Value(str):
    """A secret that a header can also hold as Basic credentials."""

    def __format__(self, form: str) -> str:
        return base64.b64encode(f"CP1:{self}".encode()).decode() if form == "basic" else str(self)


def leaked(text: str) -> list[str]:
    """The secrets in a text, with what is around them; also those within base64."""
    found = [text[max(0, match.start() - 60) : match.end() + 20] for match in _ID.finditer(text)]
    for word in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        try:
            decoded = base64.b64decode(word + "=" * (-len(word) % 4)).decode("latin-1")
        except ValueError:
            continue
        if _ID.search(decoded):
            found.append(word)
    return found


def headers() -> list[str]:
    """HTTP headers, each with a secret."""
    secret = _Secrets()
    return [header.format(_Value(secret())) for header in HEADERS]


def urls() -> list[str]:
    """URLs, each with a secret."""
    secret = _Secrets()
    return [*(url.format(secret()) for url in URLS), *(f"https://h/x?a=1&{name}={secret()}" for name in PARAMETERS)]


def planted() -> list[str]:
    """The texts of messages, several hundred, whole and malformed; each holds a secret."""
    return list(_messages(_Secrets()))


def _messages(secret: _Secrets) -> Iterator[str]:
    for setting in SETTINGS:
        yield call("ChangeConfiguration", {"key": setting, "value": secret()})
        yield json.dumps([3, "r", {"configurationKey": [{"value": secret(), "readonly": False, "key": setting}]}])
        yield call("SetVariables", {"setVariableData": [variable(setting, attributeValue=secret())]})
        yield call("DataTransfer", {"vendorId": "v", "data": json.dumps({"key": setting, "value": secret()})})
        yield json.dumps([3, "r", {"getVariableResult": [variable(setting, attributeValue=secret())]}])
    for shape in _odd_shapes(secret):
        yield call("SetVariables", {"setVariableData": [shape]})
        yield call("ChangeConfiguration", shape)
    for name in FIELDS:
        yield call("DataTransfer", {"vendorId": "v", "data": {name: secret()}})
        yield call("DataTransfer", {"vendorId": "v", "data": f"{name}={secret()}"})
        yield call("Heartbeat", {"customData": {"vendorId": "v", name: secret()}})
        yield json.dumps([4, "r", "GenericError", f"{name}: {secret()}", {name: secret()}])
    for url in (*urls_of(secret), *(f"https://h/?{name}={secret()}" for name in PARAMETERS)):
        yield call("UpdateFirmware", {"location": url, "retrieveDate": "2026-01-01T00:00:00Z"})
    for header in HEADERS:
        head = f"GET /CP1 HTTP/1.1\r\nHost: h\r\n{header.format(_Value(secret()))}\r\n\r\n"
        yield head
        yield call("DataTransfer", {"vendorId": "v", "data": head})
    yield f"GET http://u:{secret()}@h/CP1?token={secret()} HTTP/1.1\r\n\r\n"
    profile = {"basicAuthPassword": secret(), "vpn": {"key": secret(), "password": secret()}, "ocppCsmsUrl": "ws://h"}
    yield call("SetNetworkProfile", {"configurationSlot": 1, "connectionData": profile})
    yield call("SetNetworkProfile", {"ConnectionData": {"BasicAuthPassword": secret(), "Vpn": {"Key": secret()}}})
    for text in FORMS:
        yield call("DataTransfer", {"vendorId": "v", "data": text.format(secret())})
        yield json.dumps([4, "r", "GenericError", text.format(secret()), {}])
        yield text.format(secret())
    yield json.dumps([2, "x", "ChangeConfiguration", {"key": "AuthorizationKey"}, secret()])
    yield "\0".join(call("ChangeConfiguration", {"key": "AuthorizationKey", "value": secret()}))
    yield from _escaped(secret)
    yield from _malformed(secret)
    for setting in SETTINGS:
        yield json.dumps([2, f"set-{setting}", "ChangeConfiguration", {"key": setting, "value": secret()}])
        yield json.dumps([3, f"set-{setting}", {"status": "Accepted"}])


def _odd_shapes(secret: _Secrets) -> list[Any]:
    """Ways to write a setting that no version of OCPP has."""
    return [
        {"Key": "AuthorizationKey", "Value": secret()},
        {"KEY": "AUTHORIZATIONKEY", "VALUE": secret()},
        {"key": ["AuthorizationKey"], "value": [secret()]},
        {"key": "AuthorizationKey", "val": secret()},
        {"configKey": "AuthorizationKey", "configValue": secret()},
        {"parameter": "AuthorizationKey", "data": secret()},
        {"key": "AuthorizationKey", "value": {"a": [secret()]}},
        {"variable": "BasicAuthPassword", "component": "SecurityCtrlr", "attributeValue": secret()},
        {"variable": [{"name": "BasicAuthPassword"}], "attributeValue": secret()},
        {"Variable": {"Name": "BasicAuthPassword"}, "AttributeValue": secret()},
        {"component": {"name": "BasicAuthPassword"}, "attributeValue": secret()},
        {"AuthorizationKey": secret()},
        {"BasicAuthPassword": {"value": secret()}},
        ["AuthorizationKey", secret()],
    ]


def _escaped(secret: _Secrets) -> Iterator[str]:
    """A message in a string, in a string of that …, up to five times."""
    for depth in range(1, 6):
        for where in ("text", "data", "info", "description", "details", "quotes"):
            text = call("ChangeConfiguration", {"key": "AuthorizationKey", "value": secret()})
            for _ in range(depth):
                text = json.dumps(text)
            yield {
                "text": text,
                "data": call("DataTransfer", {"vendorId": "v", "data": text}),
                "info": call("StatusNotification", {"connectorId": 1, "info": text}),
                "description": json.dumps([4, "r", "GenericError", text, {}]),
                "details": json.dumps([4, "r", "GenericError", "", {"call": text}]),
                "quotes": call("DataTransfer", {"vendorId": "v", "data": text.replace('"', "'")}),
            }[where]


def _malformed(secret: _Secrets) -> Iterator[str]:
    """A message in which something is wrong."""
    damages = (
        lambda text: text[:-1],
        lambda text: text[:-4],
        lambda text: text.replace("}]", ",}]"),
        lambda text: text.replace('"', "'"),
        lambda text: text.replace('"', "`"),
        lambda text: text.replace('"x"', "null"),
        lambda text: text.replace("[2", "[9"),
        lambda text: text.replace("[2", "["),
        lambda text: text.replace('": ', '" => '),
        lambda text: re.sub(r'"(\w+)":', r"\1:", text),
        lambda text: text.replace('"key"', '"KEY"').replace('"value"', '"Value"') + "]",
        lambda text: "noise " + text,
        lambda text: text[1:],
        lambda text: text.replace("Key", "\\u004bey") + "x",
        lambda text: f'"{text[:-1]}',
        lambda text: json.dumps(text)[:-3],
    )
    for damage in damages:
        for action, payload in (
            ("ChangeConfiguration", lambda: {"key": "AuthorizationKey", "value": secret()}),
            ("ChangeConfiguration", lambda: {"value": secret(), "key": "WiFiPassword"}),
            ("SetVariables", lambda: {"setVariableData": [variable("BasicAuthPassword", attributeValue=secret())]}),
            ("DataTransfer", lambda: {"vendorId": "v", "data": {"apiKey": secret()}}),
            ("UpdateFirmware", lambda: {"location": f"ftp://u:{secret()}@h/?token={secret()}"}),
        ):
            yield damage(call(action, payload()))


def urls_of(secret: _Secrets) -> list[str]:
    return [url.format(secret()) for url in URLS]


def call(action: str, payload: Any) -> str:
    """A CALL of this action."""
    return json.dumps([2, "x", action, payload])


def variable(name: str, **more: Any) -> dict[str, Any]:
    """An item of SetVariables."""
    return {"component": {"name": "SecurityCtrlr"}, "variable": {"name": name}, **more}


def records_with_secrets(version: Version) -> list[Record]:
    """A session as it was before anything was masked: as another tool records it, or with --keep-secrets."""
    first, *others = headers()
    url = urls()[0]
    detail = {
        "event": "opened",
        "url": f"wss://u:S0001CRETq9@h/CP1?{'&'.join(f'{name}=S0002CRETq9' for name in PARAMETERS)}",
        "requestLine": "GET /CP1?token=S0003CRETq9 HTTP/1.1",
        "requestHeaders": [first, *others],
        "responseHeaders": others,
        "firstBytes": f"GET / HTTP/1.1\\r\\n{first}\\r\\n",
        "closeReason": "the password S0004CRETq9 is wrong",
        "error": f"cannot connect to {url}",
        "facts": {"url": url},
    }
    records = [Record(START, 1, RecordKind.CONNECTION, None, "CP1", version, detail=detail)]
    for place, raw in enumerate(planted(), 1):
        direction = Direction.TO_CHARGE_POINT if place % 2 else Direction.TO_CSMS
        text: str | bytes = raw if place % 7 else raw.encode() + b"\xff"
        records.append(
            message_record(
                text, time=START + place, connection=1, direction=direction, charge_point="CP1", version=version
            )
        )
    note = {"text": f"see {url}, and password=S0005CRETq9"}
    return [*records, Record(START, 0, RecordKind.NOTE, detail=note)]


def recording_with_secrets(path: Path, version: Version) -> Path:
    """A file of these records."""
    writer = RecordingWriter(path)
    for record in records_with_secrets(version):
        writer.keep(record)
    writer.close()
    return _made_for_secrets(path)


def log_with_secrets(path: Path) -> Path:
    """A log of another tool with these messages, with lines that are not messages, and with headers."""
    lines = [f"2026-11-22 10:00:01.{place:03} CP1 received: {raw!r}" for place, raw in enumerate(planted())]
    lines += [f"2026-11-22 10:00:02.{place:03} CP1 sent: {one}" for place, one in enumerate(planted())]
    lines += [f"connecting to {url}" for url in urls()]
    path.write_text("\n".join((*lines, *headers())))
    return _made_for_secrets(path)


def _made_for_secrets(path: Path) -> Path:
    """A file that a test may leave: another test of the same file may have had one of its secrets as a password."""
    path.chmod(0o600)
    WATCH.expect_private(path)
    return path
