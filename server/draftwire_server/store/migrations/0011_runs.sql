-- Runs of AI sessions: what they may do, what happens to them, and the streams of text that they write.
-- The previous release can run with this: it neither reads nor writes what is new here, and knows no stop.

alter table run
  add column mode text not null default 'apply' check (mode in ('apply', 'suggest')),
  add column seen_at timestamptz not null default clock_timestamp(),  -- when its agent was last heard of, to some seconds
  add column events int not null default 0;            -- the number of its last event

create index run_started on run (workspace_id, started_at desc, id desc);
create index run_alive on run (workspace_id, seen_at) where state in ('running', 'paused');
create index draft_writer_run on draft_writer (workspace_id, run_id) where run_id is not null;

-- What happens to a run, in its order; its agent reads it. Texts are what people tell the agent.
create table run_event (
  workspace_id id not null,
  run_id id not null,
  n int not null,
  type text not null,
  at timestamptz not null default clock_timestamp(),
  actor_id id,
  text text,
  data jsonb not null default '{}',
  primary key (workspace_id, run_id, n),
  foreign key (workspace_id, run_id) references run (workspace_id, id) on delete cascade
);

-- What a run has last read of a draft: its edits are made for that state unless they name another.
create table run_read (
  workspace_id id not null,
  run_id id not null,
  draft_id id not null,
  generation int not null,
  seq bigint not null,
  primary key (workspace_id, run_id, draft_id),
  foreign key (workspace_id, run_id) references run (workspace_id, id) on delete cascade
);

-- A text that an agent writes piece by piece. Where it goes on and how much of it is written follows from the draft's
-- log (the cause of its batches); the row holds what began it and how it ended. lane: which of the run's sessions writes.
create table stream (
  workspace_id id not null,
  id id not null,
  run_id id not null,
  item_id id not null,
  draft_id id not null,
  generation int not null,
  address text not null,
  lane int not null,
  seq bigint not null,                                 -- the state in which start and until count
  start int not null,
  until int not null,                                  -- what lies between is replaced by the first piece
  state text not null default 'open' check (state in ('open', 'closed', 'aborted', 'stopped', 'lost', 'broken')),
  reason text,                                         -- the code of the problem that broke it
  units int not null default 0,                        -- UTF-16 units written when it ended
  lease_s real not null,
  opened_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, run_id) references run (workspace_id, id) on delete cascade
);
create index stream_run on stream (workspace_id, run_id);
create index stream_open on stream (workspace_id, seen_at) where state = 'open';
create unique index stream_lane on stream (workspace_id, run_id, draft_id, lane) where state = 'open';
