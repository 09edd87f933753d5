-- Search: a row for each thing that can be found, kept by triggers in the transaction of each change
-- depends: 0014_pre_resources
-- migrate: apply

-- As the migration of attachments has it, where that ran before.
ALTER TABLE attachments ADD COLUMN IF NOT EXISTS deleted_at timestamptz;

CREATE EXTENSION IF NOT EXISTS btree_gin;
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- `state`: 0 is found, 1 where the archive is searched too, 2 (in the trash) never. A comment and
-- an attachment carry what their task says. docs/search.md tells why this is a table.
CREATE TABLE search_entries (
    tenant_id uuid NOT NULL,
    kind varchar(10) NOT NULL CHECK (kind IN ('task', 'project', 'comment', 'attachment')),
    id uuid NOT NULL,
    project_id uuid NOT NULL,
    task_id uuid,
    state smallint NOT NULL DEFAULT 0,
    title text NOT NULL,
    lexemes tsvector NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, kind, id),
    FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE
) PARTITION BY HASH (tenant_id);
CREATE INDEX idx_search_entries_lexemes ON search_entries USING gin (lexemes);
CREATE INDEX idx_search_entries_title ON search_entries USING gin (tenant_id, title gin_trgm_ops)
    WHERE title <> '';
CREATE INDEX idx_search_entries_newest ON search_entries (tenant_id, created_at DESC, id);
CREATE INDEX idx_search_entries_task ON search_entries (tenant_id, task_id) WHERE task_id IS NOT NULL;
CALL partition_by_tenant('search_entries');
CALL isolate_by_tenant('search_entries');
CREATE POLICY project_limit ON search_entries AS RESTRICTIVE TO projectflow_service USING (
    coalesce(current_setting('app.project_ids', true), '') = ''
    OR project_id = ANY (string_to_array(current_setting('app.project_ids', true), ',')::uuid[])
);

-- Every lexeme begins with its tenant's mark: a search, of a prefix too, walks through the entries
-- of one tenant alone, however many share the index. The mark only sorts; the tenant is compared too.
CREATE FUNCTION search_mark(tenant uuid) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN right(tenant::text, 8);

-- A text without what stands between words and inside of names, such as `auth/login.html`.
CREATE FUNCTION search_plain(content text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN translate(content, '-./_:@#,;()[]{}<>!?"''`*+=~^%$&|\', repeat(' ', 32));

-- Words as they are, and their English stems. One of hundreds of letters is none.
CREATE FUNCTION search_words(plain text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, public AS $$
DECLARE
    words tsvector := to_tsvector('simple', plain) || to_tsvector('english', plain);
BEGIN
    IF octet_length(plain) > 1000 AND plain ~ '\S{250}' THEN
        RETURN array_to_tsvector(ARRAY(
            SELECT word FROM unnest(tsvector_to_array(words)) word WHERE length(word) < 250));
    END IF;
    RETURN words;
END $$;

-- After the mark, `t` is a word of the title, `w` one of anything. Of a long text the first 50,000
-- characters count.
CREATE FUNCTION search_lexemes(tenant uuid, title text, body text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = pg_catalog, public AS $$
DECLARE
    mark text := search_mark(tenant);
    of_title tsvector := search_words(search_plain(title));
    of_all tsvector := of_title || search_words(search_plain(left(coalesce(body, ''), 50000)));
BEGIN
    -- Marked as one text, since that takes a third of the time of a row a word.
    RETURN coalesce(array_to_tsvector(
        string_to_array(mark || 't' || nullif(
            array_to_string(tsvector_to_array(of_title), E'\n' || mark || 't'), ''), E'\n')
        || string_to_array(mark || 'w' || nullif(
            array_to_string(tsvector_to_array(of_all), E'\n' || mark || 'w'), ''), E'\n')), '');
END $$;

-- What somebody types, as a query for marked lexemes: each word or its stem must be there, and the
-- last word may go on where it has two letters.
CREATE FUNCTION search_query(tenant uuid, asked text, place text) RETURNS tsquery
LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE SET search_path = pg_catalog, public AS $$
DECLARE
    words text[] := regexp_split_to_array(btrim(search_plain(asked)), '\s+');
    mark text := search_mark(tenant) || place;
    whole text;
BEGIN
    SELECT string_agg(alternatives, ' & ') INTO whole FROM (
        SELECT '(' || string_agg(
            quote_literal(mark || lexeme)
            || CASE WHEN n = cardinality(words) AND length(lexeme) > 1 AND lexeme = lower(word)
               THEN ':*' ELSE '' END, ' | ') || ')' AS alternatives
        FROM unnest(words) WITH ORDINALITY AS w (word, n),
            unnest(tsvector_to_array(search_words(word))) lexeme
        GROUP BY n
    ) each_word;
    RETURN whole::tsquery;
END $$;

CREATE POLICY owner_searches ON search_entries FOR SELECT TO CURRENT_USER USING (true);

-- Cross-tenant path 6 (docs/tenancy.md): what matches, in this transaction's tenant and projects.
-- `seen` are the projects whose tasks are seen, `listed` those that are seen themselves.
-- Not the service itself: behind row-level security an index serves leakproof operators alone, and
-- those of text search are none. EXECUTE plans for these very values. A tier has at most 300, the
-- newest but in the third.
CREATE FUNCTION find_entries(
    asked text, kinds text[], seen uuid[], listed uuid[], with_archive boolean, most integer,
    after_tier integer, after_closeness real, after_created timestamptz, after_id uuid,
    OUT kind text, OUT id uuid, OUT tier integer, OUT closeness real, OUT created_at timestamptz
) RETURNS SETOF record
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant uuid := current_tenant();
    said text := lower(btrim(search_plain(asked)));
    words text[] := ARRAY(SELECT word FROM regexp_split_to_table(said, '\s+') word WHERE length(word) > 2 LIMIT 8);
    in_title tsquery := search_query(tenant, asked, 't');
    anywhere tsquery := search_query(tenant, asked, 'w');
    alike text;
    reached uuid[];
BEGIN
    IF tenant IS NULL OR anywhere IS NULL THEN
        RETURN;
    END IF;
    IF coalesce(current_setting('app.project_ids', true), '') <> '' THEN
        reached := string_to_array(current_setting('app.project_ids', true), ',')::uuid[];
    END IF;
    -- Half of a word's three-letter pieces: "logn crsh" finds "Login crashes".
    PERFORM set_config('pg_trgm.word_similarity_threshold', '0.5', true);
    -- A partition is never read whole: that would be other tenants' rows.
    PERFORM set_config('enable_seqscan', 'off', true);
    SELECT coalesce(string_agg(format('e.title %%> $5[%s]', n), ' AND '), 'false') INTO alike
        FROM generate_subscripts(words, 1) n;
    RETURN QUERY EXECUTE $query$
        WITH in_title AS MATERIALIZED (
            SELECT e.kind, e.id, e.title, e.created_at FROM search_entries e
            WHERE e.tenant_id = $1 AND e.lexemes @@ $2 AND e.state <= $6 AND e.kind = ANY ($7)
              AND CASE e.kind WHEN 'project' THEN e.project_id = ANY ($14) ELSE e.project_id = ANY ($8) END
              AND ($15 IS NULL OR e.project_id = ANY ($15))
            ORDER BY e.created_at DESC, e.id LIMIT 300
        ), anywhere AS MATERIALIZED (
            SELECT e.kind, e.id, e.title, e.created_at FROM search_entries e
            WHERE e.tenant_id = $1 AND e.lexemes @@ $3 AND e.state <= $6 AND e.kind = ANY ($7)
              AND CASE e.kind WHEN 'project' THEN e.project_id = ANY ($14) ELSE e.project_id = ANY ($8) END
              AND ($15 IS NULL OR e.project_id = ANY ($15))
            ORDER BY e.created_at DESC, e.id LIMIT 300
        ), by_words AS (
            SELECT 1 AS tier, t.* FROM in_title t
            UNION ALL
            SELECT 2, a.* FROM anywhere a WHERE (a.kind, a.id) NOT IN (SELECT t.kind, t.id FROM in_title t)
        ), alike AS MATERIALIZED (
            SELECT e.kind, e.id, e.title, e.created_at FROM search_entries e
            WHERE (SELECT count(*) FROM by_words) < 10
              AND e.tenant_id = $1 AND e.title <> '' AND $query$ || alike || $query$
              AND e.state <= $6 AND e.kind = ANY ($7)
              AND CASE e.kind WHEN 'project' THEN e.project_id = ANY ($14) ELSE e.project_id = ANY ($8) END
              AND ($15 IS NULL OR e.project_id = ANY ($15))
            LIMIT 300
        ), found AS (
            SELECT b.kind::text, b.id, b.tier, round(similarity(b.title, $4)::numeric, 1)::real AS closeness,
                   b.created_at
            FROM by_words b
            UNION ALL
            SELECT a.kind::text, a.id, 3, round(word_similarity($4, a.title)::numeric, 1)::real, a.created_at
            FROM alike a WHERE (a.kind, a.id) NOT IN (SELECT b.kind, b.id FROM by_words b)
        )
        SELECT f.* FROM found f
        WHERE $10 IS NULL OR (f.tier, -f.closeness, -extract(epoch FROM f.created_at), f.id)
            > ($10, -$11, -extract(epoch FROM $12), $13)
        ORDER BY f.tier, f.closeness DESC, f.created_at DESC, f.id LIMIT $9
    $query$ USING tenant, in_title, anywhere, said, words, CASE WHEN with_archive THEN 1 ELSE 0 END,
        kinds, seen, most, after_tier, after_closeness, after_created, after_id, listed, reached;
    PERFORM set_config('enable_seqscan', 'on', true);
END $$;
REVOKE ALL ON FUNCTION find_entries FROM PUBLIC;
GRANT EXECUTE ON FUNCTION find_entries TO projectflow_service;

CREATE FUNCTION search_state(archived_at timestamptz, deleted_at timestamptz) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN deleted_at IS NOT NULL THEN 2 WHEN archived_at IS NOT NULL THEN 1 ELSE 0 END;

CREATE FUNCTION index_task() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO search_entries AS e (tenant_id, kind, id, project_id, task_id, state, title, lexemes, created_at)
    VALUES (NEW.tenant_id, 'task', NEW.id, NEW.project_id, NEW.id,
            search_state(NEW.archived_at, NEW.deleted_at), NEW.title,
            search_lexemes(NEW.tenant_id, NEW.title, NEW.description), NEW.created_at)
    ON CONFLICT (tenant_id, kind, id) DO UPDATE SET title = excluded.title, lexemes = excluded.lexemes;
    RETURN NULL;
END $$;
CREATE TRIGGER index_new_task AFTER INSERT ON tasks FOR EACH ROW EXECUTE FUNCTION index_task();
CREATE TRIGGER index_changed_task AFTER UPDATE OF title, description ON tasks FOR EACH ROW
    WHEN (OLD.title IS DISTINCT FROM NEW.title OR OLD.description IS DISTINCT FROM NEW.description)
    EXECUTE FUNCTION index_task();

-- A task's comments and attachments go where it goes.
CREATE FUNCTION index_moved_task() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    UPDATE search_entries SET project_id = NEW.project_id, state = search_state(NEW.archived_at, NEW.deleted_at)
    WHERE tenant_id = NEW.tenant_id AND task_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER index_moved_task AFTER UPDATE OF project_id, archived_at, deleted_at ON tasks FOR EACH ROW
    WHEN (OLD.project_id <> NEW.project_id
          OR search_state(OLD.archived_at, OLD.deleted_at) <> search_state(NEW.archived_at, NEW.deleted_at))
    EXECUTE FUNCTION index_moved_task();

CREATE FUNCTION index_project() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    INSERT INTO search_entries AS e (tenant_id, kind, id, project_id, state, title, lexemes, created_at)
    VALUES (NEW.tenant_id, 'project', NEW.id, NEW.id,
            CASE WHEN NEW.deleted_at IS NOT NULL THEN 2 WHEN NEW.status = 'archived' THEN 1 ELSE 0 END,
            NEW.name, search_lexemes(NEW.tenant_id, NEW.key || ' ' || NEW.name, NEW.description), NEW.created_at)
    ON CONFLICT (tenant_id, kind, id)
    DO UPDATE SET title = excluded.title, lexemes = excluded.lexemes, state = excluded.state;
    RETURN NULL;
END $$;
CREATE TRIGGER index_project AFTER INSERT OR UPDATE OF key, name, description, status, deleted_at ON projects
    FOR EACH ROW EXECUTE FUNCTION index_project();

CREATE FUNCTION index_comment() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL THEN
        DELETE FROM search_entries WHERE tenant_id = NEW.tenant_id AND kind = 'comment' AND id = NEW.id;
        RETURN NULL;
    END IF;
    INSERT INTO search_entries AS e (tenant_id, kind, id, project_id, task_id, state, title, lexemes, created_at)
    SELECT NEW.tenant_id, 'comment', NEW.id, t.project_id, t.id, search_state(t.archived_at, t.deleted_at), '',
           search_lexemes(NEW.tenant_id, '', NEW.body), NEW.created_at
    FROM tasks t WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.task_id
    ON CONFLICT (tenant_id, kind, id) DO UPDATE SET lexemes = excluded.lexemes;
    RETURN NULL;
END $$;
CREATE TRIGGER index_comment AFTER INSERT OR UPDATE OF body, deleted_at ON comments
    FOR EACH ROW EXECUTE FUNCTION index_comment();

CREATE FUNCTION index_attachment() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.deleted_at IS NOT NULL THEN
        DELETE FROM search_entries WHERE tenant_id = NEW.tenant_id AND kind = 'attachment' AND id = NEW.id;
        RETURN NULL;
    END IF;
    INSERT INTO search_entries AS e (tenant_id, kind, id, project_id, task_id, state, title, lexemes, created_at)
    SELECT NEW.tenant_id, 'attachment', NEW.id, t.project_id, t.id, search_state(t.archived_at, t.deleted_at),
           NEW.name, search_lexemes(NEW.tenant_id, NEW.name, ''), NEW.created_at
    FROM tasks t WHERE t.tenant_id = NEW.tenant_id AND t.id = NEW.task_id
    ON CONFLICT (tenant_id, kind, id) DO UPDATE SET title = excluded.title, lexemes = excluded.lexemes;
    RETURN NULL;
END $$;
CREATE TRIGGER index_attachment AFTER INSERT OR UPDATE OF name, deleted_at ON attachments
    FOR EACH ROW EXECUTE FUNCTION index_attachment();

CREATE FUNCTION forget_entry() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    DELETE FROM search_entries WHERE tenant_id = OLD.tenant_id AND kind = TG_ARGV[0] AND id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER forget_task AFTER DELETE ON tasks FOR EACH ROW EXECUTE FUNCTION forget_entry('task');
CREATE TRIGGER forget_project AFTER DELETE ON projects FOR EACH ROW EXECUTE FUNCTION forget_entry('project');
CREATE TRIGGER forget_comment AFTER DELETE ON comments FOR EACH ROW EXECUTE FUNCTION forget_entry('comment');
CREATE TRIGGER forget_attachment AFTER DELETE ON attachments FOR EACH ROW EXECUTE FUNCTION forget_entry('attachment');

-- Makes the entries of this transaction's tenant anew: once below, and for `projectflow search rebuild`.
CREATE FUNCTION rebuild_entries(tenant uuid) RETURNS void LANGUAGE sql
BEGIN ATOMIC
    DELETE FROM search_entries WHERE tenant_id = tenant;
    INSERT INTO search_entries (tenant_id, kind, id, project_id, task_id, state, title, lexemes, created_at)
    SELECT p.tenant_id, 'project', p.id, p.id, NULL::uuid,
           CASE WHEN p.deleted_at IS NOT NULL THEN 2 WHEN p.status = 'archived' THEN 1 ELSE 0 END,
           p.name::text, search_lexemes(p.tenant_id, p.key || ' ' || p.name, p.description), p.created_at
    FROM projects p WHERE p.tenant_id = tenant
    UNION ALL
    SELECT t.tenant_id, 'task', t.id, t.project_id, t.id, search_state(t.archived_at, t.deleted_at),
           t.title, search_lexemes(t.tenant_id, t.title, t.description), t.created_at
    FROM tasks t WHERE t.tenant_id = tenant
    UNION ALL
    SELECT c.tenant_id, 'comment', c.id, t.project_id, t.id, search_state(t.archived_at, t.deleted_at),
           '', search_lexemes(c.tenant_id, '', c.body), c.created_at
    FROM comments c JOIN tasks t ON t.tenant_id = tenant AND t.id = c.task_id
    WHERE c.tenant_id = tenant AND c.deleted_at IS NULL
    UNION ALL
    SELECT a.tenant_id, 'attachment', a.id, t.project_id, t.id, search_state(t.archived_at, t.deleted_at),
           a.name, search_lexemes(a.tenant_id, a.name, ''), a.created_at
    FROM attachments a JOIN tasks t ON t.tenant_id = tenant AND t.id = a.task_id
    WHERE a.tenant_id = tenant AND a.deleted_at IS NULL;
END;

-- In the role of each tenant, because the wall stands before the owner too.
DO $$
DECLARE
    tenant uuid;
BEGIN
    FOR tenant IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant_id', tenant::text, true);
        PERFORM rebuild_entries(tenant);
    END LOOP;
    PERFORM set_config('app.tenant_id', '', true);
END $$;

-- Of no use behind row-level security, and paid for by every move of a card.
DROP INDEX idx_tasks_search;
DROP INDEX idx_projects_search;

-- migrate: rollback
