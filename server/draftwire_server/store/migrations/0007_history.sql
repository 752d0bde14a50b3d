-- History: names for states, blame beside snapshots and versions, what people have looked at; what an earlier
-- generation began from.
-- The previous release can run with this: it neither reads nor writes what is new here.

-- A state with a name keeps its value, whatever becomes of the ops and snapshots around it.
create table draft_name (
  workspace_id id not null,
  draft_id id not null,
  name text collate "C" not null check (char_length(name) between 1 and 100),
  generation integer not null,
  seq bigint not null,
  mark text collate "C" not null,
  value bytea not null,                                -- JSON
  state_at timestamptz not null,                       -- when the state came to be
  writer_id id,                                        -- the actor whose batch led to it; null at seq 0
  run_id id,
  actor_id id not null,                                -- who named it
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, draft_id, name),
  foreign key (workspace_id, draft_id) references draft (workspace_id, id) on delete cascade
);

-- Who wrote what of a state (core/history/blame.py), so that nobody reads a long log again to know it.
create table draft_blame (
  workspace_id id not null,
  draft_id id not null,
  generation integer not null,
  seq bigint not null,
  blame bytea not null,
  primary key (workspace_id, draft_id, generation, seq),
  foreign key (workspace_id, draft_id) references draft (workspace_id, id) on delete cascade
);

create table version_blame (
  workspace_id id not null,
  item_id id not null,
  number integer not null,                             -- 0: of the initial value, of a fork
  blame bytea not null,
  primary key (workspace_id, item_id, number),
  foreign key (workspace_id, item_id) references item (workspace_id, id) on delete cascade
);

-- How far somebody says to have looked; it moves by their word alone, unlike draft_seen.
create table draft_looked (
  workspace_id id not null,
  draft_id id not null,
  actor_id id not null,
  generation integer not null,
  seq bigint not null,
  mark text collate "C" not null,
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, draft_id, actor_id),
  foreign key (workspace_id, draft_id) references draft (workspace_id, id) on delete cascade
);

-- Of a discarded generation: the version that was its seq 0, and the shape of its log.
alter table draft_discard add column origin_version integer, add column shape_id text;
