"""The credentials that a line of a log states, and words after the name of one. More on texts is in `test_secrets`."""

from __future__ import annotations

import json
import re
from base64 import b64encode

import pytest

from ocpptui.ocpp.json_encoding import parse
from ocpptui.ocpp.labelled_secrets import stated_credentials, without_labelled_secrets
from ocpptui.ocpp.secret_names import MASK, may_state_credentials
from ocpptui.ocpp.secrets import mask, mask_text
from ocpptui.ocpp.version import Version

PASSWORD = "geheimer-Zugang-99"


def stating(password: str) -> dict[str, str]:
    """Lines of a log that state a password, by their notation."""
    basic = b64encode(f"CP1:{password}".encode()).decode()
    return {
        "Basic": f"Authorization: Basic {basic}",
        "Basic in small letters": f"authorization: basic {basic}",
        "Basic for a proxy": f"Proxy-Authorization: Basic {basic}",
        "Basic behind words": f"2026-03-05T10:00:00Z INFO CP1 upgrade with Authorization: Basic {basic}",
        "Basic in a dictionary": f"headers={{'Authorization': 'Basic {basic}', 'Host': 'x'}}",
        "Basic in JSON": f'{{"headers":{{"authorization":"Basic {basic}"}}}}',
        "Basic alone": f"credentials [Basic {basic}]",
        "Bearer": f"Authorization: Bearer {password}",
        "cookie": f"Cookie: lang=en; session={password}",
        "cookie that is set": f"Set-Cookie: session={password}; Path=/; HttpOnly",
        "user of a URL": f"connecting to wss://CP1:{password}@csms.example/ocpp/CP1",
        "query of a URL": f"GET /ocpp/CP1?password={password} HTTP/1.1",
        "option": f"curl -u CP1:{password} https://csms.example",
        "option of a shell": f"sshpass -p {password} ssh root@csms",
        "own header": f"X-Api-Key: {password}",
        "name": f"password={password}",
    }


STATING = stating(PASSWORD)
ORDINARY = (
    "Authorization: 04A1B2C3D4E5F6",
    "Authorization: Accepted for 04A1B2C3D4E5F6",
    "authorization=04A1B2C3D4E5F6 token=04A1B2C3D4E5F6 key=HeartbeatInterval2",
    "token 04A1B2C3D4E5F6 is authorized, pin 12345678",
    "session: 5f2e0c1a-0000-4000-8000-000000000001",
    "the basic configuration2 was loaded",
    "a bearer token1 is not needed",
    "docker run -u http://csms.example:8080/ocpp",
    "mail to me@csms.example at 10:00:00",
    "connecting to wss://csms.example:8080/ocpp/CP1?version=1.6",
)


@pytest.mark.parametrize("line", STATING.values(), ids=STATING)
def test_credentials_are_found_in_any_line(line: str) -> None:
    """Their copies in messages would be shared with the file."""
    assert PASSWORD in set(stated_credentials(line))
    assert may_state_credentials(line)


@pytest.mark.parametrize("line", STATING.values(), ids=STATING)
def test_they_are_found_within_a_line_too(line: str) -> None:
    """Most logs have a time before a header, and a frame behind it."""
    assert PASSWORD in set(stated_credentials(f"2026-03-05T10:00:00Z CP1 [{line}] received "))


@pytest.mark.parametrize("line", ORDINARY)
def test_ids_and_words_are_no_credentials(line: str) -> None:
    """The id tokens of drivers would be masked in all messages of the log."""
    found = [secret for secret in stated_credentials(line) if len(secret) >= 6]
    assert not found


@pytest.mark.parametrize(
    "label",
    [
        "mot de passe : ", "Mot de passe=", "wachtwoord: ", "contraseña=", "contrasena: ", "senha=", "hasło: ",
        "heslo=", "şifre: ", "parola=", "lösenord: ", "adgangskode=", "jelszó: ", "salasana=", "пароль: ",
        "Пароль Wi-Fi: ",
        "密码：", "请输入密码: ", "パスワード＝", "비밀번호: ", "סיסמה: ", "รหัสผ่าน: ",
    ],
)  # fmt: skip
def test_a_password_is_known_by_its_label_in_other_languages(label: str) -> None:
    """What a technician abroad reads in the log of a charge point would be shared with it."""
    found = list[str]()
    text = f"WLAN {label}{PASSWORD}, Kanal 11"
    assert PASSWORD not in mask_text(text, found.append)
    frame = json.dumps([2, "1", "DataTransfer", {"vendorId": "acme", "data": text}], ensure_ascii=False)
    assert PASSWORD not in mask(frame, parse(frame), Version.V16)[0]


@pytest.mark.parametrize(
    "token",
    [
        "AKIAIOSFODNN7EXAMPLE", "AIzaSyA1234567890abcdefghijklmnopqrstuv", "ghp_" + "aB3" * 12, "glpat-" + "x7Y" * 7,
        "xoxb-123456789012-abcdefABCDEF", "sk_live_" + "a1B2" * 6,
    ],
)  # fmt: skip
def test_what_an_issuer_has_marked_as_a_key_is_one_anywhere(token: str) -> None:
    """No name before it says what it is, and whoever has it can use it."""
    assert token not in mask_text(f"uploading with {token} to the bucket")
    assert list(stated_credentials(f"uploading with {token}")) == [token]
    assert may_state_credentials(f"uploading with {token}")


@pytest.mark.parametrize(
    "line",
    [
        "[auth:Auth] station connected", "auth: failed", "auth=ok", "Authorization: Accepted", "token: expired",
        "password: changed", "secret: not set", "apiKey: configured", "AuthorizationKey: NotSupported",
        "auth.AuthService: started", "auth::AuthService::authorize", "Auth:AuthHandler:handle()", "pin=GPIO4, pin: 17",
        "token:TokenManager refreshed", "tokens: 7", "Passwort: falsch",
    ],
)  # fmt: skip
def test_what_a_log_says_of_a_password_or_calls_its_module_stays(line: str) -> None:
    """A word such as "configured" or "NotSupported" would be masked in the whole file as if it were a password."""
    assert without_labelled_secrets(line)[0] == line
    assert not [secret for secret in stated_credentials(line) if secret]


@pytest.mark.parametrize(
    "line", ["auth:Auth2b7Xq", "token:TokenA1b2", "password: Password", "pin: 123", "secret: setOf", "auth=Author/x+y="]
)
def test_what_only_begins_as_such_a_word_is_masked(line: str) -> None:
    assert without_labelled_secrets(line)[0] == line[: len(line) - len(re.split(r"[:=] ?", line, maxsplit=1)[1])] + MASK
