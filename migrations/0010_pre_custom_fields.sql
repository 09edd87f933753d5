-- Custom fields, task templates, and tasks that come again
-- depends: 0009_pre_projects_whole
-- migrate: apply

-- A field is of one project, or of all where it names none.
CREATE TABLE custom_fields (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    project_id uuid,
    name varchar(100) NOT NULL,
    kind varchar(12) NOT NULL
        CHECK (kind IN ('text', 'number', 'select', 'multi_select', 'date', 'person', 'url')),
    position integer NOT NULL,
    version integer NOT NULL DEFAULT 1,
    archived_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT custom_fields_project_exists FOREIGN KEY (tenant_id, project_id)
        REFERENCES projects (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_custom_fields_project ON custom_fields (tenant_id, project_id, position);
CREATE INDEX idx_custom_fields_name ON custom_fields (tenant_id, lower(name)) WHERE deleted_at IS NULL;
CALL isolate_by_tenant('custom_fields');
CREATE POLICY project_limit ON custom_fields AS RESTRICTIVE USING (
    project_id IS NULL
    OR coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

CREATE TABLE custom_field_options (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    field_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    color varchar(7) CHECK (color ~ '^#[0-9a-f]{6}$'),
    position integer NOT NULL,
    deleted_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT custom_field_options_of_field UNIQUE (tenant_id, field_id, id),
    FOREIGN KEY (tenant_id, field_id) REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX custom_field_options_name_unique
    ON custom_field_options (tenant_id, field_id, lower(name)) WHERE deleted_at IS NULL;
CALL isolate_by_tenant('custom_field_options');

-- One row a value; a multi-select has one an option that is chosen. What a deleted option or field
-- left here is not read, and is there again when that is restored.
CREATE TABLE task_field_values (
    tenant_id uuid NOT NULL,
    task_id uuid NOT NULL,
    field_id uuid NOT NULL,
    place smallint NOT NULL DEFAULT 0,
    text_value varchar(2000),
    number_value numeric CHECK (abs(number_value) < 1000000000000000 AND scale(number_value) <= 6),
    date_value date,
    person_id uuid,
    option_id uuid,
    PRIMARY KEY (tenant_id, task_id, field_id, place),
    CONSTRAINT task_field_values_one_kind
        CHECK (num_nonnulls(text_value, number_value, date_value, person_id, option_id) = 1),
    CONSTRAINT task_field_values_task_exists FOREIGN KEY (tenant_id, task_id)
        REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT task_field_values_field_exists FOREIGN KEY (tenant_id, field_id)
        REFERENCES custom_fields (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT task_field_values_person_exists FOREIGN KEY (tenant_id, person_id)
        REFERENCES users (tenant_id, id),
    CONSTRAINT task_field_values_option_exists FOREIGN KEY (tenant_id, field_id, option_id)
        REFERENCES custom_field_options (tenant_id, field_id, id) ON DELETE CASCADE
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_task_field_values_text ON task_field_values (tenant_id, field_id) WHERE text_value IS NOT NULL;
CREATE INDEX idx_task_field_values_number ON task_field_values (tenant_id, field_id, number_value)
    WHERE number_value IS NOT NULL;
CREATE INDEX idx_task_field_values_date ON task_field_values (tenant_id, field_id, date_value)
    WHERE date_value IS NOT NULL;
CREATE INDEX idx_task_field_values_person ON task_field_values (tenant_id, person_id, field_id)
    WHERE person_id IS NOT NULL;
CREATE INDEX idx_task_field_values_option ON task_field_values (tenant_id, field_id, option_id)
    WHERE option_id IS NOT NULL;
CALL partition_by_tenant('task_field_values');
CALL isolate_by_tenant('task_field_values');

CREATE TABLE task_templates (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    project_id uuid,
    name varchar(100) NOT NULL,
    blueprint jsonb NOT NULL,
    created_by uuid,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id)
);
CREATE INDEX idx_task_templates_name ON task_templates (tenant_id, name, id);
CREATE INDEX idx_task_templates_project ON task_templates (tenant_id, project_id);
CALL isolate_by_tenant('task_templates');
CREATE POLICY project_limit ON task_templates AS RESTRICTIVE USING (
    project_id IS NULL
    OR coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- A task that comes again by a rule (RFC 5545). `task_id` is the last one of the series.
CREATE TABLE task_series (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    task_id uuid NOT NULL,
    rule varchar(500) NOT NULL,
    mode varchar(13) NOT NULL CHECK (mode IN ('on_completion', 'on_schedule')),
    time_zone varchar(64) NOT NULL,
    starts_on date NOT NULL,
    due_time time NOT NULL,
    with_subtasks boolean NOT NULL,
    occurs_on date NOT NULL,
    next_on date,
    -- When the worker makes the next task; none where that waits for a completion.
    next_at timestamptz,
    ended_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT task_series_task_unique UNIQUE (tenant_id, task_id),
    CONSTRAINT task_series_ended_has_no_next CHECK ((ended_at IS NULL) = (next_on IS NOT NULL)),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id)
);
CREATE INDEX idx_task_series_due ON task_series (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX idx_task_series_project ON task_series (tenant_id, project_id);
CALL isolate_by_tenant('task_series');
CREATE POLICY project_limit ON task_series AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- Each date of a series counts once: its key is what keeps two workers from making two tasks.
CREATE TABLE task_occurrences (
    tenant_id uuid NOT NULL,
    series_id uuid NOT NULL,
    occurs_on date NOT NULL,
    -- None where the date was skipped.
    task_id uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, series_id, occurs_on),
    FOREIGN KEY (tenant_id, series_id) REFERENCES task_series (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX task_occurrences_task_unique ON task_occurrences (tenant_id, task_id) WHERE task_id IS NOT NULL;
CALL isolate_by_tenant('task_occurrences');

-- Cross-tenant path (docs/tenancy.md): which series have a task to be made? Ids only.
CREATE POLICY owner_finds_due ON task_series FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION find_due_series(at_most integer, OUT tenant_id uuid, OUT series_id uuid) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT s.tenant_id, s.id FROM task_series s
    WHERE s.next_at <= now() ORDER BY s.next_at LIMIT least(at_most, 1000);
END;
REVOKE ALL ON FUNCTION find_due_series(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_due_series(integer) TO projectflow_service;

-- migrate: rollback
