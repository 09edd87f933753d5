-- Projects whole: milestones of tasks, templates, the archive, favourites
-- depends: 0008_pre_saved_views
-- migrate: apply

-- A task's milestone is of its own project. Nothing here clears it when the milestone is deleted:
-- the service does, with an event that names the tasks.
ALTER TABLE milestones ADD CONSTRAINT milestones_in_project UNIQUE (tenant_id, project_id, id);
ALTER TABLE tasks
    ADD COLUMN milestone_id uuid,
    ADD CONSTRAINT tasks_milestone_exists FOREIGN KEY (tenant_id, project_id, milestone_id)
        REFERENCES milestones (tenant_id, project_id, id);
CREATE INDEX idx_tasks_milestone ON tasks (tenant_id, milestone_id) WHERE milestone_id IS NOT NULL;

ALTER TABLE projects
    ADD COLUMN is_template boolean NOT NULL DEFAULT false,
    -- What the project goes back to when it is taken out of the archive.
    ADD COLUMN archived_from varchar(20) CHECK (archived_from IN ('active', 'on_hold', 'completed'));
CREATE INDEX idx_projects_trash ON projects (tenant_id, deleted_at, id) WHERE deleted_at IS NOT NULL;

CREATE TABLE project_favourites (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    project_id uuid NOT NULL,
    position integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id, project_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_project_favourites_project ON project_favourites (tenant_id, project_id);
CALL isolate_by_tenant('project_favourites');

-- As on projects. Milestones are read by their id alone, before their project is.
CREATE POLICY project_limit ON project_favourites AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);
CREATE POLICY project_limit ON milestones AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- migrate: rollback
