-- Tenancy, people, sessions and the event log
-- depends:
-- migrate: apply

-- The role that every service connection is a member of. It owns nothing and bypasses nothing.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'projectflow_service') THEN
        CREATE ROLE projectflow_service NOLOGIN NOBYPASSRLS;
    END IF;
END $$;

-- Makes a login role fit to serve: member of projectflow_service, one plan for all tenants.
CREATE FUNCTION prepare_service_role(role_name text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT pg_has_role(role_name, 'projectflow_service', 'member') THEN
        EXECUTE format('GRANT projectflow_service TO %I', role_name);
    END IF;
    IF NOT EXISTS (
        SELECT FROM pg_db_role_setting s JOIN pg_roles r ON r.oid = s.setrole
        WHERE r.rolname = role_name AND 'plan_cache_mode=force_generic_plan' = ANY (s.setconfig)
    ) THEN
        EXECUTE format('ALTER ROLE %I SET plan_cache_mode = force_generic_plan', role_name);
    END IF;
END $$;

REVOKE ALL ON FUNCTION prepare_service_role(text) FROM PUBLIC;

-- Lets a service that knows its own address alone see whether migrations are missing.
GRANT SELECT ON public._pogo_migration, public._pogo_version TO projectflow_service;

-- The tenant of this transaction, or NULL: then no row is seen and none can be written.
CREATE FUNCTION current_tenant() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('app.tenant_id', true), '')::uuid;

-- Puts the wall around one table: row-level security, forced, and what the service may do.
CREATE PROCEDURE isolate_by_tenant(tenant_table regclass, privileges text DEFAULT 'SELECT, INSERT, UPDATE, DELETE')
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format(
        'CREATE POLICY tenant_isolation ON %s USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant())',
        tenant_table);
    IF privileges <> '' THEN
        EXECUTE format('GRANT %s ON %s TO projectflow_service', privileges, tenant_table);
    END IF;
END $$;

-- Cuts a large table into hash partitions by tenant. Each has the wall too, and no grant:
-- the service reaches rows through the parent only.
CREATE PROCEDURE partition_by_tenant(tenant_table regclass, partitions int DEFAULT 8)
LANGUAGE plpgsql SET search_path = public AS $$
BEGIN
    FOR n IN 0 .. partitions - 1 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF %s FOR VALUES WITH (MODULUS %s, REMAINDER %s)',
            tenant_table::text || '_p' || n, tenant_table, partitions, n);
        CALL isolate_by_tenant((tenant_table::text || '_p' || n)::regclass, '');
    END LOOP;
END $$;

CREATE TABLE tenants (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    subdomain varchar(50) NOT NULL UNIQUE CHECK (subdomain ~ '^[a-z0-9]([a-z0-9-]{0,48}[a-z0-9])?$'),
    name varchar(100) NOT NULL,
    plan_type varchar(20) NOT NULL DEFAULT 'free',
    settings jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON tenants USING (id = current_tenant()) WITH CHECK (id = current_tenant());
CREATE POLICY owner_finds_by_slug ON tenants FOR SELECT TO CURRENT_USER USING (true);
GRANT SELECT, INSERT, UPDATE ON tenants TO projectflow_service;

-- Cross-tenant path 1 (docs/tenancy.md): which workspace has this address? Name and id only.
CREATE FUNCTION find_workspace(slug text, OUT id uuid, OUT name text) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.id, t.name::text FROM tenants t WHERE t.subdomain = slug;
END;
REVOKE ALL ON FUNCTION find_workspace(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_workspace(text) TO projectflow_service;

CREATE TABLE event_counters (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    last_seq bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CALL isolate_by_tenant('event_counters', 'SELECT, INSERT, UPDATE');

CREATE TABLE events (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    seq bigint NOT NULL,
    type varchar(60) NOT NULL,
    actor_id uuid,
    entity_type varchar(30) NOT NULL,
    entity_id uuid NOT NULL,
    project_id uuid,
    entity_version integer NOT NULL,
    payload jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, seq)
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_events_entity ON events (tenant_id, entity_id, seq DESC);
CALL partition_by_tenant('events');
CALL isolate_by_tenant('events', 'SELECT, INSERT');

-- Writes one event with the tenant's next number. The counter's row lock is held until commit,
-- so numbers have no gaps and become visible in order. Take other row locks before this one.
CREATE FUNCTION record_event(
    p_tenant uuid, p_type text, p_actor uuid, p_entity_type text, p_entity uuid,
    p_project uuid, p_version integer, p_payload jsonb
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    next_seq bigint;
BEGIN
    UPDATE event_counters SET last_seq = last_seq + 1 WHERE tenant_id = p_tenant
        RETURNING last_seq INTO STRICT next_seq;
    INSERT INTO events (tenant_id, seq, type, actor_id, entity_type, entity_id, project_id, entity_version, payload)
        VALUES (p_tenant, next_seq, p_type, p_actor, p_entity_type, p_entity, p_project, p_version, p_payload);
    RETURN next_seq;
END $$;

CREATE TABLE users (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    email varchar(255) NOT NULL CHECK (email = lower(email)),
    password_hash varchar(255) NOT NULL,
    first_name varchar(100) NOT NULL,
    last_name varchar(100) NOT NULL,
    role varchar(20) NOT NULL DEFAULT 'member' CHECK (role IN ('owner', 'admin', 'manager', 'member', 'viewer')),
    is_active boolean NOT NULL DEFAULT true,
    invited_at timestamptz,
    last_login_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT users_email_unique UNIQUE (tenant_id, email)
);
CREATE INDEX idx_users_tenant_email ON users (tenant_id, email);
CALL isolate_by_tenant('users');

CREATE TABLE sessions (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    refresh_hash bytea NOT NULL,
    previous_hash bytea,
    rotated_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    user_agent varchar(255),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_sessions_user ON sessions (tenant_id, user_id);
CREATE INDEX idx_sessions_expiry ON sessions (expires_at);
CALL isolate_by_tenant('sessions');
CREATE POLICY owner_sweeps ON sessions TO CURRENT_USER USING (true);

-- Cross-tenant path 2: sessions that ended more than 30 days ago are deleted, a batch a call.
CREATE FUNCTION delete_ended_sessions() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH ended AS (
        SELECT s.tenant_id, s.id FROM sessions s
        WHERE s.expires_at < now() - interval '30 days' LIMIT 10000
    ), gone AS (
        DELETE FROM sessions s USING ended e
        WHERE s.tenant_id = e.tenant_id AND s.id = e.id RETURNING 1
    )
    SELECT count(*) FROM gone;
END;
REVOKE ALL ON FUNCTION delete_ended_sessions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_ended_sessions() TO projectflow_service;

CREATE TABLE password_resets (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT password_resets_token_unique UNIQUE (tenant_id, token_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_by_tenant('password_resets');

CREATE TABLE api_keys (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    prefix varchar(16) NOT NULL,
    key_hash bytea NOT NULL,
    scopes text[] NOT NULL DEFAULT '{}',
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_keys_hash_unique UNIQUE (tenant_id, key_hash),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_by_tenant('api_keys');

CREATE TABLE teams (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    name varchar(100) NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT teams_name_unique UNIQUE (tenant_id, name)
);
CALL isolate_by_tenant('teams');

CREATE TABLE team_members (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    team_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, team_id, user_id),
    FOREIGN KEY (tenant_id, team_id) REFERENCES teams (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_team_members_user ON team_members (tenant_id, user_id);
CALL isolate_by_tenant('team_members');

CREATE TABLE webhooks (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    url varchar(2000) NOT NULL,
    event_types text[] NOT NULL DEFAULT '{}',
    secret_encrypted bytea NOT NULL,
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id)
);
CALL isolate_by_tenant('webhooks');

CREATE TABLE notifications (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    event_seq bigint NOT NULL,
    reason varchar(30) NOT NULL,
    read_at timestamptz,
    snoozed_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, event_seq) REFERENCES events (tenant_id, seq) ON DELETE CASCADE
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_notifications_user ON notifications (tenant_id, user_id, created_at DESC);
CALL partition_by_tenant('notifications');
CALL isolate_by_tenant('notifications');

-- migrate: rollback
