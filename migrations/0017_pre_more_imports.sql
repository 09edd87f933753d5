-- Imports of other tools than Trello, and what was asked of each
-- depends: 0016_pre_relay
-- migrate: apply

ALTER TABLE imports DROP CONSTRAINT imports_source_check;
ALTER TABLE imports
    ADD CONSTRAINT imports_source_check
        CHECK (source IN ('trello', 'jira', 'github', 'linear', 'msproject', 'table')),
    ADD COLUMN options jsonb NOT NULL DEFAULT '{}';

-- migrate: rollback
