-- Custom reports: docs/reports.md
-- depends: 0026_pre_analytics
-- migrate: apply

CREATE TABLE reports (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    -- Of whose tasks alone it is; null for all that its reader sees.
    project_id uuid,
    owner_id uuid NOT NULL,
    name varchar(100) NOT NULL,
    is_shared boolean NOT NULL DEFAULT false,
    configuration jsonb NOT NULL,
    -- When it is mailed, without to whom.
    schedule jsonb,
    next_run_at timestamptz,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, owner_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT reports_planned CHECK ((schedule IS NULL) = (next_run_at IS NULL))
);
CREATE INDEX idx_reports_owner ON reports (tenant_id, owner_id);
CREATE INDEX idx_reports_project ON reports (tenant_id, project_id);
CREATE INDEX idx_reports_name ON reports (tenant_id, name, id);
CREATE INDEX idx_reports_due ON reports (tenant_id, next_run_at) WHERE next_run_at IS NOT NULL;
CALL isolate_by_tenant('reports');

CREATE TABLE report_recipients (
    tenant_id uuid NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
    report_id uuid NOT NULL,
    user_id uuid NOT NULL,
    PRIMARY KEY (tenant_id, report_id, user_id),
    FOREIGN KEY (tenant_id, report_id) REFERENCES reports (tenant_id, id) ON DELETE CASCADE,
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX idx_report_recipients_user ON report_recipients (tenant_id, user_id);
CALL isolate_by_tenant('report_recipients');

-- Cross-tenant path 15 (docs/tenancy.md): workspaces in which a report is due, a thousand a call.
CREATE POLICY owner_finds_due ON reports FOR SELECT TO CURRENT_USER USING (true);
CREATE FUNCTION list_tenants_with_due_reports(after uuid, at timestamptz) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp
BEGIN ATOMIC
    SELECT DISTINCT r.tenant_id FROM reports r
    WHERE r.tenant_id > after AND r.next_run_at <= at
    ORDER BY r.tenant_id LIMIT 1000;
END;
REVOKE ALL ON FUNCTION list_tenants_with_due_reports(uuid, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION list_tenants_with_due_reports(uuid, timestamptz) TO projectflow_service;

-- migrate: rollback
