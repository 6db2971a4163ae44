"""The network itself.

Belongs here: time-outs, the connection pool, proxies and certificates. Does not belong here: any policy.

Proxies: corporate networks need them, so the system's proxy settings are followed, for https origins only.
There the proxy sees a CONNECT with the host's name; the token travels inside TLS, whose certificate is checked
against the origin (`SSL_CERT_FILE` and `SSL_CERT_DIR` are followed). A http origin, which can only be this
machine, is never asked for through a proxy, since the proxy would read the token.
"""

from urllib.request import getproxies, proxy_bypass

import httpx


def timeouts(silence_s: float) -> httpx.Timeout:
    """Time-outs of a connection whose server may be silent for so long."""
    return httpx.Timeout(connect=10.0, read=silence_s, write=30.0, pool=None)


def wire_transport(origin: str, concurrency: int) -> httpx.AsyncHTTPTransport:
    """A pool of up to `concurrency` HTTP/1.1 connections to `origin`."""
    url = httpx.URL(origin)
    return httpx.AsyncHTTPTransport(
        http2=False,
        verify=url.scheme == "https",
        trust_env=url.scheme == "https",
        proxy=proxy_for(url),
        limits=httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency),
    )


def proxy_for(url: httpx.URL) -> str | None:
    """The system's proxy for an https origin, None for any other or an exempted one."""
    if url.scheme != "https" or proxy_bypass(url.host):
        return None
    proxies = getproxies()
    proxy = proxies.get("https") or proxies.get("all")
    return proxy if proxy is None or "://" in proxy else f"http://{proxy}"
