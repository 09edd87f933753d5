"""What ends when somebody leaves: sessions, links that let them in, and who they were."""

from uuid import UUID

from projectflow.auth.passwords import UNUSABLE
from projectflow.auth.types import Actor
from projectflow.core.db import Db, only
from projectflow.core.files import delete_later


async def end_sessions(db: Db, actor: Actor, user_id: UUID) -> None:
    """Revoke every session of a person, and every invitation and reset that is open."""
    await db.execute(
        """
        UPDATE sessions SET revoked_at = now()
        WHERE tenant_id = $1 AND user_id = $2 AND revoked_at IS NULL
        """,
        actor.tenant_id,
        user_id,
    )
    await end_links(db, actor.tenant_id, user_id)


async def end_links(db: Db, tenant_id: UUID, user_id: UUID) -> None:
    """Withdraw what was mailed to a person and lets them in: invitations and resets."""
    await db.execute(
        """
        WITH invitations_withdrawn AS (
            UPDATE invitations SET withdrawn_at = now()
            WHERE tenant_id = $1 AND user_id = $2
              AND accepted_at IS NULL AND withdrawn_at IS NULL
        )
        UPDATE password_resets SET used_at = now()
        WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL
        """,
        tenant_id,
        user_id,
    )


async def anonymise(db: Db, tenant_id: UUID, user_id: UUID) -> int:
    """Take everything that says who a person was; gives the row's new version. Writes no event."""
    row = await db.fetchrow(
        """
        WITH was AS (
            SELECT avatar FROM users WHERE tenant_id = $1 AND id = $2
        ), u AS (
            UPDATE users SET email = id || '@deleted.invalid', password_hash = $3,
                first_name = 'Deleted', last_name = 'user', avatar = NULL, external_id = NULL,
                role_id = NULL, is_active = false, deleted_at = now(), version = version + 1,
                updated_at = now()
            WHERE tenant_id = $1 AND id = $2 RETURNING version
        ), sessions_gone AS (
            DELETE FROM sessions WHERE tenant_id = $1 AND user_id = $2
        ), projects_left AS (
            DELETE FROM project_members WHERE tenant_id = $1 AND user_id = $2
        ), teams_left AS (
            DELETE FROM team_members WHERE tenant_id = $1 AND user_id = $2
        ), totp_gone AS (
            DELETE FROM totp_factors WHERE tenant_id = $1 AND user_id = $2
        ), passkeys_gone AS (
            DELETE FROM passkeys WHERE tenant_id = $1 AND user_id = $2
        ), codes_gone AS (
            DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2
        ), identities_gone AS (
            DELETE FROM user_identities WHERE tenant_id = $1 AND user_id = $2
        ), absences_gone AS (
            DELETE FROM absences WHERE tenant_id = $1 AND user_id = $2
        ), notifications_gone AS (
            DELETE FROM notifications WHERE tenant_id = $1 AND user_id = $2
        ), rules_gone AS (
            DELETE FROM notification_rules WHERE tenant_id = $1 AND user_id = $2
        ), mails_gone AS (
            DELETE FROM notification_mails WHERE tenant_id = $1 AND user_id = $2
        )
        SELECT u.version, was.avatar FROM u, was
        """,
        tenant_id,
        user_id,
        UNUSABLE,
    )
    version, avatar = only(row)
    if avatar is not None:
        await delete_later(db, tenant_id, avatar_file(avatar))
    return version


def avatar_file(avatar: str) -> str:
    """Where the tenant's files hold a person's picture, of its name or its address."""
    return f"avatars/{avatar.rpartition('/')[2]}"
