-- Projects, their workflow, tasks and all that hangs on a task
-- depends: 0001_pre_foundation
-- migrate: apply

CREATE TABLE projects (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    key varchar(10) NOT NULL CHECK (key ~ '^[A-Z][A-Z0-9]{1,9}$'),
    name varchar(200) NOT NULL,
    description text,
    status varchar(20) NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'on_hold', 'completed', 'archived')),
    start_date date,
    end_date date,
    budget_amount numeric(12, 2) CHECK (budget_amount >= 0),
    budget_currency varchar(3) NOT NULL DEFAULT 'USD',
    owner_id uuid NOT NULL,
    settings jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT projects_key_unique UNIQUE (tenant_id, key),
    CONSTRAINT projects_dates_ordered CHECK (end_date >= start_date),
    CONSTRAINT projects_owner_exists FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX idx_projects_tenant_status ON projects (tenant_id, status);
CREATE INDEX idx_projects_active ON projects (tenant_id, created_at) WHERE status = 'active';
CREATE INDEX idx_projects_search ON projects USING gin (to_tsvector('english', name || ' ' || coalesce(description, '')));
CALL isolate_by_tenant('projects');

-- Task numbers are gapless in a project, and this row is the lock under which ranks are given out.
CREATE TABLE project_counters (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    last_number integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, project_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 50);
CALL isolate_by_tenant('project_counters');

CREATE TABLE project_members (
    tenant_id uuid NOT NULL,
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role varchar(20) NOT NULL DEFAULT 'member' CHECK (role IN ('manager', 'member', 'viewer')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, project_id, user_id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_project_members_user ON project_members (tenant_id, user_id);
CALL isolate_by_tenant('project_members');

CREATE TABLE workflow_states (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    key varchar(20) NOT NULL CHECK (key ~ '^[a-z0-9_]+$'),
    name varchar(200) NOT NULL,
    category varchar(10) NOT NULL CHECK (category IN ('backlog', 'unstarted', 'started', 'completed', 'cancelled')),
    color varchar(7) NOT NULL CHECK (color ~ '^#[0-9a-f]{6}$'),
    position integer NOT NULL,
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT workflow_states_key_unique UNIQUE (tenant_id, project_id, key),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_by_tenant('workflow_states');

CREATE TABLE milestones (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    name varchar(200) NOT NULL,
    description text,
    due_date date,
    completed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_milestones_project ON milestones (tenant_id, project_id, due_date);
CALL isolate_by_tenant('milestones');

CREATE TABLE resource_assignments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    user_id uuid NOT NULL,
    units numeric(5, 2) NOT NULL DEFAULT 100 CHECK (units > 0),
    start_date date NOT NULL,
    end_date date NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT resource_assignments_dates_ordered CHECK (end_date >= start_date),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_resource_assignments_user ON resource_assignments (tenant_id, user_id, start_date);
CALL isolate_by_tenant('resource_assignments');

CREATE TABLE saved_views (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    project_id uuid,
    owner_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    is_shared boolean NOT NULL DEFAULT false,
    configuration jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_by_tenant('saved_views');

CREATE TABLE tags (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    name varchar(50) NOT NULL,
    color varchar(7) CHECK (color ~ '^#[0-9a-f]{6}$'),
    version integer NOT NULL DEFAULT 1,
    PRIMARY KEY (tenant_id, name)
);
CALL isolate_by_tenant('tags');

-- The rank of the n-th task of a project: five base-62 digits behind the head `e`, a whole
-- integer key of fractional indexing (https://observablehq.com/@dgreensp/implementing-fractional-indexing).
-- A task that is moved gets a rank between its neighbours and below rank_of(last_number + 1), so
-- the next new task always comes last.
CREATE FUNCTION rank_of(n integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN 'e'
    || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', n / 14776336 % 62 + 1, 1)
    || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', n / 238328 % 62 + 1, 1)
    || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', n / 3844 % 62 + 1, 1)
    || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', n / 62 % 62 + 1, 1)
    || substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', n % 62 + 1, 1);

CREATE TABLE tasks (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    project_id uuid NOT NULL,
    number integer NOT NULL,
    title varchar(255) NOT NULL,
    description text,
    status varchar(20) NOT NULL DEFAULT 'pending',
    priority varchar(10) NOT NULL DEFAULT 'medium' CHECK (priority IN ('low', 'medium', 'high', 'urgent')),
    assignee_id uuid,
    reporter_id uuid NOT NULL,
    parent_id uuid,
    start_date date,
    due_date timestamptz,
    estimated_hours numeric(5, 2) CHECK (estimated_hours >= 0),
    actual_hours numeric(5, 2) CHECK (actual_hours >= 0),
    tags text[] NOT NULL DEFAULT '{}',
    position text COLLATE "C" NOT NULL,
    version integer NOT NULL DEFAULT 1,
    completed_at timestamptz,
    archived_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT tasks_number_unique UNIQUE (tenant_id, project_id, number),
    CONSTRAINT tasks_not_own_parent CHECK (parent_id <> id),
    CONSTRAINT tasks_project_exists FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT tasks_status_exists FOREIGN KEY (tenant_id, project_id, status)
        REFERENCES workflow_states (tenant_id, project_id, key),
    CONSTRAINT tasks_assignee_exists FOREIGN KEY (tenant_id, assignee_id) REFERENCES users (tenant_id, id),
    CONSTRAINT tasks_reporter_exists FOREIGN KEY (tenant_id, reporter_id) REFERENCES users (tenant_id, id),
    CONSTRAINT tasks_parent_exists FOREIGN KEY (tenant_id, parent_id) REFERENCES tasks (tenant_id, id)
) PARTITION BY HASH (tenant_id);
-- Unique: a project's ranks are a total order. It serves the seed's (tenant_id, project_id) look-ups too.
CREATE UNIQUE INDEX idx_tasks_tenant_project ON tasks (tenant_id, project_id, position);
CREATE INDEX idx_tasks_assignee_status ON tasks (tenant_id, assignee_id, status) WHERE assignee_id IS NOT NULL;
CREATE INDEX idx_tasks_due_date ON tasks (tenant_id, due_date) WHERE due_date IS NOT NULL;
CREATE INDEX idx_tasks_search ON tasks USING gin (to_tsvector('english', title || ' ' || coalesce(description, '')));
CREATE INDEX idx_tasks_active ON tasks (tenant_id, project_id, created_at) WHERE status <> 'completed';
-- A column of the board: its tasks in rank order, and its count from the index alone.
CREATE INDEX idx_tasks_board ON tasks (tenant_id, project_id, status, position)
    WHERE deleted_at IS NULL AND archived_at IS NULL;
CREATE INDEX idx_tasks_parent ON tasks (tenant_id, parent_id) WHERE parent_id IS NOT NULL;
CALL partition_by_tenant('tasks');
CALL isolate_by_tenant('tasks');

CREATE TABLE task_dependencies (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    task_id uuid NOT NULL,
    depends_on_task_id uuid NOT NULL,
    dependency_type varchar(20) NOT NULL DEFAULT 'finish_to_start'
        CHECK (dependency_type IN ('finish_to_start', 'start_to_start', 'finish_to_finish', 'start_to_finish')),
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT task_dependencies_pair_unique UNIQUE (tenant_id, task_id, depends_on_task_id),
    CONSTRAINT task_dependencies_not_self CHECK (task_id <> depends_on_task_id),
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, depends_on_task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_task_dependencies_on ON task_dependencies (tenant_id, depends_on_task_id);
CALL isolate_by_tenant('task_dependencies');

CREATE TABLE checklist_items (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    checklist varchar(200) NOT NULL DEFAULT '',
    title varchar(1000) NOT NULL,
    is_done boolean NOT NULL DEFAULT false,
    position integer NOT NULL,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT checklist_items_task_exists FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_checklist_items_task ON checklist_items (tenant_id, task_id, position);
CALL partition_by_tenant('checklist_items');
CALL isolate_by_tenant('checklist_items');

CREATE TABLE comments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    author_id uuid NOT NULL,
    body text NOT NULL,
    version integer NOT NULL DEFAULT 1,
    edited_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT comments_task_exists FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT comments_author_exists FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id)
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_comments_task ON comments (tenant_id, task_id, created_at, id);
CALL partition_by_tenant('comments');
CALL isolate_by_tenant('comments');

CREATE TABLE attachments (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    uploader_id uuid,
    name varchar(255) NOT NULL,
    url text,
    object_key text,
    content_type varchar(255),
    size_bytes bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT attachments_link_or_file CHECK ((url IS NULL) <> (object_key IS NULL)),
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, uploader_id) REFERENCES users (tenant_id, id)
);
CREATE INDEX idx_attachments_task ON attachments (tenant_id, task_id, created_at);
CALL isolate_by_tenant('attachments');

CREATE TABLE time_entries (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    task_id uuid NOT NULL,
    user_id uuid NOT NULL,
    started_at timestamptz NOT NULL,
    stopped_at timestamptz,
    note text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT time_entries_ordered CHECK (stopped_at >= started_at),
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id)
) PARTITION BY HASH (tenant_id);
-- One running timer a person.
CREATE UNIQUE INDEX idx_time_entries_running ON time_entries (tenant_id, user_id) WHERE stopped_at IS NULL;
CREATE INDEX idx_time_entries_task ON time_entries (tenant_id, task_id, started_at);
CREATE INDEX idx_time_entries_user ON time_entries (tenant_id, user_id, started_at);
CALL partition_by_tenant('time_entries');
CALL isolate_by_tenant('time_entries');

CREATE TABLE imports (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    source varchar(20) NOT NULL CHECK (source IN ('trello')),
    status varchar(20) NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'running', 'succeeded', 'failed')),
    file_name varchar(255) NOT NULL,
    requested_by uuid NOT NULL,
    project_id uuid,
    progress_done integer NOT NULL DEFAULT 0,
    progress_total integer NOT NULL DEFAULT 0,
    progress_phase varchar(40) NOT NULL DEFAULT 'waiting',
    report jsonb,
    error text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, requested_by) REFERENCES users (tenant_id, id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id)
);
CALL isolate_by_tenant('imports');

-- What came from where: a second import of the same file finds what the first one made. The scope
-- is the project that it came into, or the tenant for what belongs to the whole workspace.
CREATE TABLE import_links (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    source varchar(20) NOT NULL,
    scope_id uuid NOT NULL,
    entity_type varchar(30) NOT NULL,
    external_id varchar(100) NOT NULL,
    entity_id uuid NOT NULL,
    content_hash bytea NOT NULL,
    PRIMARY KEY (tenant_id, source, scope_id, entity_type, external_id)
);
CALL isolate_by_tenant('import_links');

-- migrate: rollback
