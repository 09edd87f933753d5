-- Who was active at all, without reading everything that everybody did.
-- depends: 0028_pre_scenarios
-- migrate: apply

CREATE INDEX idx_analytics_usage_people ON analytics_usage (tenant_id, user_id, at);

-- migrate: rollback
