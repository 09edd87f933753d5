-- Notifications: what people are told, how they want to be told, and the mails that are owed
-- depends: 0019_pre_scale
-- migrate: apply

-- The table of 0001 was never written nor read by any version.
DROP TABLE notifications;

-- What one person is told of one thing: an event, or several that somebody did to a task in a row.
CREATE TABLE notifications (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    -- The weightiest of `kinds`, which are all that happened.
    kind varchar(20) NOT NULL,
    kinds text[] NOT NULL,
    project_id uuid NOT NULL,
    task_id uuid,
    comment_id uuid,
    actor_id uuid,
    details jsonb NOT NULL DEFAULT '{}',
    events integer NOT NULL DEFAULT 1,
    last_seq bigint NOT NULL,
    -- Not in the inbox: mailed only; or its task is in the trash.
    in_app boolean NOT NULL,
    is_hidden boolean NOT NULL DEFAULT false,
    read_at timestamptz,
    archived_at timestamptz,
    snoozed_until timestamptz,
    -- From when on it stands in the inbox, and where: its last event, or the end of its snooze.
    shown_at timestamptz NOT NULL,
    -- Which mail it waits for; the mail that it is in while that is sent.
    mail varchar(7) CHECK (mail IN ('at_once', 'digest')),
    mail_id uuid,
    mailed_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT notifications_archived_are_read CHECK (archived_at IS NULL OR read_at IS NOT NULL),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_notifications_inbox ON notifications (tenant_id, user_id, shown_at DESC, id DESC)
    WHERE archived_at IS NULL AND in_app AND NOT is_hidden;
CREATE INDEX idx_notifications_unread ON notifications (tenant_id, user_id, shown_at DESC, id DESC)
    WHERE read_at IS NULL AND in_app AND NOT is_hidden;
CREATE INDEX idx_notifications_archived ON notifications (tenant_id, user_id, shown_at DESC, id DESC)
    WHERE archived_at IS NOT NULL AND in_app AND NOT is_hidden;
CREATE INDEX idx_notifications_mail ON notifications (tenant_id, user_id) WHERE mail IS NOT NULL;
CREATE INDEX idx_notifications_task ON notifications (tenant_id, task_id) WHERE task_id IS NOT NULL;
CREATE INDEX idx_notifications_project ON notifications (tenant_id, project_id);
CREATE INDEX idx_notifications_read ON notifications (read_at) WHERE read_at IS NOT NULL;
CALL partition_by_tenant('notifications');
CALL isolate_by_tenant('notifications');
CREATE POLICY project_limit ON notifications AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- Which event made whom hear what, so that it does so once.
CREATE TABLE notification_causes (
    tenant_id uuid NOT NULL,
    seq bigint NOT NULL,
    user_id uuid NOT NULL,
    kind varchar(20) NOT NULL,
    notification_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, seq, user_id, kind),
    FOREIGN KEY (tenant_id, notification_id) REFERENCES notifications (tenant_id, id) ON DELETE CASCADE
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_notification_causes_of ON notification_causes (tenant_id, notification_id);
CALL partition_by_tenant('notification_causes');
CALL isolate_by_tenant('notification_causes');

-- How many unread ones somebody has in a project, snoozed ones too: kept, not counted. By project,
-- because those of a project that somebody may see no more do not count.
CREATE TABLE unread_counts (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    project_id uuid NOT NULL,
    unread integer NOT NULL,
    PRIMARY KEY (tenant_id, user_id, project_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE
) WITH (fillfactor = 60);
CREATE INDEX idx_unread_counts_project ON unread_counts (tenant_id, project_id);
CALL isolate_by_tenant('unread_counts');
CREATE POLICY project_limit ON unread_counts AS RESTRICTIVE USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- In the order of their keys, so that two writers do not wait for each other. What went down with
-- its project is not written anew.
CREATE FUNCTION keep_unread_counts() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO unread_counts AS c (tenant_id, user_id, project_id, unread)
        SELECT tenant_id, user_id, project_id, count(*) FROM after
        WHERE read_at IS NULL AND in_app AND NOT is_hidden
        GROUP BY tenant_id, user_id, project_id ORDER BY 1, 2, 3
        ON CONFLICT (tenant_id, user_id, project_id) DO UPDATE SET unread = c.unread + excluded.unread;
    ELSIF TG_OP = 'DELETE' THEN
        UPDATE unread_counts c SET unread = c.unread - gone.unread
        FROM (
            SELECT tenant_id, user_id, project_id, count(*) AS unread FROM before
            WHERE read_at IS NULL AND in_app AND NOT is_hidden GROUP BY 1, 2, 3
        ) gone
        WHERE c.tenant_id = gone.tenant_id AND c.user_id = gone.user_id AND c.project_id = gone.project_id;
    ELSE
        INSERT INTO unread_counts AS c (tenant_id, user_id, project_id, unread)
        SELECT tenant_id, user_id, project_id, sum(step) FROM (
            SELECT tenant_id, user_id, project_id, 1 AS step FROM after
            WHERE read_at IS NULL AND in_app AND NOT is_hidden
            UNION ALL
            SELECT tenant_id, user_id, project_id, -1 FROM before
            WHERE read_at IS NULL AND in_app AND NOT is_hidden
        ) AS steps
        GROUP BY tenant_id, user_id, project_id HAVING sum(step) <> 0 ORDER BY 1, 2, 3
        ON CONFLICT (tenant_id, user_id, project_id) DO UPDATE SET unread = c.unread + excluded.unread;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER count_inserted AFTER INSERT ON notifications
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION keep_unread_counts();
CREATE TRIGGER count_updated AFTER UPDATE ON notifications
    REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION keep_unread_counts();
CREATE TRIGGER count_deleted AFTER DELETE ON notifications
    REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION keep_unread_counts();

-- How somebody wants to be told; without a row as the defaults in the code say.
CREATE TABLE notification_rules (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    rules jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, user_id),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_by_tenant('notification_rules');

-- The next mail to somebody, one of each sort; its job in the queue says no more than this key.
CREATE TABLE notification_mails (
    tenant_id uuid NOT NULL,
    user_id uuid NOT NULL,
    sort varchar(7) NOT NULL CHECK (sort IN ('at_once', 'digest')),
    due_at timestamptz NOT NULL,
    -- The mail that is being sent, since when, and whether an earlier attempt has an unknown end.
    mail_id uuid,
    started_at timestamptz,
    is_uncertain boolean NOT NULL DEFAULT false,
    attempts integer NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant_id, user_id, sort),
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CALL isolate_by_tenant('notification_mails');

-- Of which date of a task its person was told.
CREATE TABLE due_notices (
    tenant_id uuid NOT NULL,
    task_id uuid NOT NULL,
    kind varchar(20) NOT NULL,
    due_date timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, task_id, kind, due_date),
    FOREIGN KEY (tenant_id, task_id) REFERENCES tasks (tenant_id, id) ON DELETE CASCADE
) PARTITION BY HASH (tenant_id);
CALL partition_by_tenant('due_notices');
CALL isolate_by_tenant('due_notices');

-- Cross-tenant path 13 (docs/tenancy.md): workspaces in which a task that is not done is due between
-- two moments, a thousand a call. It looks once into each workspace's index.
CREATE POLICY owner_finds_due ON tasks FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION list_tenants_with_due_tasks(after uuid, since timestamptz, until timestamptz) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT t.id FROM tenants t
    WHERE t.id > after AND EXISTS (
        SELECT FROM tasks k
        WHERE k.tenant_id = t.id AND k.due_date > since AND k.due_date < until AND k.completed_at IS NULL
          AND k.deleted_at IS NULL AND k.archived_at IS NULL
    )
    ORDER BY t.id LIMIT 1000;
END;
REVOKE ALL ON FUNCTION list_tenants_with_due_tasks(uuid, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_tenants_with_due_tasks(uuid, timestamptz, timestamptz) TO projectflow_service;

-- Cross-tenant path 14: notifications that were read long ago are deleted, a batch a call.
CREATE POLICY owner_sweeps ON notifications TO CURRENT_USER USING (true);
CREATE FUNCTION delete_old_notifications(days integer) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH old AS (
        SELECT n.tenant_id, n.id FROM notifications n
        WHERE n.read_at < now() - make_interval(days => days) ORDER BY n.read_at LIMIT 10000
    ), gone AS (
        DELETE FROM notifications n USING old o
        WHERE n.tenant_id = o.tenant_id AND n.id = o.id RETURNING 1
    )
    SELECT count(*) FROM gone;
END;
REVOKE ALL ON FUNCTION delete_old_notifications(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION delete_old_notifications(integer) TO projectflow_service;

-- migrate: rollback
