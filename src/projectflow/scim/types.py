"""What provisioning is set up with, and in whose name it acts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from projectflow.auth.types import Actor, Name
from projectflow.core.events import Change


class ScimToken(Struct, frozen=True):
    """A token that an identity provider provisions with. The secret is shown once."""

    id: UUID
    name: str
    created_by: UUID
    last_used_at: datetime | None
    """Exact to a minute."""
    created_at: datetime


class ScimTokens(Struct, frozen=True):
    """The tokens that count, oldest first."""

    items: list[ScimToken]


class NewScimToken(Struct, frozen=True, forbid_unknown_fields=True):
    """A token to make; the name says what for."""

    name: Name


class MadeScimToken(Struct, frozen=True):
    """A new token, with the only sight of its secret."""

    secret: str
    scim_token: ScimToken


class Provisioner(Struct, frozen=True):
    """An identity provider that showed a valid token."""

    tenant_id: UUID
    token_id: UUID
    plan: str = "free"

    @property
    def actor(self) -> Actor:
        """For functions that take one: an admin who is nobody, and cannot be a person."""
        return Actor(self.token_id, self.tenant_id, "admin", self.token_id, is_key=True)

    def change(
        self, event: str, entity_type: str, entity_id: UUID, version: int, **payload: Any
    ) -> Change:
        """An event that no person caused: its payload says that provisioning did."""
        said = {**payload, "by": "scim", "token_id": self.token_id}
        return Change(event, entity_type, entity_id, version, said)
