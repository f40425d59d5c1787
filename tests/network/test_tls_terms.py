"""What is demanded of TLS: the versions, suites and files that a user names are used, or refused with a sentence."""

from __future__ import annotations

import ssl
import stat
import sys
from pathlib import Path

import pytest

from ocpptui.network.problems import InvalidSetting, ProblemCode, UnusableCertificate
from ocpptui.network.tls import client_context, server_context
from ocpptui.network.tls_terms import TLS_VERSIONS, TlsTerms, oldest_version, openssl_names
from tests.kit.certificates import Authority, Pair

OF_OCPP = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_RSA_WITH_AES_128_GCM_SHA256": "AES128-GCM-SHA256",
    "TLS_RSA_WITH_AES_256_GCM_SHA384": "AES256-GCM-SHA384",
}
"""The suites that a central system must support."""
OTHERS = {
    "TLS_RSA_WITH_AES_128_CBC_SHA": "AES128-SHA",
    "TLS_RSA_WITH_AES_128_CBC_SHA256": "AES128-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA384": "ECDHE-RSA-AES256-SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CCM_8": "ECDHE-ECDSA-AES128-CCM8",
    "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256": "DHE-RSA-AES128-GCM-SHA256",
}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    return Authority(tmp_path_factory.mktemp("authority"), "ca").sign("server", ("localhost",))


def suites(context: ssl.SSLContext) -> set[str]:
    return {suite["name"] for suite in context.get_ciphers()}


def test_the_suites_of_ocpp_are_offered(pair: Pair) -> None:
    """Python leaves two of them out, and charge points with an RSA stack alone do not get in."""
    for context in (client_context(None, True, None, None), server_context(pair.certificate, pair.key, None)):
        assert set(OF_OCPP.values()) <= suites(context)
        assert oldest_version(context) == "1.2"


@pytest.mark.parametrize(("name", "of_openssl"), list({**OF_OCPP, **OTHERS}.items()))
def test_a_suite_has_two_names(name: str, of_openssl: str) -> None:
    """OCPP writes those of the RFCs, OpenSSL its own."""
    assert openssl_names(name) == openssl_names(of_openssl) == of_openssl
    for written in (name, of_openssl):
        context = client_context(None, True, None, None, terms=TlsTerms(suites=written))
        assert {one for one in suites(context) if not one.startswith("TLS_")} == {of_openssl}


def test_several_suites_in_any_notation() -> None:
    assert openssl_names(" TLS_RSA_WITH_AES_128_CBC_SHA, AES256-SHA:!MD5 ") == "AES128-SHA:AES256-SHA:!MD5"


@pytest.mark.parametrize("written", ["NONSENSE", "AES128-SHA:NONSENSE", "TLS_AES_128_GCM_SHA256", "", "!MD5", ":"])
def test_a_suite_that_is_unknown_is_refused(written: str) -> None:
    """OpenSSL ignores it beside a known one, and the charger still does not get in."""
    with pytest.raises(InvalidSetting) as caught:
        TlsTerms(suites=written)
    assert caught.value.problem.code is ProblemCode.SUITES_UNKNOWN


@pytest.mark.parametrize("oldest", TLS_VERSIONS)
def test_the_oldest_version(oldest: str) -> None:
    context = client_context(None, True, None, None, terms=TlsTerms(oldest))
    assert oldest_version(context) == oldest
    assert ("AES128-SHA" in suites(context)) == (oldest in ("1.0", "1.1"))
    assert context.security_level == 0 if oldest in ("1.0", "1.1") else context.security_level > 0


def test_a_version_that_is_none() -> None:
    with pytest.raises(InvalidSetting) as caught:
        TlsTerms("3.0")
    assert caught.value.problem.code is ProblemCode.TLS_VERSION_UNKNOWN


def test_files_that_cannot_be_used(pair: Pair, tmp_path: Path) -> None:
    for terms, code in (
        (TlsTerms(crl=pair.certificate), ProblemCode.CRL_FILE_WITHOUT_CRL),
        (TlsTerms(crl=pair.key), ProblemCode.CRL_FILE_WITHOUT_CRL),
        (TlsTerms(crl=str(tmp_path / "none.pem")), ProblemCode.FILE_UNREADABLE),
        (TlsTerms(key_log=str(tmp_path / "none" / "keys")), ProblemCode.KEY_LOG_UNWRITABLE),
    ):
        with pytest.raises(UnusableCertificate) as caught:
            client_context(None, True, None, None, terms=terms)
        assert caught.value.problem.code is code


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no permissions of this kind")
def test_nobody_else_can_read_the_secrets(tmp_path: Path) -> None:
    """Whoever reads them can decrypt what was captured, passwords too."""
    path = tmp_path / "keys.log"
    client_context(None, True, None, None, terms=TlsTerms(key_log=str(path)))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
