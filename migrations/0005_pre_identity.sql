-- Identity: second factors, single sign-on, provisioning, keys, custom roles
-- depends: 0004_pre_people
-- migrate: apply

CREATE TABLE roles (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    name varchar(50) NOT NULL,
    description varchar(200) NOT NULL DEFAULT '',
    permissions text[] NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT roles_name_unique UNIQUE (tenant_id, name)
);
CALL isolate_by_tenant('roles');

ALTER TABLE users
    ADD COLUMN role_id uuid,
    ADD COLUMN locale varchar(35) NOT NULL DEFAULT 'en',
    ADD COLUMN working_hours numeric(4, 2)[] NOT NULL DEFAULT '{8,8,8,8,8,0,0}'
        CONSTRAINT users_working_hours_week CHECK (
            cardinality(working_hours) = 7 AND 0 <= ALL (working_hours) AND 24 >= ALL (working_hours)),
    ADD COLUMN avatar varchar(60),
    ADD COLUMN external_id varchar(255),
    ADD CONSTRAINT users_role_exists FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id);
CREATE INDEX idx_users_custom_role ON users (tenant_id, role_id) WHERE role_id IS NOT NULL;

ALTER TABLE teams ADD COLUMN external_id varchar(255);

-- How somebody proved who they are, and when they last did: `password`, `totp`, `passkey`, `sso`, …
ALTER TABLE sessions
    ADD COLUMN methods text[] NOT NULL DEFAULT '{password}',
    -- Of what all refresh tokens of the session begin with.
    ADD COLUMN family_hash bytea,
    ADD COLUMN confirmed_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN is_remembered boolean NOT NULL DEFAULT true;

ALTER TABLE tenants
    ADD COLUMN require_second_factor boolean NOT NULL DEFAULT false,
    ADD COLUMN require_sso boolean NOT NULL DEFAULT false,
    ADD COLUMN audit_retention_days integer CONSTRAINT tenants_audit_retention CHECK (audit_retention_days >= 30);

-- One thing begun that must be finished soon and once: a sign-in's second step, a passkey's
-- ceremony, a visit to an identity provider.
CREATE TABLE challenges (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    purpose varchar(30) NOT NULL,
    user_id uuid,
    secret_hash bytea NOT NULL,
    data jsonb NOT NULL DEFAULT '{}',
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_challenges_expiry ON challenges (expires_at);
CALL isolate_by_tenant('challenges');
CREATE POLICY owner_sweeps ON challenges TO CURRENT_USER USING (true);

-- Cross-tenant path 3 (docs/tenancy.md).
CREATE FUNCTION delete_expired_challenges() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH expired AS (
        SELECT c.tenant_id, c.id FROM challenges c WHERE c.expires_at < now() LIMIT 10000
    ), gone AS (
        DELETE FROM challenges c USING expired e
        WHERE c.tenant_id = e.tenant_id AND c.id = e.id RETURNING 1
    )
    SELECT count(*) FROM gone;
END;
REVOKE ALL ON FUNCTION delete_expired_challenges() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_expired_challenges() TO projectflow_service;

CREATE TABLE totp_factors (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    user_id uuid NOT NULL,
    secret_encrypted bytea NOT NULL,
    -- A new secret that takes the confirmed one's place once it is confirmed itself.
    replacement_encrypted bytea,
    confirmed_at timestamptz,
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_by_tenant('totp_factors');

CREATE TABLE recovery_codes (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    code_hash bytea NOT NULL,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_recovery_codes_user ON recovery_codes (tenant_id, user_id);
CALL isolate_by_tenant('recovery_codes');

CREATE TABLE passkeys (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    transports text[] NOT NULL DEFAULT '{}',
    is_backed_up boolean NOT NULL DEFAULT false,
    last_used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT passkeys_credential_unique UNIQUE (tenant_id, credential_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_passkeys_user ON passkeys (tenant_id, user_id);
CALL isolate_by_tenant('passkeys');

CREATE TABLE identity_providers (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    name varchar(100) NOT NULL,
    issuer varchar(500) NOT NULL,
    client_id varchar(255) NOT NULL,
    client_secret_encrypted bytea NOT NULL,
    scopes text[] NOT NULL DEFAULT '{openid,email,profile}',
    group_claim varchar(100) NOT NULL DEFAULT 'groups',
    roles_by_group jsonb NOT NULL DEFAULT '{}',
    default_role varchar(20) NOT NULL DEFAULT 'member' CHECK (default_role IN ('manager', 'member', 'viewer')),
    creates_users boolean NOT NULL DEFAULT true,
    email_domains text[] NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT identity_providers_one UNIQUE (tenant_id)
);
CALL isolate_by_tenant('identity_providers');

CREATE TABLE user_identities (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    provider_id uuid NOT NULL,
    subject varchar(255) NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    PRIMARY KEY (tenant_id, provider_id, subject),
    FOREIGN KEY (tenant_id, provider_id) REFERENCES identity_providers (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_user_identities_user ON user_identities (tenant_id, user_id);
CALL isolate_by_tenant('user_identities');

CREATE TABLE scim_tokens (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    name varchar(100) NOT NULL,
    token_hash bytea NOT NULL,
    created_by uuid NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id)
);
CALL isolate_by_tenant('scim_tokens');

-- A key with rows here, or with all_projects false, reaches these projects alone.
ALTER TABLE api_keys ADD COLUMN all_projects boolean NOT NULL DEFAULT true;
CREATE INDEX idx_api_keys_user ON api_keys (tenant_id, user_id);
CREATE TABLE api_key_projects (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    key_id uuid NOT NULL,
    project_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, key_id, project_id),
    FOREIGN KEY (tenant_id, key_id) REFERENCES api_keys (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_by_tenant('api_key_projects');

-- The projects of this transaction where its key is limited to some. Every query for a project's
-- things goes through `projects`, so the wall stands there.
CREATE POLICY project_limit ON projects AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- The audit page's own events: those of the workspace and its projects, not of single tasks.
CREATE INDEX idx_events_audit ON events (tenant_id, seq DESC)
    WHERE project_id IS NULL OR entity_type = 'project';

-- Cross-tenant path 4 (docs/tenancy.md): events older than their workspace keeps them.
CREATE POLICY owner_sweeps ON events TO CURRENT_USER USING (true);
CREATE FUNCTION delete_outlived_events() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH outlived AS (
        SELECT t.id AS tenant_id, oldest.seq
        FROM tenants t CROSS JOIN LATERAL (
            SELECT e.seq, e.created_at FROM events e
            WHERE e.tenant_id = t.id ORDER BY e.seq LIMIT 1000
        ) oldest
        WHERE oldest.created_at < now() - make_interval(days => t.audit_retention_days)
        LIMIT 10000
    ), gone AS (
        DELETE FROM events e USING outlived o
        WHERE e.tenant_id = o.tenant_id AND e.seq = o.seq RETURNING 1
    )
    SELECT count(*) FROM gone;
END;
REVOKE ALL ON FUNCTION delete_outlived_events() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_outlived_events() TO projectflow_service;

-- Cross-tenant path 5: the ids of workspaces, for `projectflow keys rotate-encryption`.
CREATE FUNCTION list_tenants(after uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.id FROM tenants t WHERE t.id > after ORDER BY t.id LIMIT 1000;
END;
REVOKE ALL ON FUNCTION list_tenants(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_tenants(uuid) TO projectflow_service;

-- migrate: rollback
