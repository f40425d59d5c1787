"""What to type to begin a session again as it was, without its secrets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from ocpptui.network.addresses import url_host
from ocpptui.network.url import without_password
from ocpptui.ocpp.http_headers import header_line
from ocpptui.ocpp.secrets import mask_own_text
from ocpptui.ocpp.url_parts import url_parts
from ocpptui.ocpp.version import Role
from ocpptui.session.session import Session

if TYPE_CHECKING:
    from ocpptui.network.client_settings import ClientSettings
    from ocpptui.network.server_settings import ServerSettings
    from ocpptui.network.tls_terms import TlsTerms
    from ocpptui.session.proxy import Proxy


class LinkValues(NamedTuple):
    """The values of a form of the start screen."""

    form: str
    values: dict[str, str]
    missing: str
    """What the values do not have, since it is secret or has no field; empty if they have all."""


def link_values(session: Session) -> LinkValues | None:
    """How the session connects or listens; None for opened files and for the demo."""
    if session.operated is not session:
        return None
    if session.role is Role.CHARGE_POINT and len(session.client_links) == 1:
        return _of_client(session.client_links[0].settings)
    if session.role is Role.CENTRAL_SYSTEM and len(session.server_links) == 1:
        return _of_server(session.server_links[0].settings)
    if session.proxy is not None and len(session.server_links) == 1:
        return _of_proxy(session.server_links[0].settings, session.proxy)
    return None


def _of_client(settings: ClientSettings) -> LinkValues:
    secret = [name for name, value in settings.headers if header_line(name, value) != f"{name}: {value}"]
    url = mask_own_text(without_password(settings.url))
    values = {
        "url": url,
        "id": settings.charge_point,
        "version": " ".join(settings.versions),
        "trust": "insecure" if settings.insecure else settings.ca or "",
        "certificate": settings.certificate or "",
        "key": settings.key or "",
        "profile": _profile(settings.security_profile),
        "headers": "; ".join(f"{name}: {value}" for name, value in settings.headers if name not in secret),
        "lenient": "yes" if settings.lenient else "",
    }
    missing = {
        "password": settings.credentials is not None or url != settings.url,
        "certificate of the charge point": settings.own_pair is not None,
        "SOAP port": bool(settings.soap_port),
        "certificate for SOAP": settings.soap_certificate is not None,
        "callback": bool(settings.callback),
        **{f"header {name}": True for name in secret},
        "terms of TLS": _demands_more(settings.tls_terms),
    }
    return LinkValues("connect", values, _words(missing))


def _of_server(settings: ServerSettings) -> LinkValues:
    values = {
        "host": settings.host,
        "port": str(settings.port),
        "certificate": settings.certificate or "",
        "key": settings.key or "",
        "client_ca": settings.client_ca or "",
        "profile": _profile(settings.security_profile),
        "lenient": "yes" if settings.lenient else "",
    }
    missing = {
        "password": settings.credentials is not None,
        "SOAP port": settings.soap_port is not None,
        "callback": bool(settings.callback),
        "second certificate": settings.second_certificate is not None,
        "organisation": settings.organisation is not None,
        "terms of TLS": _demands_more(settings.tls_terms),
    }
    return LinkValues("listen", values, _words(missing))


def _of_proxy(settings: ServerSettings, proxy: Proxy) -> LinkValues:
    beyond, soap, mirror = proxy.settings.upstream, proxy.settings.soap_upstream, proxy.settings.mirror
    named = {
        "upstream": proxy.settings.named or beyond.url,
        "upstream_soap": "" if soap is None or url_parts(soap.url)[1:] == url_parts(beyond.url)[1:] else soap.url,
        "upstream_callback": "" if soap is None else soap.callback,
        "mirror": "" if mirror is None else mirror.url,
    }
    urls = {name: mask_own_text(without_password(url)) for name, url in named.items()}
    values = {
        **urls,
        "listen": f"{url_host(settings.host)}:{settings.port}",
        "when_down": proxy.settings.when_down.value,
        "certificate": settings.certificate or "",
        "key": settings.key or "",
        "beyond": "insecure" if beyond.insecure else beyond.ca or "",
    }
    missing = {
        "password": settings.credentials is not None,
        "credentials upstream": beyond.credentials is not None or urls != named,
        "client certificate upstream": beyond.certificate is not None,
        "headers upstream": bool(beyond.headers),
        "callback": bool(settings.callback),
        "client CA": settings.client_ca is not None,
        "breakpoints": bool(proxy.settings.breakpoints),
        "CA of the mirror": mirror is not None and (mirror.insecure or mirror.ca is not None),
        "terms of TLS": _demands_more(settings.tls_terms),
    }
    return LinkValues("relay", values, _words(missing))


def _demands_more(terms: TlsTerms) -> bool:
    """Whether there are demands of TLS, for which no form has a field."""
    from ocpptui.network.tls_terms import TlsTerms  # with the network, which opened files do not need

    return replace(terms, key_log=None) != TlsTerms()


def _profile(number: int | None) -> str:
    return "" if number is None else str(number)


def _words(missing: dict[str, bool]) -> str:
    return ", ".join(name for name, is_missing in missing.items() if is_missing)
