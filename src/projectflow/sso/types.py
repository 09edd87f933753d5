"""What single sign-on takes and gives."""

from typing import Annotated, Final, Literal
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType

from projectflow.auth.types import WITHOUT_NUL, Name
from projectflow.core.problems import InvalidInput

GroupRole = Literal["admin", "manager", "member", "viewer"]
DefaultRole = Literal["manager", "member", "viewer"]
FailureCode = Literal[
    "cancelled", "expired", "not_allowed", "wrong_domain", "deactivated", "provider"
]

ISSUER_LENGTH: Final = 500
Issuer = Annotated[
    str,
    Meta(
        max_length=ISSUER_LENGTH,
        pattern=r"^https?://[^\s?#\x00-\x1f\x7f\\]+$(?!\n)",
        description="The provider's address: where /.well-known/openid-configuration is under it",
        examples=["https://login.example.org/realms/staff"],
    ),
]
ClientId = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[\x20-\x7e]+$(?!\n)")]
ClientSecret = Annotated[str, Meta(min_length=1, max_length=1000, pattern=r"^[\x20-\x7e]+$(?!\n)")]
# RFC 6749 appendix A.4
Scope = Annotated[str, Meta(max_length=100, pattern=r"^[\x21\x23-\x5b\x5d-\x7e]+$(?!\n)")]
Scopes = Annotated[tuple[Scope, ...], Meta(max_length=20)]
Claim = Annotated[str, Meta(min_length=1, max_length=100, pattern=WITHOUT_NUL)]
Group = Annotated[str, Meta(min_length=1, max_length=255, pattern=WITHOUT_NUL)]
RolesByGroup = Annotated[dict[Group, GroupRole], Meta(max_length=200)]
Domain = Annotated[
    str,
    Meta(
        max_length=253,
        pattern=r"^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]+$(?!\n)",
    ),
]
Domains = Annotated[tuple[Domain, ...], Meta(max_length=100)]


class ProviderSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How people sign in with another system. What is absent gets its default."""

    name: Name
    issuer: Issuer
    client_id: ClientId
    client_secret: ClientSecret | UnsetType = UNSET
    """Needed the first time and with another issuer; else the one there is stays."""
    scopes: Scopes = ("openid", "email", "profile")
    group_claim: Claim = "groups"
    roles_by_group: RolesByGroup = {}
    default_role: DefaultRole = "member"
    creates_users: bool = True
    email_domains: Domains = ()
    version: int | UnsetType = UNSET


class IdentityProvider(Struct, frozen=True):
    """The system that a workspace's people sign in with. Its secret is never given out."""

    id: UUID
    name: str
    issuer: str
    client_id: str
    scopes: tuple[str, ...]
    group_claim: str
    roles_by_group: dict[str, GroupRole]
    default_role: DefaultRole
    creates_users: bool
    email_domains: tuple[str, ...]
    version: int
    redirect_uri: str
    """The address that the provider must be told to send people back to."""


class Claims(Struct, frozen=True):
    """Who somebody is, as the provider proved it."""

    subject: str
    """Never given to somebody else at the same issuer (OpenID Connect Core 1.0 §2)."""
    email: str | None
    email_verified: bool
    first_name: str
    last_name: str
    groups: frozenset[str]


class SsoFailed(Exception):
    """Somebody could not be let in; `code` is what the sign-in page is told."""

    def __init__(self, code: FailureCode, user_id: UUID | None = None) -> None:
        """`user_id` names the person where it is known who tried."""
        super().__init__(code)
        self.code: FailureCode = code
        self.user_id = user_id


def check_scopes(scopes: tuple[str, ...]) -> None:
    """Refuse scopes without which there is no ID token.

    Raises:
        InvalidInput: `openid` is missing.
    """
    if "openid" not in scopes:
        raise InvalidInput.of("scopes", "must hold openid")
