"""What the User service takes and gives."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID
from zoneinfo import available_timezones

from msgspec import UNSET, Meta, Struct, UnsetType

from projectflow.auth.permissions import Role
from projectflow.auth.types import Email, Name, Password, User, WorkspaceName
from projectflow.core.problems import InvalidInput

TimeZone = Annotated[str, Meta(max_length=64, description="IANA name, as in Europe/Berlin")]
Locale = Annotated[
    str,
    Meta(max_length=35, description="BCP 47 language tag, as in en, pt-BR or zh-Hant-TW"),
]
WorkingHours = Annotated[
    tuple[Decimal, ...],
    Meta(
        min_length=7,
        max_length=7,
        description="Hours a day, Monday first: seven numbers from 0 to 24, two decimals",
    ),
]
LANGUAGE_TAG: Final = re.compile(
    r"(?P<language>[a-z]{2,3}|[a-z]{5,8})"
    r"(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(?P<variants>(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*)"
    r"(?P<extensions>(?:-[a-wy-z0-9](?:-[a-z0-9]{2,8})+)*)",
    re.IGNORECASE | re.ASCII,
)
"""A `langtag` of RFC 5646 §2.1, without extended languages and private use."""


def check_time_zone(name: str) -> None:
    """Refuse what is no time zone.

    Raises:
        InvalidInput: it is not in the IANA database.
    """
    if name not in available_timezones():
        raise InvalidInput.of("time_zone", "is not an IANA time zone, such as Europe/Berlin")


def canonical_locale(tag: str) -> str:
    """A language tag in its usual case (RFC 5646 §2.1.1): `ZH-hant-tw` is `zh-Hant-TW`.

    Raises:
        InvalidInput: it has not the shape of one.
    """
    matched = LANGUAGE_TAG.fullmatch(tag)
    if matched is None:
        raise InvalidInput.of("locale", "is not a language tag, such as en, pt-BR or zh-Hant-TW")
    parts = [matched["language"].lower()]
    if matched["script"]:
        parts.append(matched["script"].title())
    if matched["region"]:
        parts.append(matched["region"].upper())
    return "-".join(parts) + (matched["variants"] + matched["extensions"]).lower()


def exact_hours(hours: WorkingHours) -> tuple[Decimal, ...]:
    """The hours with two decimals.

    Raises:
        InvalidInput: a day has less than none or more than 24, or more than two decimals.
    """
    for day, value in enumerate(hours):
        if not value.is_finite() or not 0 <= value <= 24:
            raise InvalidInput.of(f"working_hours[{day}]", "must be between 0 and 24")
        if value != value.quantize(Decimal("0.01")):
            raise InvalidInput.of(f"working_hours[{day}]", "has more than two decimals")
    return tuple(value.quantize(Decimal("0.01")) for value in hours)


class NewUser(Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody to invite."""

    email: Email
    first_name: Name
    last_name: Name
    role: Role = "member"
    id: UUID | UnsetType = UNSET


class InviteAgain(Struct, frozen=True, forbid_unknown_fields=True):
    """Where to send the invitation; needed where the address was not known."""

    email: Email | UnsetType = UNSET


class Invitation(Struct, frozen=True):
    """An invitation that was made just now. Whoever has the link can accept it."""

    user: User
    link: str
    expires_at: datetime
    mailed: bool


class OpenInvitation(Struct, frozen=True):
    """What somebody who holds an invitation's link may know."""

    workspace: WorkspaceName
    email: str
    first_name: str
    last_name: str


class Acceptance(Struct, frozen=True, forbid_unknown_fields=True):
    """How somebody accepts: a password, and their name as they write it."""

    password: Password
    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET


class UserPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What to change of a person; absent fields stay as they are."""

    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    version: int | UnsetType = UNSET


class ProfilePatch(Struct, frozen=True, forbid_unknown_fields=True):
    """What people change of themselves."""

    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    time_zone: TimeZone | UnsetType = UNSET
    locale: Locale | UnsetType = UNSET
    working_hours: WorkingHours | UnsetType = UNSET
    version: int | UnsetType = UNSET
