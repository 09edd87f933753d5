"""What a workspace's plan allows, and what of it is used."""

from msgspec import Struct

from projectflow.auth.types import Actor
from projectflow.core.db import Db
from projectflow.core.settings import PlanLimits, Settings


class Quota(Struct, frozen=True):
    """So many in each window of so many seconds."""

    requests: int
    seconds: int


class WorkspaceLimits(Struct, frozen=True, kw_only=True):
    """The limits of a workspace's plan; those of the installation where the plan has none."""

    plan_type: str
    requests_of_a_person: Quota
    requests_of_the_workspace: Quota
    uploads_of_a_person: Quota
    storage_bytes: int
    storage_used_bytes: int
    """Of attachments, with those in the trash: they take room until they are deleted for good."""
    attachment_bytes: int
    """The largest file."""
    import_bytes: int
    """The largest file to import; exports of ProjectFlow may be larger."""


def limits_of(settings: Settings, plan: str) -> PlanLimits:
    """A plan's limits; the installation's where nothing is said of the plan."""
    return settings.plan_limits.get(plan) or PlanLimits(
        settings.api_limit, settings.upload_limit, settings.workspace_limit
    )


async def read_limits(db: Db, actor: Actor, settings: Settings) -> WorkspaceLimits:
    """What the actor's workspace may use: everybody in it meets these limits."""
    used: int | None = await db.fetchval(
        "SELECT used_bytes FROM storage_usage WHERE tenant_id = $1", actor.tenant_id
    )
    plan = limits_of(settings, actor.plan)
    return WorkspaceLimits(
        plan_type=actor.plan,
        requests_of_a_person=Quota(plan.api, settings.api_window),
        requests_of_the_workspace=Quota(plan.workspace, settings.api_window),
        uploads_of_a_person=Quota(plan.upload, settings.upload_window),
        storage_bytes=settings.workspace_storage,
        storage_used_bytes=used or 0,
        attachment_bytes=settings.attachment_max_bytes,
        import_bytes=settings.import_max_bytes,
    )
