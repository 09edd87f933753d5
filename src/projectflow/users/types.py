"""What the User service takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import available_timezones

from msgspec import UNSET, Meta, Struct, UnsetType

from projectflow.auth.permissions import Role
from projectflow.auth.types import Email, Name, Password, User, WorkspaceName
from projectflow.core.problems import InvalidInput

TimeZone = Annotated[str, Meta(max_length=64, description="IANA name, as in Europe/Berlin")]


def check_time_zone(name: str) -> None:
    """Refuse what is no time zone.

    Raises:
        InvalidInput: it is not in the IANA database.
    """
    if name not in available_timezones():
        raise InvalidInput.of("time_zone", "is not an IANA time zone, such as Europe/Berlin")


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
    version: int | UnsetType = UNSET
