-- What the event log says, as facts that can be counted: docs/metrics.md
-- depends: 0025_pre_agents
-- migrate: apply

-- How states were called and counted when: few events of many.
CREATE INDEX idx_events_workflow ON events (tenant_id, project_id, seq)
    WHERE entity_type = 'workflow_state';

-- Up to where the log is in the facts, and what of it before that is not (parked, for instance):
-- by both each event counts once, however often it comes.
CREATE TABLE analytics_positions (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    seq bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id)
);
CALL isolate_by_tenant('analytics_positions');

CREATE TABLE analytics_gaps (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    first_seq bigint NOT NULL,
    last_seq bigint NOT NULL,
    PRIMARY KEY (tenant_id, first_seq),
    CONSTRAINT analytics_gaps_ordered CHECK (last_seq >= first_seq)
);
CALL isolate_by_tenant('analytics_gaps');

-- Each task as the log leaves it. Facts outlive the tasks that they are about: no foreign keys.
CREATE TABLE analytics_tasks (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    task_id uuid NOT NULL,
    project_id uuid NOT NULL,
    status varchar(20) NOT NULL,
    category varchar(10) NOT NULL,
    assignee_id uuid,
    estimate numeric(7, 2),
    start_date date,
    due_at timestamptz,
    is_live boolean NOT NULL,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    completed_at timestamptz,
    entered_at timestamptz NOT NULL,
    touched_at timestamptz NOT NULL,
    first_seq bigint NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (tenant_id, task_id)
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_analytics_tasks_open ON analytics_tasks (tenant_id, project_id)
    WHERE is_live AND category IN ('backlog', 'unstarted', 'started');
CREATE INDEX idx_analytics_tasks_planned ON analytics_tasks (tenant_id, project_id)
    WHERE is_live AND category <> 'cancelled' AND estimate > 0;
CREATE INDEX idx_analytics_tasks_status ON analytics_tasks (tenant_id, project_id, status);
CALL partition_by_tenant('analytics_tasks');
CALL isolate_by_tenant('analytics_tasks');

-- How a task was, from when to when; nothing while it is in the trash.
CREATE TABLE analytics_spans (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    task_id uuid NOT NULL,
    place integer NOT NULL,
    project_id uuid NOT NULL,
    status varchar(20) NOT NULL,
    category varchar(10) NOT NULL,
    assignee_id uuid,
    estimate numeric(7, 2),
    due_at timestamptz,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    actor_id uuid,
    seq bigint NOT NULL,
    -- Its beginning: the task came into the project, was completed, was opened again.
    enters boolean NOT NULL,
    completes boolean NOT NULL,
    reopens boolean NOT NULL,
    -- Its end: the task left the project, or went to the trash.
    leaves boolean NOT NULL,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    -- Microseconds in started states before this span.
    active_us bigint NOT NULL,
    PRIMARY KEY (tenant_id, task_id, place),
    CONSTRAINT analytics_spans_ordered CHECK (ends_at >= starts_at)
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_analytics_spans_completed ON analytics_spans (tenant_id, project_id, starts_at)
    WHERE completes;
CREATE INDEX idx_analytics_spans_status ON analytics_spans (tenant_id, project_id, status, starts_at);
CALL partition_by_tenant('analytics_spans');
CALL isolate_by_tenant('analytics_spans');

-- What a task waited for, by its dependencies.
CREATE TABLE analytics_links (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    task_id uuid NOT NULL,
    place integer NOT NULL,
    dependency_id uuid NOT NULL,
    depends_on_task_id uuid NOT NULL,
    type varchar(20) NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    PRIMARY KEY (tenant_id, task_id, place)
);
CREATE INDEX idx_analytics_links_on ON analytics_links (tenant_id, depends_on_task_id);
CALL isolate_by_tenant('analytics_links');

-- When an open task waited for another that was open, too.
CREATE TABLE analytics_blocked (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    task_id uuid NOT NULL,
    place integer NOT NULL,
    project_id uuid NOT NULL,
    category varchar(10) NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    PRIMARY KEY (tenant_id, task_id, place)
);
CREATE INDEX idx_analytics_blocked_project ON analytics_blocked (tenant_id, project_id, starts_at);
CALL isolate_by_tenant('analytics_blocked');

CREATE TABLE analytics_time (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    entry_id uuid NOT NULL,
    task_id uuid NOT NULL,
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    stopped_at timestamptz,
    is_deleted boolean NOT NULL,
    first_seq bigint NOT NULL,
    seq bigint NOT NULL,
    PRIMARY KEY (tenant_id, entry_id)
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_analytics_time_project ON analytics_time (tenant_id, project_id, started_at)
    INCLUDE (user_id, stopped_at) WHERE NOT is_deleted AND stopped_at IS NOT NULL;
CREATE INDEX idx_analytics_time_task ON analytics_time (tenant_id, task_id);
CALL partition_by_tenant('analytics_time');
CALL isolate_by_tenant('analytics_time');

-- Roll-up of the spans: what changed in a project in a quarter of an hour (grain 900: days of any
-- zone begin at one) and in a day of UTC (grain 86400, to begin counting from).
CREATE TABLE analytics_flow (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    project_id uuid NOT NULL,
    grain integer NOT NULL CHECK (grain IN (900, 86400)),
    at timestamptz NOT NULL,
    backlog integer NOT NULL,
    unstarted integer NOT NULL,
    started integer NOT NULL,
    completed integer NOT NULL,
    cancelled integer NOT NULL,
    backlog_hours numeric(12, 2) NOT NULL,
    unstarted_hours numeric(12, 2) NOT NULL,
    started_hours numeric(12, 2) NOT NULL,
    completed_hours numeric(12, 2) NOT NULL,
    cancelled_hours numeric(12, 2) NOT NULL,
    entries integer NOT NULL,
    exits integer NOT NULL,
    completions integer NOT NULL,
    reopenings integer NOT NULL,
    PRIMARY KEY (tenant_id, project_id, grain, at)
) PARTITION BY HASH (tenant_id);
CALL partition_by_tenant('analytics_flow');
CALL isolate_by_tenant('analytics_flow');

-- Roll-up of who did something with what kind of thing in a quarter of an hour.
CREATE TABLE analytics_usage (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    at timestamptz NOT NULL,
    user_id uuid NOT NULL,
    kind varchar(40) NOT NULL,
    events integer NOT NULL,
    PRIMARY KEY (tenant_id, at, user_id, kind)
) PARTITION BY HASH (tenant_id);
CALL partition_by_tenant('analytics_usage');
CALL isolate_by_tenant('analytics_usage');

-- As on projects: keys that are limited to some projects count those alone.
DO $$
DECLARE
    facts text;
BEGIN
    FOREACH facts IN ARRAY ARRAY['analytics_tasks', 'analytics_spans', 'analytics_blocked',
                                 'analytics_time', 'analytics_flow'] LOOP
        EXECUTE format(
            'CREATE POLICY project_limit ON %s AS RESTRICTIVE USING (
                coalesce(current_setting(''app.project_ids'', true), '''') = ''''
                OR project_id = ANY (string_to_array(current_setting(''app.project_ids'', true), '','')::uuid[]))',
            facts);
    END LOOP;
END $$;

-- migrate: rollback
