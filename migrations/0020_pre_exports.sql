-- Exports of projects and workspaces, what brings them in again, and calendars to subscribe to
-- depends: 0019_pre_scale
-- migrate: apply

ALTER TABLE imports DROP CONSTRAINT imports_source_check;
ALTER TABLE imports ADD CONSTRAINT imports_source_check
    CHECK (source IN ('trello', 'jira', 'github', 'linear', 'msproject', 'table', 'projectflow'));

CREATE TABLE exports (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    -- None for an export of the whole workspace.
    project_id uuid,
    status varchar(20) NOT NULL DEFAULT 'queued'
        CHECK (status IN ('queued', 'running', 'succeeded', 'failed', 'expired')),
    requested_by uuid NOT NULL,
    progress_done bigint NOT NULL DEFAULT 0,
    progress_total bigint NOT NULL DEFAULT 0,
    progress_phase varchar(40) NOT NULL DEFAULT 'waiting',
    counts jsonb NOT NULL DEFAULT '{}',
    size_bytes bigint,
    error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    expires_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, requested_by) REFERENCES users (tenant_id, id),
    CONSTRAINT exports_project_exists FOREIGN KEY (tenant_id, project_id)
        REFERENCES projects (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_exports_requested ON exports (tenant_id, requested_by, id DESC);
CALL isolate_by_tenant('exports');
CREATE POLICY project_limit ON exports AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- A calendar that programs fetch by a secret address, of which the hash alone is kept.
CREATE TABLE calendar_feeds (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    token_hash bytea NOT NULL,
    shows varchar(10) NOT NULL CHECK (shows IN ('mine', 'project', 'view', 'query')),
    project_id uuid,
    view_id uuid,
    query varchar(2000),
    entries varchar(10) NOT NULL DEFAULT 'events' CHECK (entries IN ('events', 'todos')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendar_feeds_token_unique UNIQUE (tenant_id, token_hash),
    CONSTRAINT calendar_feeds_shows_one CHECK (
        (shows = 'project') = (project_id IS NOT NULL) AND (shows = 'view') = (view_id IS NOT NULL)
        AND (shows = 'query') = (query IS NOT NULL)),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, view_id) REFERENCES saved_views (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_calendar_feeds_user ON calendar_feeds (tenant_id, user_id, created_at);
CALL isolate_by_tenant('calendar_feeds');

-- Writes rows of an export as they were: JSON objects with the same fields each. Generated columns
-- make themselves, and a column that the export's version did not know has its default. Runs with
-- the caller's own rights, inside the caller's tenant.
CREATE FUNCTION insert_exported(into_table regclass, exported jsonb, skip_known boolean) RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    columns text;
    unknown text;
    written bigint;
BEGIN
    SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) INTO columns
    FROM pg_attribute a
    WHERE a.attrelid = into_table AND a.attnum > 0 AND NOT a.attisdropped
      AND a.attgenerated = '' AND exported -> 0 ? a.attname;
    SELECT string_agg(k.name, ', ') INTO unknown FROM jsonb_object_keys(exported -> 0) AS k (name)
    WHERE NOT EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = into_table AND a.attname = k.name
          AND a.attnum > 0 AND NOT a.attisdropped);
    IF unknown IS NOT NULL THEN
        RAISE EXCEPTION USING ERRCODE = 'undefined_column',
            MESSAGE = format('%s has no column %s', into_table, left(unknown, 200));
    END IF;
    EXECUTE format('INSERT INTO %s (%s) SELECT %s FROM jsonb_populate_recordset(NULL::%s, $1) %s',
        into_table, columns, columns, into_table,
        CASE WHEN skip_known THEN 'ON CONFLICT DO NOTHING' ELSE '' END) USING exported;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END $$;

-- migrate: rollback
