-- Runs of agents: what was changed through MCP, to be undone at once
-- depends: 0024_pre_notifications
-- migrate: apply

-- A run is a session of an agent, or what it calls one. Its changes are the events whose payload says
-- `run` (see event_note). The row is locked by whoever adds to a run or undoes it.
CREATE TABLE agent_runs (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    key_id uuid NOT NULL,
    client varchar(200) NOT NULL,
    changes integer NOT NULL DEFAULT 0 CHECK (changes >= 0),
    started_at timestamptz NOT NULL DEFAULT now(),
    last_active_at timestamptz NOT NULL DEFAULT now(),
    -- The first event of what undid it; whether it still does, undone_events knows.
    undone_by bigint,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, key_id) REFERENCES api_keys (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_agent_runs_latest ON agent_runs (tenant_id, started_at DESC, id DESC);
CREATE INDEX idx_agent_runs_user ON agent_runs (tenant_id, user_id, started_at DESC, id DESC);
CREATE INDEX idx_agent_runs_key ON agent_runs (tenant_id, key_id);
CALL isolate_by_tenant('agent_runs');

-- migrate: rollback
