-- Who wrote how much of a version's text, told with the version: computed at the deploy, from the blame.
-- The previous release can run with this: it neither reads nor writes what is new here.

create table version_share (
  workspace_id id not null,
  item_id id not null,
  number integer not null,
  shares jsonb not null,                               -- [[actor, run or null, UTF-16 units]], the largest first
  primary key (workspace_id, item_id, number),
  foreign key (workspace_id, item_id) references item (workspace_id, id) on delete cascade
);
