"""Who answered an HTTP request: what the headers say of servers, and of proxies and gateways in between."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime

from ocpptui.ocpp.date_times import micros_of

GATEWAYS = {
    "server": {
        "cloudflare": "Cloudflare",
        "cloudfront": "Amazon CloudFront",
        "awselb": "an AWS load balancer",
        "akamaighost": "Akamai",
        "microsoft-azure-application-gateway": "Azure Application Gateway",
        "google frontend": "Google Cloud's front end",
        "gws": "Google Cloud's front end",
        "istio-envoy": "Istio (Envoy)",
        "envoy": "Envoy",
        "openresty": "OpenResty (nginx)",
        "nginx": "nginx",
        "apache-coyote": "Tomcat",
        "apache": "Apache",
        "caddy": "Caddy",
        "haproxy": "HAProxy",
        "kong": "Kong",
        "squid": "Squid",
        "varnish": "Varnish",
        "traefik": "Traefik",
        "litespeed": "LiteSpeed",
        "bigip": "F5 BIG-IP",
        "microsoft-iis": "IIS",
        "microsoft-httpapi": "Windows (http.sys)",
        "kestrel": "ASP.NET Core (Kestrel)",
        "jetty": "Jetty",
        "cowboy": "Cowboy (Erlang)",
        "uvicorn": "Uvicorn (Python)",
        "daphne": "Daphne (Python)",
        "gunicorn": "Gunicorn (Python)",
        "websockets": "the Python package websockets",
        "aiohttp": "aiohttp (Python)",
        "ocpptui": "ocpptui",
    },
    "via": {
        "cloudfront": "Amazon CloudFront",
        "google": "Google Cloud's load balancer",
        "varnish": "Varnish",
        "squid": "Squid",
        "kong": "Kong",
        "vegur": "Heroku",
    },
    "x-powered-by": {"express": "Express (Node.js)", "asp.net": "ASP.NET", "php": "PHP"},
}
"""Parts of the values of headers, in lower case, by the header, and whom they mean; the first that fits counts."""

MARKS = {
    "cf-ray": "Cloudflare",
    "x-amz-cf-id": "Amazon CloudFront",
    "x-amzn-requestid": "Amazon API Gateway",
    "x-amz-apigw-id": "Amazon API Gateway",
    "x-azure-ref": "Azure Front Door",
    "x-ms-middleware-request-id": "Azure App Service",
    "x-envoy-upstream-service-time": "Envoy",
    "x-kong-upstream-latency": "Kong",
    "x-iinfo": "Imperva",
    "x-served-by": "Fastly or another cache",
    "fly-request-id": "Fly.io",
    "x-railway-request-id": "Railway",
    "x-squid-error": "Squid",
    "x-cache": "a cache",
}
"""Headers that only one of these sets."""


def values_of(name: str, headers: Iterable[str]) -> list[str]:
    """The values of a header, by its name in lower case, in lines such as `Server: nginx`."""
    pairs = (line.partition(":") for line in headers)
    return [value.strip() for found, _, value in pairs if found.strip().lower() == name]


def answered_by(headers: list[str]) -> list[str]:
    """Whom an answer with these headers comes from or came through, each once."""
    found = [who for name in GATEWAYS for value in values_of(name, headers) for who in _known(name, value)]
    found += [who for name, who in MARKS.items() if values_of(name, headers)]
    return list(dict.fromkeys(found))


def server_time(headers: Iterable[str]) -> int | None:
    """The time in the Date header, in µs since 1970; None if there is none that can be read (RFC 9110 6.6.1)."""
    for value in values_of("date", headers):
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if moment.tzinfo is not None:
            return micros_of(moment)
    return None


def _known(name: str, value: str) -> Iterator[str]:
    for part in value.split(",") if name == "via" else [value]:
        shown = next((who for word, who in GATEWAYS[name].items() if word in part.lower()), None)
        if shown is not None:
            yield shown
