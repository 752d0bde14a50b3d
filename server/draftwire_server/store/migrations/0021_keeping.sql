-- What the rules of keeping (store/keeping.py) find old rows by, and how large each entry of the stash is.
-- The previous release can run with this: a trigger measures what it writes, and it names no index.
-- runs-from: 0018

alter table stash add column bytes integer;            -- of its texts as JSON; null: written before this migration

create function measure_stash() returns trigger language plpgsql set search_path from current as $$
begin
  new.bytes := octet_length(new.texts::text);
  return new;
end $$;
create trigger stash_measured before insert or update of texts on stash
  for each row execute function measure_stash();

create index stash_dismissed on stash (workspace_id, dismissed_at) where dismissed_at is not null;
create index alert_over on alert (workspace_id, closed_at) where state <> 'open';
create index run_over on run (workspace_id, seen_at) where state not in ('running', 'paused');
create index stream_over on stream (workspace_id, ended_at) where state <> 'open';
create index suggestion_begun on draft (workspace_id, begun_at) where purpose = 'suggestion';
create index suggestion_of_run on draft (workspace_id, run_id) where purpose = 'suggestion';
create index version_of_run on version (workspace_id, run_id) where run_id is not null;
create index draft_name_of_run on draft_name (workspace_id, run_id) where run_id is not null;
create index idempotency_at on idempotency (workspace_id, at);
create index alert_of_stash on alert (workspace_id, stash_id) where state = 'open';
