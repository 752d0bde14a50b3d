-- Webhooks: where events are sent, the keys that sign them, and what became of each.
-- The previous release can run with this: it neither reads nor writes what is new here.

create table webhook (
  workspace_id id not null references workspace (id) on delete cascade,
  id id not null,
  owner_id id,                                         -- a member, whose rights decide what is sent; null: everything
  address text not null,
  types text[] not null default '{}',                  -- patterns; none: every type
  description text not null default '',
  active boolean not null default true,
  cursor bigint not null,                              -- events up to here have become deliveries
  again_to bigint not null default 0,                  -- up to here they become deliveries a second time: a replay
  failing_since timestamptz,                           -- since when no attempt has passed
  made_by id not null,                                 -- an actor
  made_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  foreign key (workspace_id, owner_id) references member (workspace_id, id) on delete cascade
);
create index webhook_owner on webhook (workspace_id, owner_id);

-- Signing keys, encrypted like secrets. While one is replaced both sign.
create table webhook_key (
  workspace_id id not null,
  webhook_id id not null,
  id id not null,
  key_id text collate "C" not null,                    -- of the key that encrypts it
  sealed bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  ends_at timestamptz,                                 -- null: the present one
  primary key (workspace_id, webhook_id, id),
  foreign key (workspace_id, webhook_id) references webhook (workspace_id, id) on delete cascade
);

-- One event on its way to one webhook. What is under way has its next try behind the time that an attempt may take:
-- if the worker that sends it dies, another one finds it due.
create table webhook_delivery (
  workspace_id id not null,
  webhook_id id not null,
  number bigint not null,                              -- of the event
  type text not null,
  state text not null default 'waiting' check (state in ('waiting', 'delivered', 'failed', 'withheld')),
  begun_at timestamptz not null default clock_timestamp(),
  next_at timestamptz not null default clock_timestamp(),
  tries integer not null default 0,                    -- since it was begun, or begun again
  attempts jsonb not null default '[]',                -- [{at, status?, error?, duration_ms, worker}], the latest ones
  primary key (workspace_id, webhook_id, number),
  foreign key (workspace_id, webhook_id) references webhook (workspace_id, id) on delete cascade
) with (fillfactor = 70);
create index webhook_delivery_due on webhook_delivery (workspace_id, webhook_id, next_at) where state = 'waiting';
