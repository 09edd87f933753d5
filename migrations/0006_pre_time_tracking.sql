-- Time tracking: no two entries of a person at once, billable time, totals of any size
-- depends: 0005_pre_identity
-- migrate: apply

CREATE EXTENSION IF NOT EXISTS btree_gist;

ALTER TABLE tenants ADD COLUMN allow_overlapping_time boolean NOT NULL DEFAULT false;

-- The sum of a task's entries; a year of a hundred people is past 999.99.
ALTER TABLE tasks ALTER COLUMN actual_hours TYPE numeric(9, 2);

-- An entry carries its task's project, by which pages of a project's time are read. With the task's
-- number it is a key of tasks, so a task that goes to another project takes its entries along.
-- Nothing has written entries before this migration.
ALTER TABLE time_entries
    ADD COLUMN project_id uuid NOT NULL,
    ADD COLUMN task_number integer NOT NULL,
    ADD COLUMN is_billable boolean NOT NULL DEFAULT true,
    -- Whether the workspace allowed overlaps when the entry got its times.
    ADD COLUMN allows_overlap boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT time_entries_in_a_day CHECK (stopped_at - started_at <= interval '24 hours'),
    ADD CONSTRAINT time_entries_this_century CHECK (started_at >= '2000-01-01T00:00:00Z'),
    ADD CONSTRAINT time_entries_task_in_project FOREIGN KEY (tenant_id, project_id, task_number)
        REFERENCES tasks (tenant_id, project_id, number) ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX idx_time_entries_project ON time_entries (tenant_id, project_id, started_at);

-- A running timer takes the 24 hours that it may last at most. PostgreSQL 15 and 16 know exclusion
-- on partitions only; all rows of a tenant are in one.
DO $$
DECLARE
    part regclass;
BEGIN
    FOR part IN SELECT inhrelid FROM pg_inherits WHERE inhparent = 'time_entries'::regclass LOOP
        EXECUTE format(
            'ALTER TABLE %s ADD CONSTRAINT %I EXCLUDE USING gist (
                tenant_id WITH =, user_id WITH =,
                tstzrange(started_at, coalesce(stopped_at,
                    (started_at AT TIME ZONE ''UTC'' + interval ''24 hours'') AT TIME ZONE ''UTC'')) WITH &&
            ) WHERE (NOT allows_overlap)', part, part || '_overlap');
    END LOOP;
END $$;

-- As on projects: one's own time is read without a look at its project.
CREATE POLICY project_limit ON time_entries AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- migrate: rollback
