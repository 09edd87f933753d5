-- Answers kept for repeated requests, undo, former keys of tasks, the trash
-- depends: 0008_pre_saved_views
-- migrate: apply

-- What a request with an Idempotency-Key was answered. The id is made of who asked, where and with
-- which key; the answer is sealed, for it may hold a secret that is shown once.
CREATE TABLE idempotency_keys (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    answer_encrypted bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_idempotency_keys_age ON idempotency_keys (created_at);
CREATE INDEX idx_idempotency_keys_user ON idempotency_keys (tenant_id, user_id);
CALL isolate_by_tenant('idempotency_keys');
CREATE POLICY owner_sweeps ON idempotency_keys TO CURRENT_USER USING (true);

-- Cross-tenant path 6 (docs/tenancy.md): answers that are older than a day.
CREATE FUNCTION delete_old_answers() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH old AS (
        SELECT k.tenant_id, k.id FROM idempotency_keys k
        WHERE k.created_at < now() - interval '24 hours' LIMIT 10000
    ), gone AS (
        DELETE FROM idempotency_keys k USING old o
        WHERE k.tenant_id = o.tenant_id AND k.id = o.id RETURNING 1
    )
    SELECT count(*) FROM gone;
END;
REVOKE ALL ON FUNCTION delete_old_answers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_old_answers() TO projectflow_service;

-- What all events of a transaction say beside their own payload: `batch`, `undoes`.
CREATE FUNCTION event_note() RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
RETURN coalesce(nullif(current_setting('app.event_note', true), '')::jsonb, '{}');

CREATE OR REPLACE FUNCTION record_event(
    p_tenant uuid, p_type text, p_actor uuid, p_entity_type text, p_entity uuid,
    p_project uuid, p_version integer, p_payload jsonb
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    next_seq bigint;
BEGIN
    UPDATE event_counters SET last_seq = last_seq + 1 WHERE tenant_id = p_tenant
        RETURNING last_seq INTO STRICT next_seq;
    INSERT INTO events (tenant_id, seq, type, actor_id, entity_type, entity_id, project_id, entity_version, payload)
        VALUES (p_tenant, next_seq, p_type, p_actor, p_entity_type, p_entity, p_project, p_version,
                p_payload || event_note());
    RETURN next_seq;
END $$;

-- Somebody's latest changes, and all of one transaction.
CREATE INDEX idx_events_actor ON events (tenant_id, actor_id, created_at DESC, seq DESC);

-- Changes that are undone for now, and the first event of what undid each. A redo takes the row away.
CREATE TABLE undone_events (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL,
    undone_by bigint NOT NULL,
    PRIMARY KEY (tenant_id, seq),
    FOREIGN KEY (tenant_id, seq) REFERENCES events (tenant_id, seq) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, undone_by) REFERENCES events (tenant_id, seq) ON DELETE CASCADE
);
CREATE INDEX idx_undone_events_by ON undone_events (tenant_id, undone_by);
CALL isolate_by_tenant('undone_events');

-- Keys that tasks had in the projects they left: WEB-12 still finds its task.
CREATE TABLE former_task_keys (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    number integer NOT NULL,
    task_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, project_id, number),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_former_task_keys_task ON former_task_keys (tenant_id, task_id);
CALL isolate_by_tenant('former_task_keys');
-- As on projects.
CREATE POLICY project_limit ON former_task_keys AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- The trash, newest first.
CREATE INDEX idx_tasks_trash ON tasks (tenant_id, deleted_at DESC, id DESC) WHERE deleted_at IS NOT NULL;

-- migrate: rollback
