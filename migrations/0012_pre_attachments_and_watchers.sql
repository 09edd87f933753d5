-- Files of tasks, watchers, mentions, reactions, and activity in one order
-- depends: 0011_pre_undo_and_idempotency
-- migrate: apply

ALTER TABLE attachments
    ADD COLUMN version integer NOT NULL DEFAULT 1,
    ADD COLUMN updated_at timestamptz NOT NULL DEFAULT now(),
    -- Deleted by somebody; row and object are gone for good when the worker purges them.
    ADD COLUMN deleted_at timestamptz,
    ADD COLUMN sha256 bytea,
    -- The name that a file came with: the object keeps it, whatever the row is called later.
    ADD COLUMN uploaded_name varchar(255),
    -- A small picture of it: being made, made, or none.
    ADD COLUMN preview varchar(10) CHECK (preview IN ('pending', 'ready')),
    ADD CONSTRAINT attachments_file_is_whole CHECK (
        object_key IS NULL
        OR (size_bytes > 0 AND sha256 IS NOT NULL AND content_type IS NOT NULL
            AND uploaded_name IS NOT NULL));
CREATE UNIQUE INDEX attachments_object_key ON attachments (tenant_id, object_key);

-- Bytes of all attachments, also of deleted ones until they are purged.
CREATE TABLE storage_usage (
    tenant_id uuid PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
    used_bytes bigint NOT NULL CHECK (used_bytes >= 0)
);
CALL isolate_by_tenant('storage_usage');

-- What somebody chose. Who reports, is assigned, comments or is mentioned watches without a row.
CREATE TABLE task_watchers (
    tenant_id uuid NOT NULL,
    task_id uuid NOT NULL,
    user_id uuid NOT NULL,
    is_watching boolean NOT NULL,
    chosen_by uuid NOT NULL,
    chosen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, task_id, user_id),
    CONSTRAINT task_watchers_task_exists FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, chosen_by) REFERENCES users (tenant_id, id)
);
CREATE INDEX idx_task_watchers_user ON task_watchers (tenant_id, user_id);
CALL isolate_by_tenant('task_watchers');

-- Who is named in a task's description, and who in a comment.
CREATE TABLE task_mentions (
    tenant_id uuid NOT NULL,
    task_id uuid NOT NULL,
    user_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, task_id, user_id),
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX idx_task_mentions_user ON task_mentions (tenant_id, user_id);
CALL isolate_by_tenant('task_mentions');

CREATE TABLE comment_mentions (
    tenant_id uuid NOT NULL,
    comment_id uuid NOT NULL,
    user_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, comment_id, user_id),
    FOREIGN KEY (tenant_id, comment_id) REFERENCES comments (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_comment_mentions_user ON comment_mentions (tenant_id, user_id);
CALL partition_by_tenant('comment_mentions');
CALL isolate_by_tenant('comment_mentions');

CREATE TABLE comment_reactions (
    tenant_id uuid NOT NULL,
    comment_id uuid NOT NULL,
    emoji varchar(32) NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, comment_id, emoji, user_id),
    FOREIGN KEY (tenant_id, comment_id) REFERENCES comments (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_comment_reactions_user ON comment_reactions (tenant_id, user_id);
CALL partition_by_tenant('comment_reactions');
CALL isolate_by_tenant('comment_reactions');

-- An answer to another comment of the same task, which is no answer itself: the code sees to both.
ALTER TABLE comments
    ADD COLUMN parent_id uuid,
    ADD CONSTRAINT comments_parent_exists FOREIGN KEY (tenant_id, parent_id) REFERENCES comments (tenant_id, id) ON DELETE CASCADE;
CREATE INDEX idx_comments_parent ON comments (tenant_id, parent_id) WHERE parent_id IS NOT NULL;

-- The task that an event is about, whoever wrote it: a task's activity is one range of one index.
-- A column, because behind row-level security an expression over the payload would not be one.
ALTER TABLE events ADD COLUMN task_id uuid GENERATED ALWAYS AS (
    CASE WHEN entity_type = 'task' THEN entity_id
         WHEN payload ->> 'task_id' ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
             THEN (payload ->> 'task_id')::uuid END
) STORED;
CREATE INDEX idx_events_task ON events (tenant_id, task_id, seq DESC) WHERE task_id IS NOT NULL;
CREATE INDEX idx_events_project ON events (tenant_id, project_id, seq DESC) WHERE project_id IS NOT NULL;

-- migrate: rollback
