-- Secrets: values that documents only name. Encrypted by the server; the database alone can't read them.
-- The previous release can run with this: it neither reads nor writes what is new here.

create table secret (
  workspace_id id not null,
  id id not null,
  item_id id not null,                                 -- only documents of this item may name it
  user_id id not null,                                 -- a member: who set it, and may take it along into a fork
  actor_id id not null,
  key_id text collate "C" not null,                    -- of the key that encrypts it
  sealed bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  foreign key (workspace_id, item_id) references item (workspace_id, id) on delete cascade
);
create index secret_item on secret (workspace_id, item_id, made_at);

alter table api_key add column reads_secrets boolean not null default false;  -- an admin's to give: runtimes
