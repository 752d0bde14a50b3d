-- Kinds that a workspace defines or changes at run time; a revision is never updated, the latest one counts.
-- The previous release can run with it: it knows neither the tables nor the column.

create table kind (
  workspace_id id not null references workspace (id) on delete cascade,
  name text collate "C" not null,
  revision integer not null check (revision > 0),
  definition jsonb,                                    -- null: taken back, the server's own kind counts again
  changed_by id,                                       -- an actor
  changed_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, name, revision),
  foreign key (workspace_id, changed_by) references actor (workspace_id, id)
);

-- Which leaves are text and which arrays are keyed, by the content's hash. A draft keeps for a whole generation the
-- shape with which it began: its log can only be replayed with that one.
create table document_shape (
  workspace_id id not null references workspace (id) on delete cascade,
  id id not null,
  keyed text[] not null,
  text text[] not null,
  primary key (workspace_id, id)
);
alter table draft add column shape_id id;              -- null: begun before this migration, the kind's shape

create trigger kind_acl after insert on kind for each row execute function raise_acl_rev();
