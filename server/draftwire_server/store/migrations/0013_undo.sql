-- Hunks of a run that a person decided to keep: an undo of the whole passes them over.
-- The previous release can run with this: it neither reads nor writes what is new here.

create table run_kept (
  workspace_id id not null,
  run_id id not null,
  draft_id id not null,
  generation int not null,
  hunk text collate "C" not null,                      -- its name: the first that the run did there
  upto bigint not null,                                -- the run's last batch in it; what it does there later is new
  actor_id id not null,
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, run_id, draft_id, generation, hunk),
  foreign key (workspace_id, run_id) references run (workspace_id, id) on delete cascade
);
