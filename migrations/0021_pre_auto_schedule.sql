-- Projects that schedule themselves, what followed from which change, files under several rows
-- depends: 0020_pre_exports
-- migrate: apply

-- The few projects of a tenant that do: looked up with each burst of events.
CREATE INDEX idx_projects_auto_schedule ON projects (tenant_id, id)
    WHERE settings @> '{"auto_schedule": true}' AND deleted_at IS NULL;
-- What the scheduler changed because of an event, for whoever takes that one back.
CREATE INDEX idx_events_caused_by ON events (tenant_id, ((payload ->> 'caused_by')::bigint), seq DESC)
    WHERE payload ? 'caused_by';

-- A file that was copied with its project is one object under several rows.
DROP INDEX attachments_object_key;
CREATE INDEX attachments_object_key ON attachments (tenant_id, object_key) WHERE object_key IS NOT NULL;

-- A project that has been in the trash for long enough goes in steps, and does not come back meanwhile.
ALTER TABLE projects ADD COLUMN purged_at timestamptz;
CREATE INDEX idx_projects_deleted ON projects (tenant_id, deleted_at) WHERE deleted_at IS NOT NULL;

-- migrate: rollback
