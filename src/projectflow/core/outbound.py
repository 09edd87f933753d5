"""Calls to addresses that people entered: identity providers, webhooks.

Whoever enters an address must not thereby reach into the network that this server stands in
(OWASP: server-side request forgery). A name is resolved here, each of its addresses is checked,
and the connection goes to the very address that was checked; TLS still proves the name.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cached_property
from typing import Final

import httpx
from msgspec import Struct

from projectflow.core.settings import Settings

MAX_ANSWER: Final = 1024 * 1024
"""Bytes."""
TOTAL_TIMEOUT: Final = 10.0
"""Seconds for a call from its first to its last byte, the name's resolution included."""
STEP_TIMEOUT: Final = httpx.Timeout(5.0)
ADDRESSES_TRIED: Final = 4
NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class AddressRefused(Exception):
    """This is an address that the server does not call."""


class CallFailed(Exception):
    """The other side did not answer, or not as it should."""


class Answer(Struct, frozen=True):
    """What the other side said. A redirect is not followed: it is an answer like any other."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a name, as the operating system orders them.

    Raises:
        OSError: it has none.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class Outbound:
    """Makes single calls: no redirects, no kept connections, no proxy, a bounded answer."""

    def __init__(
        self,
        settings: Settings,
        *,
        resolve: Resolve = resolve,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = TOTAL_TIMEOUT,
    ) -> None:
        """With `private_networks` calls may go there, and without TLS. `timeout` is seconds."""
        self._private = settings.private_networks
        self._resolve = resolve
        self._given = transport
        self._timeout = timeout

    async def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_answer: int = MAX_ANSWER,
    ) -> Answer:
        """Send one request and read its whole answer, at most `max_answer` bytes of it.

        Raises:
            AddressRefused: the address is malformed, not https, or leads into a private network.
            CallFailed: nobody answered in time, or with too much.
        """
        target = self.check(url)
        try:
            async with asyncio.timeout(self._timeout):
                addresses = await self._addresses(target)
                return await self._first(addresses, target, method, headers, body, max_answer)
        except TimeoutError:
            raise CallFailed("it took too long to answer") from None

    def check(self, url: str) -> httpx.URL:
        """Read an address, as far as it can be judged without asking for its name.

        Raises:
            AddressRefused: it is malformed or not https.
        """
        try:
            target = httpx.URL(url)
        except (httpx.InvalidURL, ValueError):
            raise AddressRefused("is not an address") from None
        if target.scheme != "https" and not (self._private and target.scheme == "http"):
            raise AddressRefused("must start with https://")
        host = target.raw_host.decode("ascii")
        if target.userinfo or not re.fullmatch(r"[A-Za-z0-9_.:-]+", host):
            raise AddressRefused("must name a host, and no user")
        if target.port is not None and not 0 < target.port < 65_536:
            raise AddressRefused("names a port that there is not")
        return target

    async def _addresses(self, target: httpx.URL) -> list[IPAddress]:
        host = target.raw_host.decode("ascii")
        port = target.port or (443 if target.scheme == "https" else 80)
        try:
            found = [ipaddress.ip_address(each) for each in await self._resolve(host, port)]
        except (OSError, UnicodeError, ValueError):
            raise CallFailed("its name is not known") from None
        if not found:
            raise CallFailed("its name is not known")
        if not all(is_allowed(address, private=self._private) for address in found):
            raise AddressRefused("leads into a private network")
        return list(dict.fromkeys(found))[:ADDRESSES_TRIED]

    async def _first(
        self,
        addresses: Sequence[IPAddress],
        target: httpx.URL,
        method: str,
        headers: Mapping[str, str] | None,
        body: bytes | None,
        max_answer: int,
    ) -> Answer:
        """What the first address says that can be connected to."""
        async with httpx.AsyncClient(
            transport=self._transport(),
            timeout=STEP_TIMEOUT,
            follow_redirects=False,
            trust_env=False,
        ) as client:
            for address in addresses:
                request = client.build_request(
                    method,
                    target.copy_with(host=str(address)),
                    headers={
                        "User-Agent": "ProjectFlow",
                        **(headers or {}),
                        "Host": target.netloc.decode("ascii"),
                        # A small answer must not unfold into a large one.
                        "Accept-Encoding": "identity",
                    },
                    content=body,
                    extensions={"sni_hostname": target.raw_host.decode("ascii")},
                )
                try:
                    return await _read(client, request, max_answer)
                except (httpx.ConnectError, httpx.ConnectTimeout):
                    continue
                except (httpx.HTTPError, httpx.StreamError, OSError):
                    raise CallFailed("it broke off") from None
        raise CallFailed("it cannot be connected to")

    def _transport(self) -> httpx.AsyncBaseTransport:
        # A connection is not used twice: it was opened for one name at one checked address.
        limits = httpx.Limits(max_keepalive_connections=0)
        return self._given or httpx.AsyncHTTPTransport(verify=self._authorities, limits=limits)

    @cached_property
    def _authorities(self) -> ssl.SSLContext:
        return httpx.create_ssl_context()


async def _read(client: httpx.AsyncClient, request: httpx.Request, max_answer: int) -> Answer:
    answer = await client.send(request, stream=True)
    try:
        if answer.headers.get("content-encoding", "identity") != "identity":
            raise CallFailed("it answered in an encoding that was not asked for")
        body = bytearray()
        async for part in answer.aiter_raw():
            body += part
            if len(body) > max_answer:
                raise CallFailed("it answered with too much")
        return Answer(answer.status_code, answer.headers, bytes(body))
    finally:
        await answer.aclose()


def is_allowed(address: IPAddress, *, private: bool) -> bool:
    """Whether the server calls this address.

    Never one that is link-local (where clouds keep their machines' credentials), multicast or
    unspecified; one of a private network, or this machine's own, only with `private`.
    """
    address = _inner(address)
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    if private:
        return True
    if isinstance(address, ipaddress.IPv6Address) and address not in GLOBAL_UNICAST:
        return False
    return address.is_global and not address.is_reserved


def _inner(address: IPAddress) -> IPAddress:
    """The IPv4 address that an IPv6 address stands for, where it does (RFC 4291, 6052, 3056)."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    if address.teredo:
        return address.teredo[1]
    return address.ipv4_mapped or address.sixtofour or address
