"""Calls to addresses that people entered lead into no private network."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from projectflow.core.outbound import AddressRefused, Answer, CallFailed, Outbound
from projectflow.core.settings import Settings

PUBLIC = "93.184.215.14"
CAREFUL = Settings()
AT_HOME = Settings(private_networks=True)


class Names:
    """A resolver; `answers` are given one after the other, the last one for good."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Network(httpx.AsyncBaseTransport):
    """What is beyond our machine: says what it was asked, except at `dead` addresses."""

    def __init__(self, answer: httpx.Response | None = None, dead: Sequence[str] = ()) -> None:
        self.requests: list[httpx.Request] = []
        self.answer = answer or httpx.Response(200, stream=httpx.ByteStream(b"hello"))
        self.dead = dead

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        if request.url.host in self.dead:
            raise httpx.ConnectError("nobody is there")
        return self.answer


async def call(
    url: str, names: Names, network: Network | None = None, settings: Settings = CAREFUL
) -> Answer:
    outbound = Outbound(settings, resolve=names, transport=network or Network())
    return await outbound.call("GET", url)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1",
        "100.64.0.1", "169.254.169.254", "0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1",
        "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "203.0.113.7",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1",
        "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254",
        "::10.0.0.1", "64:ff9b::a00:1", "64:ff9b::7f00:1", "2002:a00:1::1", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    ],
)  # fmt: skip
async def test_a_name_that_leads_into_a_private_network_is_refused(address: str) -> None:
    network = Network()
    for found in ([address], [PUBLIC, address], [address, PUBLIC]):
        with pytest.raises(AddressRefused, match="private network"):
            await call("https://innocent.example", Names(found), network)
    assert network.requests == []


@pytest.mark.parametrize(
    "address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
async def test_a_public_address_is_called(address: str) -> None:
    assert (await call("https://example.org/x", Names([address]))).body == b"hello"


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    names, network = Names([PUBLIC], ["127.0.0.1"]), Network()

    await call("https://rebind.example:8443/path?q=1", names, network)

    [request] = network.requests
    assert names.asked == ["rebind.example"]
    assert str(request.url) == f"https://{PUBLIC}:8443/path?q=1"
    assert request.headers["host"] == "rebind.example:8443"
    assert request.extensions["sni_hostname"] == "rebind.example"


async def test_the_next_address_is_tried_where_one_is_dead() -> None:
    network = Network(dead=[PUBLIC])

    assert (await call("https://two.example", Names([PUBLIC, "8.8.8.8"]), network)).status == 200

    assert [request.url.host for request in network.requests] == [PUBLIC, "8.8.8.8"]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org", "ftp://example.org", "file:///etc/passwd", "//example.org",
        "example.org", "https://", "https:///path", "https://user@example.org",
        "https://user:password@example.org", "https://exa mple.org", "https://[::1", "", "\x00",
        "https://example.org:99999", "gopher://example.org", "https://" + "x" * 70_000,
    ],
)  # fmt: skip
async def test_what_is_no_https_address_is_refused(url: str) -> None:
    network = Network()
    with pytest.raises(AddressRefused):
        await call(url, Names([PUBLIC]), network)
    assert network.requests == []


@pytest.mark.parametrize(
    "url", ["https://2130706433/", "https://0x7f000001/", "https://127.1/", "https://0177.0.0.1/"]
)
async def test_another_way_to_write_this_machine_is_this_machine(url: str) -> None:
    with pytest.raises((AddressRefused, CallFailed)):
        await Outbound(CAREFUL, transport=Network()).call("GET", url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://keycloak.intern", "10.0.0.5"),
        ("http://localhost:8080", "127.0.0.1"),
        ("https://keycloak.intern", "fd00::5"),
    ],
)
async def test_a_company_may_allow_its_own_network(url: str, address: str) -> None:
    assert (await call(url, Names([address]), settings=AT_HOME)).status == 200


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "224.0.0.1", "0.0.0.0"]
)
async def test_nobody_needs_the_clouds_own_addresses(address: str) -> None:
    with pytest.raises(AddressRefused):
        await call("http://metadata.intern", Names([address]), settings=AT_HOME)


async def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    moved = httpx.Response(
        302, headers={"location": "http://169.254.169.254/"}, stream=httpx.ByteStream(b"")
    )
    network = Network(moved)

    assert (await call("https://example.org", Names([PUBLIC]), network)).status == 302

    assert len(network.requests) == 1


async def test_an_answer_is_read_only_so_far() -> None:
    class Endless(httpx.AsyncByteStream):
        parts = 0

        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                self.parts += 1
                yield b"x" * 65_536

    endless = Endless()
    with pytest.raises(CallFailed, match="too much"):
        await call(
            "https://example.org", Names([PUBLIC]), Network(httpx.Response(200, stream=endless))
        )
    assert endless.parts == 17


async def test_an_answer_that_would_unfold_is_not_read() -> None:
    folded = httpx.Response(
        200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b"x")
    )
    with pytest.raises(CallFailed, match="encoding"):
        await call("https://example.org", Names([PUBLIC]), Network(folded))


async def test_a_call_ends_in_time_however_slowly_the_answer_drips() -> None:
    class Dripping(httpx.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            while True:
                await asyncio.sleep(0.01)
                yield b"."

    network = Network(httpx.Response(200, stream=Dripping()))
    outbound = Outbound(CAREFUL, resolve=Names([PUBLIC]), transport=network, timeout=0.1)
    with pytest.raises(CallFailed, match="too long"):
        await outbound.call("GET", "https://example.org")


async def test_a_name_that_nobody_knows_is_a_failed_call() -> None:
    async def nobody(host: str, port: int) -> list[str]:
        raise OSError

    for resolve in (nobody, Names([])):
        outbound = Outbound(CAREFUL, resolve=resolve, transport=Network())
        with pytest.raises(CallFailed, match="not known"):
            await outbound.call("GET", "https://example.org")


def certificate_of(name: str) -> bytes:
    """A key and a certificate that it has signed itself, in one PEM file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(pem)


async def test_tls_proves_the_name_although_the_address_is_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A real handshake: the right name is trusted, another name of the same address is not."""
    certificate = tmp_path / "right.pem"
    certificate.write_bytes(certificate_of("right.example"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    heard: list[str | None] = []
    context.sni_callback = lambda _socket, name, _context: heard.append(name)

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    outbound = Outbound(AT_HOME, resolve=Names(["127.0.0.1"]))
    async with server:
        answer = await outbound.call("GET", f"https://right.example:{port}/")
        with pytest.raises(CallFailed):
            await outbound.call("GET", f"https://wrong.example:{port}/")

    assert answer.body == b"hello"
    assert heard == ["right.example", "wrong.example"]
