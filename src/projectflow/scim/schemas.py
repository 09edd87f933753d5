"""What SCIM says of our people and teams (RFC 7643): their attributes and our capabilities.

An attribute that is required here always has a value: who creates somebody without it gets a
default, and nobody can remove it.
"""

from typing import Annotated, Any, Final

from pydantic import Field
from scim2_models import (
    URN,
    AuthenticationScheme,
    Bulk,
    CaseExact,
    ChangePassword,
    ComplexAttribute,
    ETag,
    Filter,
    Mutability,
    Pagination,
    Patch,
    Reference,
    Required,
    Resource,
    Returned,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
    Uniqueness,
)

MAX_RESULTS: Final = 200
DEFAULT_RESULTS: Final = 100
GIVEN_ROLES: Final = ("admin", "manager", "member", "viewer")
"""What provisioning makes of people; owners are made by owners."""


class Name(ComplexAttribute):
    """The parts of a name. Who has no given name is called by their address."""

    given_name: str | None = None
    family_name: str | None = None


class EmailAddress(ComplexAttribute):
    """`userName` once more, for those who look for an address here."""

    value: Annotated[str | None, Mutability.read_only] = None
    type: Annotated[str | None, Mutability.read_only] = None
    primary: Annotated[bool | None, Mutability.read_only] = None


class GivenRole(ComplexAttribute):
    """The one role of a person."""

    value: Annotated[str | None, Required.true] = Field(None, examples=list(GIVEN_ROLES))
    primary: Annotated[bool | None, Mutability.read_only, Returned.request] = None
    """Always true. Here because Entra ID says `roles[primary eq "True"].value`."""


class Membership(ComplexAttribute):
    """A team that a person is in."""

    value: Annotated[str | None, Mutability.read_only, CaseExact.true] = None
    ref: Annotated[Reference["Group"] | None, Mutability.read_only] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    display: Annotated[str | None, Mutability.read_only] = None


def _member() -> list[GivenRole]:
    return [GivenRole(value="member", primary=True)]


class User(Resource[Any]):
    """A person of the workspace."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:User")

    user_name: Annotated[str | None, Required.true, Uniqueness.server] = Field(
        None, description="The e-mail address that the person signs in with."
    )
    name: Annotated[Name | None, Required.true] = Field(default_factory=Name)
    display_name: Annotated[str | None, Mutability.read_only] = Field(
        None, description="Given and family name."
    )
    active: Annotated[bool | None, Required.true] = Field(
        default=True, description="Whether the person may sign in; false ends their sessions."
    )
    locale: Annotated[str | None, Required.true] = Field(
        "en", description="A BCP 47 language tag.", examples=["en", "de", "fr", "es", "pt-BR"]
    )
    timezone: Annotated[str | None, Required.true] = Field(
        "UTC",
        description="An IANA time zone.",
        examples=["UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"],
    )
    roles: Annotated[list[GivenRole] | None, Required.true] = Field(
        default_factory=_member, description="One role. Owners are made in the workspace itself."
    )
    emails: Annotated[list[EmailAddress] | None, Mutability.read_only] = None
    groups: Annotated[list[Membership] | None, Mutability.read_only] = None


class Member(ComplexAttribute):
    """A person in a team."""

    value: Annotated[str | None, Mutability.immutable, CaseExact.true] = None
    ref: Annotated[Reference["User"] | None, Mutability.immutable] = Field(
        None, serialization_alias="$ref", validation_alias="$ref"
    )
    type: Annotated[str | None, Mutability.immutable] = Field(None, examples=["User"])


class Group(Resource[Any]):
    """A team of the workspace."""

    __schema__ = URN("urn:ietf:params:scim:schemas:core:2.0:Group")

    display_name: Annotated[str | None, Required.true, Uniqueness.server] = None
    members: list[Member] | None = None


CONFIG: Final = ServiceProviderConfig(
    patch=Patch(supported=True),
    bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
    filter=Filter(supported=True, max_results=MAX_RESULTS),
    change_password=ChangePassword(supported=False),
    sort=Sort(supported=True),
    etag=ETag(supported=True),
    authentication_schemes=[
        AuthenticationScheme(
            type=AuthenticationScheme.Type.oauthbearertoken,
            name="Provisioning token",
            description="A token that an owner makes in the workspace's settings.",
            spec_uri=Reference("https://www.rfc-editor.org/rfc/rfc6750"),
            primary=True,
        )
    ],
    pagination=Pagination(
        cursor=False,
        index=True,
        default_pagination_method=Pagination.DefaultPaginationMethod.index,
        default_page_size=DEFAULT_RESULTS,
        max_page_size=MAX_RESULTS,
    ),
)

PROVIDER: Final = ScimProvider(
    models=[User, Group],
    config=CONFIG,
    # What Okta and Entra ID send beyond the RFC: unknown attributes (department, title, …),
    # members to remove in the operation's value, a filter that describes a new entry.
    policy=ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
    ),
)
