-- People: invitations, time zones, leaving
-- depends: 0002_pre_projects_and_tasks
-- migrate: apply

ALTER TABLE users
    ADD COLUMN time_zone varchar(64) NOT NULL DEFAULT 'UTC',
    ADD COLUMN deactivated_at timestamptz,
    ADD COLUMN deleted_at timestamptz;

CREATE TABLE invitations (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    invited_by uuid NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    withdrawn_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT invitations_token_unique UNIQUE (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, invited_by) REFERENCES users (tenant_id, id)
);
CREATE INDEX idx_invitations_user ON invitations (tenant_id, user_id);
CALL isolate_by_tenant('invitations');

-- migrate: rollback
