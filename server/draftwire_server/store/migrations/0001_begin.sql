-- The log and what stands around it. workspace_id leads every primary and foreign key of a tenant's table.
-- Ids are opaque text in "C" order: they compare as bytes. Ops, versions, alerts and events hold ids, never names.

create domain id as text collate "C" check (length(value) between 1 and 64);

create table workspace (
  id id primary key,
  external_id text unique,
  name text not null,
  path_rule text not null default 'windmill',         -- the grammar of paths, a name known to the server
  settings jsonb not null default '{}',
  created_at timestamptz not null default clock_timestamp()
);

-- acl_rev rises with everything that changes who may do what; event_seq numbers events without gaps, in commit order.
create table workspace_clock (
  workspace_id id primary key references workspace (id) on delete cascade,
  acl_rev bigint not null default 1,
  event_seq bigint not null default 0
) with (fillfactor = 50);

create table member (
  workspace_id id not null references workspace (id) on delete cascade,
  id id not null,
  external_id text,                                    -- the platform's id: the token's subject
  username text not null,                              -- names the place u/<username>/
  name text not null,
  role text not null check (role in ('admin', 'editor', 'operator')),
  removed_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  unique (workspace_id, username)
);

-- Who answers for an op: a user, an agent on a user's behalf, an API key.
create table actor (
  workspace_id id not null,
  id id not null,
  kind text not null check (kind in ('user', 'agent', 'api_key')),
  user_id id not null,
  label text not null default '',                      -- the agent's or key's name; empty for a user
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, user_id, kind, label),
  foreign key (workspace_id, user_id) references member (workspace_id, id)
);

create table run (
  workspace_id id not null,
  id id not null,
  actor_id id not null,
  label text not null default '',
  model text,
  state text not null default 'running' check (state in ('running', 'paused', 'stopped', 'ended', 'lost')),
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, actor_id) references actor (workspace_id, id)
);

create table access_grant (
  workspace_id id not null,
  id id not null,
  user_id id not null,
  path_prefix text,                                    -- 'f/payments/'; null with item_id null: the whole workspace
  item_id id,
  may text[] not null,
  until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  foreign key (workspace_id, user_id) references member (workspace_id, id) on delete cascade,
  check (path_prefix is null or item_id is null),
  check (may <@ array['see', 'read_drafts', 'write', 'join', 'deploy', 'run', 'admin'])
);
create index access_grant_user on access_grant (workspace_id, user_id);

create table item (
  workspace_id id not null references workspace (id) on delete cascade,
  id id not null,
  kind text not null,
  path text collate "C",
  external_id text,
  summary text not null default '',
  creator_id id not null,                              -- a member
  initial jsonb not null,                              -- version 0: what stands while nothing is deployed
  initial_hash text not null,
  head_version integer not null default 0,
  archived_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  foreign key (workspace_id, creator_id) references member (workspace_id, id)
);
create unique index item_path on item (workspace_id, path) where archived_at is null;

-- A value is kept once per content.
create table content (
  workspace_id id not null references workspace (id) on delete cascade,
  content_hash text collate "C" not null,
  value jsonb not null,
  primary key (workspace_id, content_hash)
);

create table version (
  workspace_id id not null,
  item_id id not null,
  number integer not null check (number > 0),
  hash text collate "C" not null,
  content_hash text collate "C" not null,
  author_id id not null,                               -- actors
  deployer_id id not null,
  message text not null default '',
  source_etag text,
  made_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, item_id, number),
  unique (workspace_id, hash),
  foreign key (workspace_id, item_id) references item (workspace_id, id),
  foreign key (workspace_id, content_hash) references content (workspace_id, content_hash),
  foreign key (workspace_id, author_id) references actor (workspace_id, id),
  foreign key (workspace_id, deployer_id) references actor (workspace_id, id)
);

create table target (
  workspace_id id not null,
  item_id id not null,
  name text not null default 'live',
  version integer not null,
  moved_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, item_id, name),
  foreign key (workspace_id, item_id, version) references version (workspace_id, item_id, number)
);

-- Small rows, updated in place: no index on a column that an edit changes.
create table draft (
  workspace_id id not null,
  id id not null,
  item_id id not null,
  purpose text not null check (purpose in ('own', 'shared', 'suggestion')),
  owner_id id,                                         -- a member; null for a shared draft
  visibility text not null check (visibility in ('private', 'readable', 'open')),
  guests jsonb not null default '[]',
  generation integer not null default 1,
  head_seq bigint not null default 0,
  head_mark text collate "C" not null,
  origin_version integer not null,                     -- the version that is seq 0 of this generation
  base_version integer not null,                       -- the version on which the draft stands now
  begun_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  discarded_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, item_id) references item (workspace_id, id),
  foreign key (workspace_id, owner_id) references member (workspace_id, id),
  check ((purpose = 'shared') = (owner_id is null))
) with (fillfactor = 50);
create index draft_item on draft (workspace_id, item_id);
create unique index draft_own on draft (workspace_id, item_id, owner_id) where purpose = 'own';
create unique index draft_shared on draft (workspace_id, item_id) where purpose = 'shared';

-- One session that has written in a draft, over all generations; w is its small number there, for ever.
create table draft_writer (
  workspace_id id not null,
  draft_id id not null,
  w integer not null check (w > 0),
  session text collate "C" not null,
  sid text collate "C" not null,                       -- public id of the session
  actor_id id not null,
  run_id id,
  joined_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, draft_id, w),
  unique (workspace_id, draft_id, actor_id, session)
);

-- Never updated. ops: the effects as JSON bytes, exactly those that the mark covers; took: what each took away.
create table draft_op (
  workspace_id id not null,
  draft_id id not null,
  generation integer not null,
  seq bigint not null,
  w integer not null,
  op_no bigint not null,
  key text collate "C" not null,
  base bigint not null,
  seen bigint not null,
  kind text not null default 'edit',
  cause text,
  mark text collate "C" not null,
  ops bytea not null,
  took bytea not null,
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, draft_id, generation, seq),
  unique (workspace_id, draft_id, w, op_no)
);

create table draft_snapshot (
  workspace_id id not null,
  draft_id id not null,
  generation integer not null,
  seq bigint not null,
  mark text collate "C" not null,
  value bytea not null,                                -- JSON
  last_nos jsonb not null,                             -- {w: the session's last op number at seq}
  made_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, draft_id, generation, seq)
);

create table draft_seen (
  workspace_id id not null,
  draft_id id not null,
  actor_id id not null,
  generation integer not null,
  seq bigint not null,
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, draft_id, actor_id)
);

create table stash (
  workspace_id id not null,
  id id not null,
  user_id id not null,                                 -- the author of the text
  actor_id id not null,
  item_id id not null,
  draft_id id not null,
  generation integer not null,
  base_seq bigint not null,
  reason text not null,
  sid text collate "C" not null,
  texts jsonb not null,                                -- [{at, mine, base?}]
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id)
);
create index stash_user on stash (workspace_id, user_id, at);

create table alert (
  workspace_id id not null,
  id id not null,
  item_id id not null,
  draft_id id not null,
  generation integer not null,
  kind text not null check (kind in ('overlap', 'lost_target', 'stale_save')),
  reason text not null,
  address text not null,
  seq bigint not null,                                 -- the state in which the region counts
  region jsonb not null,                               -- {start, end, line_from, line_to}
  sides jsonb not null,                                -- [{actor, sid, run, text, took, seq, at}]: ids only
  state text not null default 'open' check (state in ('open', 'closed', 'resolved')),
  stash_id id,
  opened_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  primary key (workspace_id, id)
);
create index alert_open on alert (workspace_id, draft_id) where state = 'open';

-- What an edit caused, until it becomes an event; and the events, numbered without gaps in commit order.
create table outbox (
  workspace_id id not null,
  id bigint generated always as identity,
  type text not null,
  actor_id id,
  item_id id,
  draft_id id,
  data jsonb not null default '{}',
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id)
);

create table event (
  workspace_id id not null references workspace (id) on delete cascade,
  number bigint not null,
  type text not null,
  at timestamptz not null,
  actor_id id,
  item_id id,
  draft_id id,
  data jsonb not null default '{}',
  primary key (workspace_id, number)
);

create table idempotency (
  workspace_id id not null,
  principal text collate "C" not null,
  key text collate "C" not null,
  digest bytea not null,                               -- HMAC over the request
  status integer not null,
  headers jsonb not null,
  body bytea not null,
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, principal, key)
);

-- Whatever changes who may do what raises the workspace's acl_rev in its own transaction.
create function raise_acl_rev() returns trigger language plpgsql as $$
begin
  update workspace_clock set acl_rev = acl_rev + 1
   where workspace_id = coalesce(new.workspace_id, old.workspace_id);
  return null;
end $$;

create trigger member_acl after insert or delete or update of role, removed_at, username on member
  for each row execute function raise_acl_rev();
create trigger access_grant_acl after insert or delete or update on access_grant
  for each row execute function raise_acl_rev();
create trigger item_acl after delete or update of path, creator_id, archived_at on item
  for each row execute function raise_acl_rev();
create trigger draft_acl after delete or update of visibility, guests, owner_id on draft
  for each row execute function raise_acl_rev();

create function begin_workspace_clock() returns trigger language plpgsql as $$
begin
  insert into workspace_clock (workspace_id) values (new.id);
  return null;
end $$;
create trigger workspace_begin after insert on workspace
  for each row execute function begin_workspace_clock();
