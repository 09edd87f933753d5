-- Working calendars, absences, assignments that are changed, rates
-- depends: 0013_pre_timeline
-- migrate: apply

-- A calendar is read and written whole: when work happens is one document.
CREATE TABLE workspace_calendars (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    calendar jsonb NOT NULL,
    version integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now()
);
CALL isolate_by_tenant('workspace_calendars');

CREATE TABLE project_calendars (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    calendar jsonb NOT NULL,
    version integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, project_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_by_tenant('project_calendars');

-- Whole days and halves of days are by the person's own clock, wherever they live by then; an
-- absence to the minute has its moments too.
CREATE TABLE absences (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    kind varchar(10) NOT NULL CHECK (kind IN ('vacation', 'sick', 'other')),
    first_day date NOT NULL CONSTRAINT absences_this_century CHECK (first_day >= '2000-01-01'),
    last_day date NOT NULL CONSTRAINT absences_before_2200 CHECK (last_day < '2200-01-01'),
    from_half boolean NOT NULL DEFAULT false,
    until_half boolean NOT NULL DEFAULT false,
    starts_at timestamptz,
    ends_at timestamptz,
    note varchar(500),
    version integer NOT NULL DEFAULT 1,
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT absences_days_ordered CHECK (last_day >= first_day),
    CONSTRAINT absences_moments_ordered CHECK (ends_at > starts_at),
    CONSTRAINT absences_days_or_moments CHECK ((starts_at IS NULL) = (ends_at IS NULL)),
    CONSTRAINT absences_not_empty CHECK (NOT (from_half AND until_half AND first_day = last_day)),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id)
);
CREATE INDEX idx_absences_user ON absences (tenant_id, user_id, first_day, id);
CREATE INDEX idx_absences_days ON absences (tenant_id, first_day, id);
CALL isolate_by_tenant('absences');

-- What somebody has to do in a range of days.
CREATE INDEX idx_tasks_load ON tasks (tenant_id, assignee_id, due_date)
    WHERE assignee_id IS NOT NULL AND estimated_hours IS NOT NULL AND deleted_at IS NULL
        AND archived_at IS NULL;

ALTER TABLE resource_assignments
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    ADD CONSTRAINT resource_assignments_this_century
        CHECK (start_date >= '2000-01-01' AND end_date < '2200-01-01');
CREATE INDEX idx_resource_assignments_project ON resource_assignments (tenant_id, project_id, start_date, id);

-- What an hour of somebody costs and is billed at, from a day on, in one currency each.
CREATE TABLE rates (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    valid_from date NOT NULL CONSTRAINT rates_this_century CHECK (valid_from >= '2000-01-01' AND valid_from < '2200-01-01'),
    currency varchar(3) NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
    cost numeric(10, 2) NOT NULL CHECK (cost >= 0),
    bill numeric(10, 2) CHECK (bill >= 0),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT rates_day_unique UNIQUE (tenant_id, user_id, currency, valid_from),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_by_tenant('rates');

-- As on projects (0005) and time entries (0006).
CREATE POLICY project_limit ON resource_assignments AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);
CREATE POLICY project_limit ON project_calendars AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- migrate: rollback
