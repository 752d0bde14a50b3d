-- Deploys: what a version was made over and from, versions that a draft keeps behind, discarded generations, forks.
-- The previous release can run with this: it neither reads nor writes what is new here.

alter table version
  add column override_version integer,                 -- the head that was knowingly replaced without a merge
  add column redeploy_of integer;                      -- the older version whose value this is

alter table draft
  add column kept_version integer not null default 0,  -- the head for which was said: keep mine, don't remind me
  add column clean_seq bigint not null default 0;      -- the last state known to equal its version's value: no draft

-- Where an item was forked from: {item, version?, draft?, etag?}.
alter table item add column origin jsonb;

-- A generation that was discarded, until it can't be brought back any more.
create table draft_discard (
  workspace_id id not null,
  draft_id id not null,
  generation integer not null,
  seq bigint not null,
  mark text collate "C" not null,
  base_version integer not null,
  value bytea not null,                                -- JSON, as it stood
  actor_id id not null,
  at timestamptz not null default clock_timestamp(),
  brought_back_at timestamptz,
  primary key (workspace_id, draft_id, generation),
  foreign key (workspace_id, draft_id) references draft (workspace_id, id) on delete cascade
);
