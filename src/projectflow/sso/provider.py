"""The conversation with an identity provider (OpenID Connect Core 1.0, Discovery 1.0, PKCE)."""

import time
from base64 import b64encode
from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast
from urllib.parse import quote_plus, urlencode
from uuid import UUID

import httpx
import msgspec
from authlib.oauth2 import rfc7636
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry
from msgspec import Struct

from projectflow.core.outbound import AddressRefused, Answer, CallFailed, Outbound

ALGORITHMS: Final = (
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
)  # fmt: skip
"""Signatures that only the provider can make: no `none`, and no secret that we share with it."""
KEY_TYPES: Final = ("RSA", "EC")
LEEWAY: Final = 60
"""Seconds by which the two clocks may differ."""
KEPT_FOR: Final = 600
"""Seconds for which a provider's document and keys are not asked for again."""
MOST_KEPT: Final = 1000

T = TypeVar("T")


class ProviderFailed(Exception):
    """The provider answered wrongly or not at all. The text is ours, never the provider's."""


class Client(Struct, frozen=True):
    """What we are to one workspace's provider."""

    tenant_id: UUID
    issuer: str
    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    redirect_uri: str


class Metadata(Struct, frozen=True):
    """What is used of a discovery document (OpenID Connect Discovery 1.0 §3, RFC 9207 §3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class JsonWebKeys(Struct, frozen=True):
    """The keys that a provider signs with, and maybe others (RFC 7517 §5)."""

    keys: list[dict[str, Any]]


class Tokens(Struct, frozen=True):
    """What is used of a token answer (RFC 6749 §5.1, OpenID Connect Core 1.0 §3.1.3.3)."""

    id_token: str
    access_token: str


class Secrets(Struct, frozen=True):
    """What ties one visit together: in the ID token, and in the exchange of the code."""

    nonce: str
    verifier: str


class Provider:
    """Speaks to the providers of all workspaces; remembers their documents and keys a while."""

    def __init__(self, outbound: Outbound) -> None:
        """One a process."""
        self._outbound = outbound
        self._kept: dict[tuple[UUID, str], tuple[float, Any]] = {}

    async def discover(self, tenant_id: UUID, issuer: str, *, anew: bool = False) -> Metadata:
        """Read what the provider says of itself under its address.

        Raises:
            ProviderFailed: it says nothing, or names another issuer than this one.
        """
        url = get_well_known_url(issuer, external=True)
        metadata = await self._get(tenant_id, url, Metadata, anew=anew)
        if metadata.issuer != issuer:
            self._kept.pop((tenant_id, url), None)
            raise ProviderFailed(
                "answers for another issuer: enter it exactly as the provider writes it,"
                " with or without a slash at its end"
            )
        endpoints = (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri)
        for endpoint in (*endpoints, metadata.userinfo_endpoint):
            if endpoint is not None:
                self._check(endpoint)
        return metadata

    async def check(self, tenant_id: UUID, issuer: str) -> None:
        """Find out whether people could sign in with this provider: its document and keys.

        Raises:
            ProviderFailed: they could not; says why.
        """
        metadata = await self.discover(tenant_id, issuer, anew=True)
        await self._keys(tenant_id, metadata.jwks_uri, anew=True)

    async def authorization_url(self, client: Client, state: str, secrets: Secrets) -> str:
        """Where to send somebody's browser (OpenID Connect Core 1.0 §3.1.2.1).

        Raises:
            ProviderFailed: the provider cannot be asked for its address.
        """
        metadata = await self.discover(client.tenant_id, client.issuer)
        challenge = cast("str", rfc7636.create_s256_code_challenge(secrets.verifier))
        parameters = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": client.redirect_uri,
            "scope": " ".join(client.scopes),
            "state": state,
            "nonce": secrets.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return str(httpx.URL(metadata.authorization_endpoint).copy_merge_params(parameters))

    async def redeem(
        self, client: Client, code: str, answering: str | None, secrets: Secrets, wanted: set[str]
    ) -> dict[str, Any]:
        """Exchange the code that a browser brought for proven claims.

        `answering` is who says that it sends the code (RFC 9207). Claims of `wanted` that the ID
        token does not hold are asked of the provider's userinfo.

        Raises:
            ProviderFailed: something of it is missing or not as it should be.
        """
        metadata = await self.discover(client.tenant_id, client.issuer)
        required = metadata.authorization_response_iss_parameter_supported
        if answering != metadata.issuer and (required or answering is not None):
            raise ProviderFailed("another issuer answered")
        tokens = await self._exchange(client, metadata, code, secrets.verifier)
        proven = await self._verify(client, metadata, tokens, secrets.nonce)
        if wanted <= proven.keys() or metadata.userinfo_endpoint is None:
            return proven
        more = await self._userinfo(metadata.userinfo_endpoint, tokens)
        if more.get("sub") != proven["sub"]:
            raise ProviderFailed("its userinfo is of another person")
        if "email" in more:  # an address and its proof come from one place
            proven.pop("email_verified", None)
            proven.pop("email", None)
        return {**more, **proven}

    async def _exchange(
        self, client: Client, metadata: Metadata, code: str, verifier: str
    ) -> Tokens:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": client.redirect_uri,
            "code_verifier": verifier,
        }
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        methods = metadata.token_endpoint_auth_methods_supported
        if "client_secret_basic" in methods or "client_secret_post" not in methods:
            # RFC 6749 §2.3.1: both are form-encoded before they are joined.
            both = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
            headers["Authorization"] = f"Basic {b64encode(both.encode()).decode()}"
        else:
            form |= {"client_id": client.client_id, "client_secret": client.client_secret}
        answer = await self._call("POST", metadata.token_endpoint, headers, urlencode(form))
        return _decode(answer, Tokens)

    async def _verify(
        self, client: Client, metadata: Metadata, tokens: Tokens, nonce: str
    ) -> dict[str, Any]:
        """Check an ID token: OpenID Connect Core 1.0 §3.1.3.7."""
        try:
            keys = await self._keys(client.tenant_id, metadata.jwks_uri)
            try:
                token = _decode_token(tokens.id_token, keys)
            except InvalidKeyIdError:  # its keys changed since
                keys = await self._keys(client.tenant_id, metadata.jwks_uri, anew=True)
                token = _decode_token(tokens.id_token, keys)
            claims: Any = CodeIDToken(
                token.claims,
                token.header,
                {
                    "iss": {"essential": True, "value": client.issuer},
                    "aud": {"essential": True, "value": client.client_id},
                },
                {
                    "nonce": nonce,
                    "client_id": client.client_id,
                    "access_token": tokens.access_token,
                },
            )
            claims.validate(leeway=LEEWAY)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderFailed(f"its ID token is not valid ({type(error).__name__})") from None
        return dict(claims)

    async def _userinfo(self, url: str, tokens: Tokens) -> dict[str, Any]:
        headers = {"Accept": "application/json", "Authorization": f"Bearer {tokens.access_token}"}
        return _decode(await self._call("GET", url, headers), dict[str, Any])

    async def _keys(self, tenant_id: UUID, url: str, *, anew: bool = False) -> KeySet:
        found = await self._get(tenant_id, url, JsonWebKeys, anew=anew)
        public = [key for key in found.keys if key.get("kty") in KEY_TYPES]
        try:
            return KeySet.import_key_set({"keys": public})
        except (JoseError, ValueError, TypeError, KeyError) as error:
            self._kept.pop((tenant_id, url), None)
            raise ProviderFailed(f"its keys cannot be read ({type(error).__name__})") from None

    async def _get(self, tenant_id: UUID, url: str, shape: type[T], *, anew: bool) -> T:
        """Read a public document, or the one that was read a short while ago."""
        now = time.monotonic()
        until, kept = self._kept.get((tenant_id, url), (0.0, None))
        if until > now and not anew:
            return kept
        found = _decode(await self._call("GET", url, {"Accept": "application/json"}), shape)
        if len(self._kept) >= MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[tenant_id, url] = (now + KEPT_FOR, found)
        return found

    async def _call(
        self, method: str, url: str, headers: Mapping[str, str], body: str | None = None
    ) -> Answer:
        try:
            return await self._outbound.call(
                method, url, headers=headers, body=None if body is None else body.encode()
            )
        except (AddressRefused, CallFailed) as error:
            raise ProviderFailed(f"cannot be asked: {error}") from None

    def _check(self, url: str) -> None:
        try:
            self._outbound.check(url)
        except AddressRefused as error:
            raise ProviderFailed(f"names an address that {error}") from None


def _decode_token(text: str, keys: KeySet) -> jwt.Token:
    # A header may hold names that we do not know (RFC 7515 §4); critical ones it may not.
    registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
    return jwt.decode(text, keys, registry=registry)


def _decode(answer: Answer, shape: type[T]) -> T:
    if answer.status != 200:
        raise ProviderFailed(f"answered {answer.status}")
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ProviderFailed("did not answer as OpenID Connect says") from None
