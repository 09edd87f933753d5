-- Carrying events onwards: who follows the log, how far, and what could not be processed
-- depends: 0015_pre_search
-- migrate: apply

-- Whether somebody who follows the log has not come to its end. Set with each event, which changes no
-- index while it is set already; cleared a moment after the last of them got there.
ALTER TABLE event_counters ADD COLUMN is_unsettled boolean NOT NULL DEFAULT true;
CREATE INDEX idx_event_counters_unsettled ON event_counters (tenant_id) WHERE is_unsettled;

CREATE OR REPLACE FUNCTION record_event(
    p_tenant uuid, p_type text, p_actor uuid, p_entity_type text, p_entity uuid,
    p_project uuid, p_version integer, p_payload jsonb
) RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    next_seq bigint;
BEGIN
    UPDATE event_counters SET last_seq = last_seq + 1, is_unsettled = true WHERE tenant_id = p_tenant
        RETURNING last_seq INTO STRICT next_seq;
    INSERT INTO events (tenant_id, seq, type, actor_id, entity_type, entity_id, project_id, entity_version, payload)
        VALUES (p_tenant, next_seq, p_type, p_actor, p_entity_type, p_entity, p_project, p_version,
                p_payload || event_note());
    RETURN next_seq;
END $$;

-- How far each consumer is in each tenant's log. The row's lock is the right to take it further.
CREATE TABLE consumer_positions (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    consumer varchar(40) NOT NULL,
    seq bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    retry_at timestamptz,
    PRIMARY KEY (tenant_id, consumer)
) WITH (fillfactor = 60);
CALL isolate_by_tenant('consumer_positions');

-- What a consumer failed at to the last attempt. The error's class only: its words may name people.
CREATE TABLE parked_events (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    consumer varchar(40) NOT NULL,
    seq bigint NOT NULL,
    error varchar(100) NOT NULL,
    attempts integer NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, consumer, seq),
    FOREIGN KEY (tenant_id, seq) REFERENCES events (tenant_id, seq) ON DELETE CASCADE
);
CREATE INDEX idx_parked_events_seq ON parked_events (tenant_id, seq);
CALL isolate_by_tenant('parked_events');

-- Which consumers ever ran here: code, no tenant's data. Only start_at_present touches it.
CREATE TABLE known_consumers (
    name varchar(40) PRIMARY KEY,
    started_at timestamptz NOT NULL DEFAULT now()
);

CREATE POLICY owner_relays ON event_counters TO CURRENT_USER USING (true);
CREATE POLICY owner_relays ON consumer_positions TO CURRENT_USER USING (true);
CREATE POLICY owner_finds ON parked_events FOR SELECT TO CURRENT_USER USING (true);

-- Cross-tenant path 6 (docs/tenancy.md): unsettled tenants after one, in order, with each of these
-- consumers that is behind; with none where all are at the end.
CREATE FUNCTION list_unsettled_tenants(
    consumers text[], after uuid, at_most integer,
    OUT tenant_id uuid, OUT last_seq bigint, OUT consumer text, OUT is_due boolean
) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT c.tenant_id, c.last_seq, behind.name, coalesce(behind.retry_at <= now(), true)
    FROM (
        SELECT u.tenant_id, u.last_seq FROM event_counters u
        WHERE u.is_unsettled AND u.tenant_id > after ORDER BY u.tenant_id LIMIT at_most
    ) c
    LEFT JOIN LATERAL (
        SELECT n.name, p.retry_at
        FROM unnest(consumers) AS n (name)
        LEFT JOIN consumer_positions p ON p.tenant_id = c.tenant_id AND p.consumer = n.name
        WHERE coalesce(p.seq, 0) < c.last_seq
    ) behind ON true
    ORDER BY c.tenant_id;
END;
REVOKE ALL ON FUNCTION list_unsettled_tenants(text[], uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_unsettled_tenants(text[], uuid, integer) TO projectflow_service;

-- Cross-tenant path 7: the relay got this far with these tenants.
CREATE FUNCTION move_relay(tenants uuid[], seqs bigint[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    INSERT INTO consumer_positions AS p (tenant_id, consumer, seq)
    SELECT t.id, 'relay', least(m.seq, c.last_seq)
    FROM unnest(tenants, seqs) AS m (tenant_id, seq)
    JOIN tenants t ON t.id = m.tenant_id
    JOIN event_counters c ON c.tenant_id = m.tenant_id
    ORDER BY t.id
    ON CONFLICT (tenant_id, consumer) DO UPDATE SET seq = excluded.seq WHERE p.seq < excluded.seq;
END;
REVOKE ALL ON FUNCTION move_relay(uuid[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION move_relay(uuid[], bigint[]) TO projectflow_service;

-- Cross-tenant path 8: all consumers are at the end of these logs, if they still end there. Whoever
-- writes an event right now is not waited for: that tenant stays unsettled.
CREATE FUNCTION settle_tenants(tenants uuid[], seqs bigint[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH idle AS (
        SELECT c.tenant_id FROM event_counters c
        JOIN unnest(tenants, seqs) AS s (tenant_id, seq) ON s.tenant_id = c.tenant_id
        WHERE c.is_unsettled AND c.last_seq = s.seq
        FOR UPDATE OF c SKIP LOCKED
    )
    UPDATE event_counters c SET is_unsettled = false FROM idle WHERE c.tenant_id = idle.tenant_id;
END;
REVOKE ALL ON FUNCTION settle_tenants(uuid[], bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settle_tenants(uuid[], bigint[]) TO projectflow_service;

-- Cross-tenant path 9: a consumer that never ran begins at the present end of every log.
CREATE FUNCTION start_at_present(consumer_name text) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH new AS (
        INSERT INTO known_consumers (name) VALUES (consumer_name) ON CONFLICT DO NOTHING RETURNING name
    ), started AS (
        INSERT INTO consumer_positions (tenant_id, consumer, seq)
        SELECT c.tenant_id, new.name, c.last_seq FROM new, event_counters c
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT count(*) FROM started;
END;
REVOKE ALL ON FUNCTION start_at_present(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION start_at_present(text) TO projectflow_service;

-- Cross-tenant path 10: marks every tenant in which one of these consumers is behind. It looks at all
-- of them: when a worker starts, and hourly.
CREATE FUNCTION unsettle_tenants(consumers text[]) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH behind AS (
        SELECT c.tenant_id FROM event_counters c
        WHERE NOT c.is_unsettled AND EXISTS (
            SELECT FROM unnest(consumers) AS n (name)
            LEFT JOIN consumer_positions p ON p.tenant_id = c.tenant_id AND p.consumer = n.name
            WHERE coalesce(p.seq, 0) < c.last_seq
        )
        FOR UPDATE OF c SKIP LOCKED
    ), marked AS (
        UPDATE event_counters c SET is_unsettled = true
        FROM behind WHERE c.tenant_id = behind.tenant_id RETURNING 1
    )
    SELECT count(*) FROM marked;
END;
REVOKE ALL ON FUNCTION unsettle_tenants(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unsettle_tenants(text[]) TO projectflow_service;

-- Cross-tenant path 11: how far these consumers are behind. Looks at unsettled tenants, 10,000 at most.
CREATE FUNCTION measure_backlog(
    consumers text[], OUT consumer text, OUT workspaces bigint, OUT events bigint, OUT lag_seconds double precision
) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    WITH unsettled AS (
        SELECT u.tenant_id, u.last_seq FROM event_counters u WHERE u.is_unsettled LIMIT 10000
    )
    SELECT n.name, count(*), sum(c.last_seq - coalesce(p.seq, 0))::bigint,
           coalesce(extract(epoch FROM now() - min(oldest.created_at)), 0)::double precision
    FROM unsettled c CROSS JOIN unnest(consumers) AS n (name)
    LEFT JOIN consumer_positions p ON p.tenant_id = c.tenant_id AND p.consumer = n.name
    LEFT JOIN LATERAL (
        SELECT e.created_at FROM events e
        WHERE e.tenant_id = c.tenant_id AND e.seq > coalesce(p.seq, 0) ORDER BY e.seq LIMIT 1
    ) oldest ON true
    WHERE coalesce(p.seq, 0) < c.last_seq
    GROUP BY n.name;
END;
REVOKE ALL ON FUNCTION measure_backlog(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION measure_backlog(text[]) TO projectflow_service;

-- Cross-tenant path 12: in which tenants events are parked, a thousand a call.
CREATE FUNCTION list_tenants_with_parked_events(after uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT p.tenant_id FROM parked_events p
    WHERE p.tenant_id > after ORDER BY p.tenant_id LIMIT 1000;
END;
REVOKE ALL ON FUNCTION list_tenants_with_parked_events(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_tenants_with_parked_events(uuid) TO projectflow_service;

-- Nothing has written webhooks before this migration.
ALTER TABLE webhooks
    ADD COLUMN name varchar(100) NOT NULL DEFAULT '',
    -- Since when every delivery fails; and that it was switched off because it went on too long.
    ADD COLUMN failing_since timestamptz,
    ADD COLUMN disabled_at timestamptz;

-- What is to be sent, or was: one row an event and webhook, the latest of each webhook's.
CREATE TABLE webhook_deliveries (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    webhook_id uuid NOT NULL,
    seq bigint NOT NULL,
    event_type varchar(60) NOT NULL,
    status varchar(10) NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'delivered', 'failed')),
    attempts integer NOT NULL DEFAULT 0,
    response_status integer,
    error varchar(100),
    attempted_at timestamptz,
    next_attempt_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    CONSTRAINT webhook_deliveries_once UNIQUE (tenant_id, webhook_id, seq),
    FOREIGN KEY (tenant_id, webhook_id) REFERENCES webhooks (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_webhook_deliveries_newest ON webhook_deliveries (tenant_id, webhook_id, id DESC);
CALL isolate_by_tenant('webhook_deliveries');

-- migrate: rollback
