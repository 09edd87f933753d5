-- What a board and a list of projects count is kept, not counted: a count grows with the tasks
-- depends: 0008_pre_saved_views
-- migrate: apply

-- How many tasks each state of a project holds, in small steps: a writer adds a row and waits for
-- nobody, and now and then sums up what no other is summing up. A reader sums all that is there.
CREATE TABLE task_tallies (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    project_id uuid NOT NULL,
    status varchar(20) NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tasks bigint NOT NULL,
    archived bigint NOT NULL,
    PRIMARY KEY (tenant_id, project_id, status, id)
) PARTITION BY HASH (tenant_id);
CALL partition_by_tenant('task_tallies');
CALL isolate_by_tenant('task_tallies');
CREATE POLICY project_limit ON task_tallies AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- About every 32nd change sums up; rows that somebody else is summing up are left to them.
CREATE FUNCTION sum_up_task_tallies(p_tenant uuid, p_project uuid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    WITH mine AS (
        SELECT t.status, t.id FROM task_tallies t
        WHERE t.tenant_id = p_tenant AND t.project_id = p_project
        FOR UPDATE SKIP LOCKED
    ), gone AS (
        DELETE FROM task_tallies t USING mine
        WHERE t.tenant_id = p_tenant AND t.project_id = p_project
          AND t.status = mine.status AND t.id = mine.id
        RETURNING t.status, t.tasks, t.archived
    )
    INSERT INTO task_tallies (tenant_id, project_id, status, tasks, archived)
    SELECT p_tenant, p_project, status, sum(tasks), sum(archived) FROM gone
    GROUP BY status HAVING sum(tasks) <> 0 OR sum(archived) <> 0;
END $$;

CREATE FUNCTION tally_tasks() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    changed record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO task_tallies (tenant_id, project_id, status, tasks, archived)
        SELECT tenant_id, project_id, status,
               count(*) FILTER (WHERE archived_at IS NULL),
               count(*) FILTER (WHERE archived_at IS NOT NULL)
        FROM after WHERE deleted_at IS NULL GROUP BY tenant_id, project_id, status;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO task_tallies (tenant_id, project_id, status, tasks, archived)
        SELECT tenant_id, project_id, status,
               -count(*) FILTER (WHERE archived_at IS NULL),
               -count(*) FILTER (WHERE archived_at IS NOT NULL)
        FROM before WHERE deleted_at IS NULL GROUP BY tenant_id, project_id, status;
        RETURN NULL;
    ELSE
        INSERT INTO task_tallies (tenant_id, project_id, status, tasks, archived)
        SELECT tenant_id, project_id, status, sum(live), sum(put_away) FROM (
            SELECT tenant_id, project_id, status,
                   (archived_at IS NULL)::int AS live, (archived_at IS NOT NULL)::int AS put_away
            FROM after WHERE deleted_at IS NULL
            UNION ALL
            SELECT tenant_id, project_id, status,
                   -(archived_at IS NULL)::int, -(archived_at IS NOT NULL)::int
            FROM before WHERE deleted_at IS NULL
        ) AS steps
        GROUP BY tenant_id, project_id, status HAVING sum(live) <> 0 OR sum(put_away) <> 0;
    END IF;
    IF FOUND AND random() < 1.0 / 32 THEN
        FOR changed IN SELECT DISTINCT tenant_id, project_id FROM after LIMIT 10 LOOP
            PERFORM sum_up_task_tallies(changed.tenant_id, changed.project_id);
        END LOOP;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER tally_inserted AFTER INSERT ON tasks
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION tally_tasks();
CREATE TRIGGER tally_updated AFTER UPDATE ON tasks
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION tally_tasks();
CREATE TRIGGER tally_deleted AFTER DELETE ON tasks
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION tally_tasks();

-- A project's list by age and by due date, those without one last.
CREATE INDEX idx_tasks_project_created ON tasks (tenant_id, project_id, created_at, id)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX idx_tasks_project_due ON tasks (tenant_id, project_id, coalesce(due_date, 'infinity'), id)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
-- What is there already, tenant by tenant: nobody sees the rows of all.
DO $$
DECLARE
    tenant uuid;
BEGIN
    FOR tenant IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant_id', tenant::text, true);
        INSERT INTO task_tallies (tenant_id, project_id, status, tasks, archived)
        SELECT tenant_id, project_id, status,
               count(*) FILTER (WHERE archived_at IS NULL),
               count(*) FILTER (WHERE archived_at IS NOT NULL)
        FROM tasks WHERE tenant_id = tenant AND deleted_at IS NULL
        GROUP BY tenant_id, project_id, status;
    END LOOP;
    PERFORM set_config('app.tenant_id', '', true);
END $$;

-- migrate: rollback
