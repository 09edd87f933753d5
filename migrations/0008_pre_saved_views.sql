-- Queries over all projects, and saved views
-- depends: 0007_pre_dependencies
-- migrate: apply

-- A workspace's tasks by age, the order of a query that asks for none; it never changes.
CREATE INDEX idx_tasks_created ON tasks (tenant_id, created_at, id)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
-- By due date, those without one last.
CREATE INDEX idx_tasks_due_order ON tasks (tenant_id, coalesce(due_date, 'infinity'), id)
    WHERE deleted_at IS NULL AND archived_at IS NULL;

CREATE INDEX idx_saved_views_owner ON saved_views (tenant_id, owner_id);
CREATE INDEX idx_saved_views_project ON saved_views (tenant_id, project_id);
CREATE INDEX idx_saved_views_shared ON saved_views (tenant_id, name, id) WHERE is_shared;

-- migrate: rollback
