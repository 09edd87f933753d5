-- How tasks are scheduled, and baselines of whole projects
-- depends: 0012_pre_attachments_and_watchers
-- migrate: apply

-- Beside the task, not in it: lists and boards never read this. A task without a row is scheduled
-- as soon as possible.
CREATE TABLE task_schedules (
    tenant_id uuid NOT NULL,
    task_id uuid NOT NULL,
    constraint_type varchar(30) NOT NULL DEFAULT 'as_soon_as_possible'
        CONSTRAINT task_schedules_constraint_known CHECK (constraint_type IN (
            'as_soon_as_possible', 'as_late_as_possible', 'must_start_on', 'must_finish_on',
            'start_no_earlier_than', 'start_no_later_than', 'finish_no_earlier_than',
            'finish_no_later_than')),
    constraint_date timestamptz,
    deadline timestamptz,
    is_pinned boolean NOT NULL DEFAULT false,
    duration_minutes integer
        CONSTRAINT task_schedules_duration_bounded CHECK (duration_minutes BETWEEN 0 AND 5256000),
    progress smallint NOT NULL DEFAULT 0
        CONSTRAINT task_schedules_progress_in_percent CHECK (progress BETWEEN 0 AND 100),
    -- When on its start date the task begins, as a schedule was last applied; another start date
    -- makes it void.
    start_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, task_id),
    CONSTRAINT task_schedules_task_exists FOREIGN KEY (tenant_id, task_id)
        REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT task_schedules_date_as_constrained CHECK (
        (constraint_type IN ('as_soon_as_possible', 'as_late_as_possible')) = (constraint_date IS NULL))
) PARTITION BY HASH (tenant_id);
CALL partition_by_tenant('task_schedules');
CALL isolate_by_tenant('task_schedules');

CREATE TABLE baselines (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    start_at timestamptz,
    finish_at timestamptz,
    task_count integer NOT NULL,
    -- The project's milestones as they were: id, name, due_date.
    milestones jsonb NOT NULL DEFAULT '[]',
    created_by uuid NOT NULL,
    deleted_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT baselines_project_exists FOREIGN KEY (tenant_id, project_id)
        REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT baselines_author_exists FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id)
);
CREATE INDEX idx_baselines_project ON baselines (tenant_id, project_id, created_at);
CALL isolate_by_tenant('baselines');
-- As on projects: a baseline is found by its id alone.
CREATE POLICY project_limit ON baselines AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- Of tasks as they were: no foreign key, so that a baseline remembers what is gone.
CREATE TABLE baseline_tasks (
    tenant_id uuid NOT NULL,
    baseline_id uuid NOT NULL,
    task_id uuid NOT NULL,
    key varchar(21) NOT NULL,
    title varchar(255) NOT NULL,
    is_summary boolean NOT NULL,
    start_at timestamptz NOT NULL,
    finish_at timestamptz NOT NULL,
    duration_minutes integer NOT NULL,
    estimated_hours numeric(9, 2),
    cost numeric(14, 2),
    PRIMARY KEY (tenant_id, baseline_id, task_id),
    FOREIGN KEY (tenant_id, baseline_id) REFERENCES baselines (tenant_id, id) ON DELETE CASCADE
) PARTITION BY HASH (tenant_id);
CALL partition_by_tenant('baseline_tasks');
CALL isolate_by_tenant('baseline_tasks');

-- migrate: rollback
