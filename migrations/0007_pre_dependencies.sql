-- Dependencies with lag, and the other relations of tasks
-- depends: 0006_pre_time_tracking
-- migrate: apply

-- Lag is minutes of the calendar's working time, or of the clock where it is elapsed; a lead is
-- less than zero.
ALTER TABLE task_dependencies
    ADD COLUMN lag_minutes integer NOT NULL DEFAULT 0
        CONSTRAINT task_dependencies_lag_bounded CHECK (lag_minutes BETWEEN -5256000 AND 5256000),
    ADD COLUMN lag_is_elapsed boolean NOT NULL DEFAULT false,
    ADD COLUMN created_by uuid,
    ADD CONSTRAINT task_dependencies_author_exists FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id);

CREATE TABLE task_relations (
    tenant_id uuid NOT NULL,
    task_id uuid NOT NULL,
    other_task_id uuid NOT NULL,
    kind varchar(20) NOT NULL CHECK (kind IN ('relates', 'duplicates')),
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, task_id, other_task_id),
    CONSTRAINT task_relations_not_self CHECK (task_id <> other_task_id),
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, other_task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT task_relations_author_exists FOREIGN KEY (tenant_id, created_by) REFERENCES users (tenant_id, id)
);
-- Two tasks have one relation, whichever of them it was set from.
CREATE UNIQUE INDEX task_relations_pair_unique ON task_relations
    (tenant_id, least(task_id, other_task_id), greatest(task_id, other_task_id));
CREATE INDEX idx_task_relations_other ON task_relations (tenant_id, other_task_id);
CALL isolate_by_tenant('task_relations');

-- migrate: rollback
