-- What-if scenarios of a project's plan
-- depends: 0027_pre_reports
-- migrate: apply

-- A fork is what is different in it, and which versions of the tasks it was made from.
CREATE TABLE scenarios (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    changes jsonb NOT NULL,
    based_on jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    merged_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id)
);
CREATE INDEX idx_scenarios_project ON scenarios (tenant_id, project_id, created_at, id);
CALL isolate_by_tenant('scenarios');

-- As on projects (0005) and time entries (0006).
CREATE POLICY project_limit ON scenarios AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- migrate: rollback
DROP TABLE scenarios;
