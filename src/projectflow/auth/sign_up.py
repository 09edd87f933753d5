"""Founding a workspace."""

from uuid_utils.compat import uuid7

from projectflow.auth.passwords import check_password_rules, hash_password
from projectflow.auth.service import AuthService
from projectflow.auth.sessions import Device, SignedIn
from projectflow.auth.types import NewWorkspace
from projectflow.core.db import Database
from projectflow.core.events import Change, record
from projectflow.core.problems import CONSTRAINTS, Conflict, FieldError


class SlugTaken(Conflict):
    """This workspace address is taken."""


CONSTRAINTS["tenants_subdomain_key"] = lambda: SlugTaken(
    errors=[FieldError("slug", "is taken; choose another")]
)


async def create_workspace(
    database: Database, auth: AuthService, new: NewWorkspace, device: Device
) -> SignedIn:
    """Create a workspace and its owner, who is then signed in; all in one transaction.

    Raises:
        SlugTaken: another workspace has this address.
        InvalidInput: the password is too short or too long.
    """
    check_password_rules(new.owner.password, "owner.password")
    hashed = await hash_password(new.owner.password)
    tenant_id, owner_id = uuid7(), uuid7()
    async with database.tenant(tenant_id) as db:
        await db.execute(
            "INSERT INTO tenants (id, subdomain, name) VALUES ($1, $2, $3)",
            tenant_id,
            new.slug,
            new.name.strip(),
        )
        await db.execute("INSERT INTO event_counters (tenant_id) VALUES ($1)", tenant_id)
        await db.execute(
            """
            INSERT INTO users (tenant_id, id, email, password_hash, first_name, last_name, role,
                               last_login_at)
            VALUES ($1, $2, $3, $4, $5, $6, 'owner', now())
            """,
            tenant_id,
            owner_id,
            new.owner.email.lower(),
            hashed,
            new.owner.first_name.strip(),
            new.owner.last_name.strip(),
        )
        created = Change("workspace.created", "workspace", tenant_id)
        await record(db, tenant_id, owner_id, created)
        return await auth.open_session(db, tenant_id, owner_id, device)
