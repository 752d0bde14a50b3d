-- Which items the live version of an item names, so that what uses an item is known; and of which items that is still to
-- be found out: what kinds call a reference is for workers to say.
-- The previous release can run with this: triggers note what it deploys and which kinds it changes.
-- runs-from: 0018

-- path: as the value names it, wherever that leads by now.
create table item_reference (
  workspace_id id not null,
  item_id id not null,
  n integer not null,                                  -- in the order of the value
  at text not null,                                    -- a pointer
  path text collate "C" not null,
  kinds text[] not null,                               -- that may stand there; none: any
  primary key (workspace_id, item_id, n),
  foreign key (workspace_id, item_id) references item (workspace_id, id) on delete cascade
);
create index item_reference_path on item_reference (workspace_id, path, item_id);

create table reference_due (
  workspace_id id not null,
  item_id id not null,
  due_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, item_id),
  foreign key (workspace_id, item_id) references item (workspace_id, id) on delete cascade
);
create index reference_due_at on reference_due (workspace_id, due_at);

-- What the server's own kinds called references when they were last looked at.
create table reference_rule (
  kind text primary key,
  digest text not null
);

create function note_references() returns trigger language plpgsql set search_path from current as $$
begin
  insert into reference_due (workspace_id, item_id) values (new.workspace_id, new.id)
  on conflict (workspace_id, item_id) do update set due_at = excluded.due_at;
  return null;
end $$;
create trigger item_references_due after insert or update of head_version on item
  for each row when (new.head_version > 0) execute function note_references();

create function note_kind_references() returns trigger language plpgsql set search_path from current as $$
begin
  insert into reference_due (workspace_id, item_id)
  select i.workspace_id, i.id from item i
   where i.workspace_id = new.workspace_id and i.kind = new.name and i.head_version > 0
  on conflict (workspace_id, item_id) do update set due_at = excluded.due_at;
  return null;
end $$;
create trigger kind_references_due after insert on kind
  for each row execute function note_kind_references();

insert into reference_due (workspace_id, item_id)
select workspace_id, id from item where head_version > 0;
