"""Is a request plainly from this machine? What a proxy may have passed on is not."""

from __future__ import annotations

import ipaddress

from starlette.requests import Request

__all__ = ("LOCAL_HOSTS", "stranger", "without_port")

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
PROXY_HEADERS = ("forwarded", "x-real-ip", "via")


def stranger(request: Request) -> str | None:
    """Why a request is not plainly from this machine, or None if it is."""
    try:
        host = request.client.host if request.client else ""
        if not ipaddress.ip_address(host.removeprefix("::ffff:")).is_loopback:
            return "the client is not this machine"
    except ValueError:
        return "the client's address is not known"
    for name in request.headers:
        if name in PROXY_HEADERS or name.startswith("x-forwarded-"):
            return f"the request came through a proxy ({name})"
    hosts = request.headers.getlist("host")
    if len(hosts) != 1 or without_port(hosts[0]) not in LOCAL_HOSTS:
        return "the Host header does not name this machine"
    return None


def without_port(host: str) -> str:
    """The host of a Host header, in small letters.

    >>> without_port("Rota.example:8000"), without_port("[::1]:80"), without_port("[::1]")
    ('rota.example', '[::1]', '[::1]')
    """
    name, colon, port = host.rpartition(":")
    if colon and port.isascii() and port.isdigit():
        return name.lower()
    return host.lower()
