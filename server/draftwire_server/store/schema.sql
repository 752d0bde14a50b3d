-- The schema after all migrations. Made by `make schema`; nothing is made from it.

create domain id as text collate "C" check (((length(value) >= 1) and (length(value) <= 64)));

create table access_grant (
  workspace_id id not null,
  id id not null,
  user_id id,
  path_prefix text,                                    -- 'f/payments/'; null with item_id null: the whole workspace
  item_id id,
  may text[] not null,
  until timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  group_id id,
  granted_by id,                                       -- an actor
  constraint access_grant_pkey primary key (workspace_id, id),
  constraint access_grant_workspace_id_group_id_fkey foreign key (workspace_id, group_id) references user_group(workspace_id, id) on delete cascade,
  constraint access_grant_workspace_id_user_id_fkey foreign key (workspace_id, user_id) references member(workspace_id, id) on delete cascade,
  constraint access_grant_check check (((path_prefix is null) or (item_id is null))),
  constraint access_grant_check1 check ((num_nonnulls(user_id, group_id) = 1)),
  constraint access_grant_may_check check ((may <@ array['see', 'read_drafts', 'write', 'join', 'deploy', 'run', 'admin']))
);
create index access_grant_group on access_grant using btree (workspace_id, group_id);
create index access_grant_item on access_grant using btree (workspace_id, item_id);
create index access_grant_user on access_grant using btree (workspace_id, user_id);
create constraint trigger access_grant_acl after insert or delete or update on access_grant deferrable initially deferred for each row execute function raise_acl_rev();

-- Who answers for an op: a user, an agent on a user's behalf, an API key.
create table actor (
  workspace_id id not null,
  id id not null,
  kind text not null,
  user_id id not null,
  label text not null default '',                -- the agent's or key's name; empty for a user
  created_at timestamptz not null default clock_timestamp(),
  importer_id id generated always as (nullif(split_part(label, '', 2), '')) stored,
  constraint actor_pkey primary key (workspace_id, id),
  constraint actor_workspace_id_user_id_kind_label_key unique (workspace_id, user_id, kind, label),
  constraint actor_workspace_id_user_id_fkey foreign key (workspace_id, user_id) references member(workspace_id, id),
  constraint actor_kind_check check ((kind = any (array['user', 'agent', 'api_key'])))
);

create table alert (
  workspace_id id not null,
  id id not null,
  item_id id not null,
  draft_id id not null,
  generation integer not null,
  kind text not null,
  reason text not null,
  address text not null,
  seq bigint not null,                                 -- the state in which the region counts
  region jsonb not null,                               -- {start, end, line_from, line_to}
  sides jsonb not null,                                -- [{actor, sid, run, text, took, seq, at}]: ids only
  state text not null default 'open',
  stash_id id,
  opened_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  resolution text,
  resolver_id id,                                      -- an actor
  constraint alert_pkey primary key (workspace_id, id),
  constraint alert_kind_check check ((kind = any (array['overlap', 'lost_target', 'stale_save']))),
  constraint alert_state_check check ((state = any (array['open', 'closed', 'resolved'])))
);
create index alert_at on alert using btree (workspace_id, opened_at desc, id);
create index alert_draft on alert using btree (workspace_id, draft_id, opened_at desc, id);
create index alert_item on alert using btree (workspace_id, item_id, opened_at desc, id);
create index alert_of_stash on alert using btree (workspace_id, stash_id) where (state = 'open');
create index alert_open on alert using btree (workspace_id, draft_id) where (state = 'open');
create index alert_over on alert using btree (workspace_id, closed_at) where (state <> 'open');

-- Of a key only the hash is kept. Names are never used twice: history names keys.
create table api_key (
  workspace_id id not null,
  id id not null,
  name text not null,
  hash bytea not null,
  hint text not null,                                  -- the last characters, to tell keys apart
  user_id id not null,                                 -- whose key it is, and for whom it acts unless it says otherwise
  act_for text[] not null default '{}'::text[],        -- users (ids) for whom it may act beside
  act_for_any boolean not null default false,
  may text[] not null,
  prefixes text[],                                     -- null with items null: everywhere
  items text[],
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  made_by id,                                          -- an actor
  created_at timestamptz not null default clock_timestamp(),
  reads_secrets boolean not null default false,        -- an admin's to give: runtimes
  constraint api_key_pkey primary key (workspace_id, id),
  constraint api_key_workspace_id_hash_key unique (workspace_id, hash),
  constraint api_key_workspace_id_name_key unique (workspace_id, name),
  constraint api_key_workspace_id_user_id_fkey foreign key (workspace_id, user_id) references member(workspace_id, id) on delete cascade,
  constraint api_key_may_check check ((may <@ array['see', 'read_drafts', 'write', 'join', 'deploy', 'run', 'admin']))
);
create index api_key_user on api_key using btree (workspace_id, user_id);
create constraint trigger api_key_acl after delete or update of user_id, act_for, act_for_any, may, prefixes, items, expires_at, revoked_at on api_key deferrable initially deferred for each row execute function raise_acl_rev();

-- A value is kept once per content.
create table content (
  workspace_id id not null,
  content_hash text collate "C" not null,
  value jsonb not null,
  constraint content_pkey primary key (workspace_id, content_hash),
  constraint content_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade
);

create table disk_room (
  page smallint not null,
  constraint disk_room_pkey primary key (page)
);

-- Which leaves are text and which arrays are keyed, by the content's hash. A draft keeps for a whole generation the
-- shape with which it began: its log can only be replayed with that one.
create table document_shape (
  workspace_id id not null,
  id id not null,
  keyed text[] not null,
  text text[] not null,
  constraint document_shape_pkey primary key (workspace_id, id),
  constraint document_shape_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade
);

-- Small rows, updated in place: no index on a column that an edit changes.
create table draft (
  workspace_id id not null,
  id id not null,
  item_id id not null,
  purpose text not null,
  owner_id id,                                         -- a member; null for a shared draft
  visibility text not null,
  guests jsonb not null default '[]'::jsonb,
  generation integer not null default 1,
  head_seq bigint not null default 0,
  head_mark text collate "C" not null,
  origin_version integer not null,                     -- the version that is seq 0 of this generation
  base_version integer not null,                       -- the version on which the draft stands now
  begun_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  discarded_at timestamptz,
  shape_id id,                                         -- null: begun before this migration, the kind's shape
  kept_version integer not null default 0,             -- the head for which was said: keep mine, don't remind me
  clean_seq bigint not null default 0,                 -- the last state known to equal its version's value: no draft
  held text,
  stash_id id,                                         -- its text for its owner, since its item was deleted
  run_id id,                                           -- of a suggestion: the run that writes it
  for_draft id,                                        -- the draft that it is for
  for_generation integer,
  for_seq bigint,                                      -- the state of that on which it began
  constraint draft_pkey primary key (workspace_id, id),
  constraint draft_workspace_id_item_id_fkey foreign key (workspace_id, item_id) references item(workspace_id, id),
  constraint draft_workspace_id_owner_id_fkey foreign key (workspace_id, owner_id) references member(workspace_id, id),
  constraint draft_held_check check ((held = any (array['archived', 'deleted']))),
  constraint draft_owner check (((purpose = 'suggestion') or ((purpose = 'shared') = (owner_id is null)))),
  constraint draft_purpose_check check ((purpose = any (array['own', 'shared', 'suggestion']))),
  constraint draft_visibility_check check ((visibility = any (array['private', 'readable', 'open'])))
) with (fillfactor=50);
create index draft_of_item on draft using btree (item_id, workspace_id);
create index draft_of_owner on draft using btree (workspace_id, owner_id) where (purpose = 'own');
create unique index draft_own on draft using btree (workspace_id, item_id, owner_id) where (purpose = 'own');
create unique index draft_shared on draft using btree (workspace_id, item_id) where (purpose = 'shared');
create unique index draft_suggestion on draft using btree (workspace_id, for_draft, run_id) where (purpose = 'suggestion');
create index suggestion_begun on draft using btree (workspace_id, begun_at) where (purpose = 'suggestion');
create index suggestion_of_run on draft using btree (workspace_id, run_id) where (purpose = 'suggestion');
create constraint trigger draft_acl after delete or update of visibility, guests, owner_id on draft deferrable initially deferred for each row execute function raise_acl_rev();
create trigger draft_suggestions after insert or update of visibility, guests, owner_id on draft for each row when ((new.purpose <> 'suggestion')) execute function suggestions_follow();

-- What a draft has taken from another one, up to which state of that; of one generation of the draft.
create table draft_adoption (
  workspace_id id not null,
  draft_id id not null,
  generation integer not null,
  source_id id not null,
  source_etag text collate "C" not null,
  actor_id id not null,
  at timestamptz not null default clock_timestamp(),
  constraint draft_adoption_pkey primary key (workspace_id, draft_id, generation, source_id),
  constraint draft_adoption_workspace_id_draft_id_fkey foreign key (workspace_id, draft_id) references draft(workspace_id, id) on delete cascade,
  constraint draft_adoption_workspace_id_source_id_fkey foreign key (workspace_id, source_id) references draft(workspace_id, id) on delete cascade
);

-- A question to the owner of a draft: may I look, or type? At most one open one per asker and draft.
create table draft_ask (
  workspace_id id not null,
  id id not null,
  draft_id id not null,
  item_id id not null,
  owner_id id not null,                                -- a member: who is asked
  user_id id not null,                                 -- a member: who asks
  actor_id id not null,
  may text not null,
  agents boolean not null,
  note text not null default '',
  state text not null default 'open',
  asked_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  answered_at timestamptz,
  constraint draft_ask_pkey primary key (workspace_id, id),
  constraint draft_ask_workspace_id_draft_id_fkey foreign key (workspace_id, draft_id) references draft(workspace_id, id) on delete cascade,
  constraint draft_ask_workspace_id_owner_id_fkey foreign key (workspace_id, owner_id) references member(workspace_id, id),
  constraint draft_ask_workspace_id_user_id_fkey foreign key (workspace_id, user_id) references member(workspace_id, id),
  constraint draft_ask_may_check check ((may = any (array['look', 'type']))),
  constraint draft_ask_state_check check ((state = any (array['open', 'granted', 'declined', 'withdrawn', 'expired'])))
);
create unique index draft_ask_open on draft_ask using btree (workspace_id, draft_id, user_id) where (state = 'open');
create index draft_ask_owner on draft_ask using btree (workspace_id, owner_id, asked_at);
create index draft_ask_user on draft_ask using btree (workspace_id, user_id, asked_at);

-- Who wrote what of a state (core/history/blame.py), so that nobody reads a long log again to know it.
create table draft_blame (
  workspace_id id not null,
  draft_id id not null,
  generation integer not null,
  seq bigint not null,
  blame bytea not null,
  constraint draft_blame_pkey primary key (workspace_id, draft_id, generation, seq),
  constraint draft_blame_workspace_id_draft_id_fkey foreign key (workspace_id, draft_id) references draft(workspace_id, id) on delete cascade
);

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
  origin_version integer,
  shape_id text,
  constraint draft_discard_pkey primary key (workspace_id, draft_id, generation),
  constraint draft_discard_workspace_id_draft_id_fkey foreign key (workspace_id, draft_id) references draft(workspace_id, id) on delete cascade
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
  constraint draft_looked_pkey primary key (workspace_id, draft_id, actor_id),
  constraint draft_looked_workspace_id_draft_id_fkey foreign key (workspace_id, draft_id) references draft(workspace_id, id) on delete cascade
);

-- A state with a name keeps its value, whatever becomes of the ops and snapshots around it.
create table draft_name (
  workspace_id id not null,
  draft_id id not null,
  name text collate "C" not null,
  generation integer not null,
  seq bigint not null,
  mark text collate "C" not null,
  value bytea not null,                                -- JSON
  state_at timestamptz not null,          -- when the state came to be
  writer_id id,                                        -- the actor whose batch led to it; null at seq 0
  run_id id,
  actor_id id not null,                                -- who named it
  at timestamptz not null default clock_timestamp(),
  constraint draft_name_pkey primary key (workspace_id, draft_id, name),
  constraint draft_name_workspace_id_draft_id_fkey foreign key (workspace_id, draft_id) references draft(workspace_id, id) on delete cascade,
  constraint draft_name_name_check check (((char_length(name) >= 1) and (char_length(name) <= 100)))
);
create index draft_name_of_run on draft_name using btree (workspace_id, run_id) where (run_id is not null);

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
  constraint draft_op_pkey primary key (workspace_id, draft_id, generation, seq)
);
create unique index draft_op_no on draft_op using btree (w, draft_id, workspace_id, op_no);

create table draft_seen (
  workspace_id id not null,
  draft_id id not null,
  actor_id id not null,
  generation integer not null,
  seq bigint not null,
  at timestamptz not null default clock_timestamp(),
  constraint draft_seen_pkey primary key (workspace_id, draft_id, actor_id)
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
  constraint draft_snapshot_pkey primary key (workspace_id, draft_id, generation, seq)
);

-- One session that has written in a draft, over all generations; w is its small number there, for ever.
create table draft_writer (
  workspace_id id not null,
  draft_id id not null,
  w integer not null,
  session text collate "C" not null,
  sid text collate "C" not null,                       -- public id of the session
  actor_id id not null,
  run_id id,
  joined_at timestamptz not null default clock_timestamp(),
  approved_by id,
  constraint draft_writer_pkey primary key (workspace_id, draft_id, w),
  constraint draft_writer_workspace_id_draft_id_actor_id_session_key unique (workspace_id, draft_id, actor_id, session),
  constraint draft_writer_w_check check ((w > 0))
);
create index draft_writer_run on draft_writer using btree (workspace_id, run_id) where (run_id is not null);

create table event (
  workspace_id id not null,
  number bigint not null,
  type text not null,
  at timestamptz not null,
  actor_id id,
  item_id id,
  draft_id id,
  data jsonb not null default '{}'::jsonb,
  constraint event_pkey primary key (workspace_id, number),
  constraint event_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade
);

-- A folder gives the place f/<name>/ its people.
create table folder (
  workspace_id id not null,
  id id not null,
  external_id text,
  name text collate "C" not null,
  summary text not null default '',
  created_at timestamptz not null default clock_timestamp(),
  constraint folder_pkey primary key (workspace_id, id),
  constraint folder_workspace_id_external_id_key unique (workspace_id, external_id),
  constraint folder_workspace_id_name_key unique (workspace_id, name),
  constraint folder_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade
);
create constraint trigger folder_acl after delete or update of name on folder deferrable initially deferred for each row execute function raise_acl_rev();

create table folder_role (
  workspace_id id not null,
  id id not null,
  folder_id id not null,
  user_id id,
  group_id id,
  role text not null,
  constraint folder_role_pkey primary key (workspace_id, id),
  constraint folder_role_workspace_id_folder_id_group_id_key unique (workspace_id, folder_id, group_id),
  constraint folder_role_workspace_id_folder_id_user_id_key unique (workspace_id, folder_id, user_id),
  constraint folder_role_workspace_id_folder_id_fkey foreign key (workspace_id, folder_id) references folder(workspace_id, id) on delete cascade,
  constraint folder_role_workspace_id_group_id_fkey foreign key (workspace_id, group_id) references user_group(workspace_id, id) on delete cascade,
  constraint folder_role_workspace_id_user_id_fkey foreign key (workspace_id, user_id) references member(workspace_id, id) on delete cascade,
  constraint folder_role_check check ((num_nonnulls(user_id, group_id) = 1)),
  constraint folder_role_role_check check ((role = any (array['owner', 'writer', 'reader'])))
);
create index folder_role_group on folder_role using btree (workspace_id, group_id);
create index folder_role_user on folder_role using btree (workspace_id, user_id);
create constraint trigger folder_role_acl after insert or delete or update on folder_role deferrable initially deferred for each row execute function raise_acl_rev();

create table group_member (
  workspace_id id not null,
  group_id id not null,
  user_id id not null,
  constraint group_member_pkey primary key (workspace_id, group_id, user_id),
  constraint group_member_workspace_id_group_id_fkey foreign key (workspace_id, group_id) references user_group(workspace_id, id) on delete cascade,
  constraint group_member_workspace_id_user_id_fkey foreign key (workspace_id, user_id) references member(workspace_id, id) on delete cascade
);
create index group_member_user on group_member using btree (workspace_id, user_id);
create constraint trigger group_member_acl after insert or delete or update on group_member deferrable initially deferred for each row execute function raise_acl_rev();

create table idempotency (
  workspace_id id not null,
  principal text collate "C" not null,
  key text collate "C" not null,
  digest bytea not null,                               -- HMAC over the request
  status integer not null,
  headers jsonb not null,
  body bytea not null,
  at timestamptz not null default clock_timestamp(),
  constraint idempotency_pkey primary key (workspace_id, principal, key)
);
create index idempotency_at on idempotency using btree (workspace_id, at);

create table installation (
  one boolean not null default true,
  id text collate "C" not null,
  constraint installation_pkey primary key (one),
  constraint installation_one_check check (one)
);

create table item (
  workspace_id id not null,
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
  origin jsonb,
  deleted_at timestamptz,
  deleter_id id,                                       -- an actor
  purged_at timestamptz,                  -- its drafts and all that hung on them are gone
  constraint item_pkey primary key (workspace_id, id),
  constraint item_workspace_id_creator_id_fkey foreign key (workspace_id, creator_id) references member(workspace_id, id),
  constraint item_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade
);
create index item_by_change on item using btree (workspace_id, changed_at, id);
create index item_by_kind on item using btree (workspace_id, kind, path, id);
create index item_by_path on item using btree (workspace_id, path, id);
create index item_deleted on item using btree (workspace_id, deleted_at) where (deleted_at is not null);
create unique index item_external_id on item using btree (workspace_id, external_id) where (deleted_at is null);
create unique index item_path on item using btree (workspace_id, path) where (archived_at is null);
create index item_without_path on item using btree (workspace_id, creator_id, id) where (path is null);
create constraint trigger item_acl after delete or update of path, creator_id, archived_at on item deferrable initially deferred for each row execute function raise_acl_rev();
create trigger item_head_indexed after update of path, summary, creator_id on item for each row execute function index_item_head();
create trigger item_indexed after insert or update of head_version, initial on item for each row execute function index_item();
create trigger item_path_noted after insert or update of path, archived_at on item for each row when (((new.path is not null) and (new.archived_at is null))) execute function note_path();
create trigger item_references_due after insert or update of head_version on item for each row when ((new.head_version > 0)) execute function note_references();

-- What a deploy or a delete leaves to be done, in small steps, by whichever worker gets to it. follow: drafts without
-- changes go onto the head; keep: the owners of drafts get their texts. due_at moves on with whoever is at it; after: the
-- draft that was looked at last.
create table item_job (
  workspace_id id not null,
  item_id id not null,
  kind text not null,
  due_at timestamptz not null default clock_timestamp(),
  after text collate "C" not null default '',
  constraint item_job_pkey primary key (workspace_id, item_id, kind),
  constraint item_job_workspace_id_item_id_fkey foreign key (workspace_id, item_id) references item(workspace_id, id) on delete cascade,
  constraint item_job_kind_check check ((kind = any (array['follow', 'keep'])))
);
create index item_job_due on item_job using btree (workspace_id, due_at);

-- path: as the value names it, wherever that leads by now.
create table item_reference (
  workspace_id id not null,
  item_id id not null,
  n integer not null,                                  -- in the order of the value
  at text not null,                                    -- a pointer
  path text collate "C" not null,
  kinds text[] not null,                               -- that may stand there; none: any
  constraint item_reference_pkey primary key (workspace_id, item_id, n),
  constraint item_reference_workspace_id_item_id_fkey foreign key (workspace_id, item_id) references item(workspace_id, id) on delete cascade
);
create index item_reference_path on item_reference using btree (workspace_id, path, item_id);

-- One index holds the words of all workspaces: what it holds begins with a tag of the workspace, so that a search reads
-- nothing of another one. The places that rights are granted on stand there too, and are asked for with the words.
create table item_search (
  workspace_id id not null,
  item_id id not null,
  head tsvector not null,                              -- words of path and summary; where the item is
  body tsvector not null,                              -- words of the deployed value, or of the initial one
  constraint item_search_pkey primary key (workspace_id, item_id),
  constraint item_search_workspace_id_item_id_fkey foreign key (workspace_id, item_id) references item(workspace_id, id) on delete cascade
);
create index item_search_words on item_search using gin (((head || body))) with (gin_pending_list_limit='256');

create table kind (
  workspace_id id not null,
  name text collate "C" not null,
  revision integer not null,
  definition jsonb,                                    -- null: taken back, the server's own kind counts again
  changed_by id,                                       -- an actor
  changed_at timestamptz not null default clock_timestamp(),
  constraint kind_pkey primary key (workspace_id, name, revision),
  constraint kind_workspace_id_changed_by_fkey foreign key (workspace_id, changed_by) references actor(workspace_id, id),
  constraint kind_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade,
  constraint kind_revision_check check ((revision > 0))
);
create trigger a_kind_references_due after insert on kind for each row execute function note_kind_references();
create trigger kind_acl after insert on kind for each row execute function raise_acl_rev();

create table member (
  workspace_id id not null,
  id id not null,
  external_id text,                                    -- the platform's id: the token's subject
  username text not null,                              -- names the place u/<username>/
  name text not null,
  role text not null,
  removed_at timestamptz,
  created_at timestamptz not null default clock_timestamp(),
  tokens_before timestamptz,              -- tokens issued earlier count no more
  erased_at timestamptz,
  erased_subject bytea,                                -- keyed hash of the external id: older tokens bring nobody back
  constraint member_pkey primary key (workspace_id, id),
  constraint member_workspace_id_external_id_key unique (workspace_id, external_id),
  constraint member_workspace_id_username_key unique (workspace_id, username),
  constraint member_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade,
  constraint member_role_check check ((role = any (array['admin', 'editor', 'operator'])))
);
create index member_erased on member using btree (workspace_id, erased_subject) where (erased_subject is not null);
create constraint trigger member_acl after delete or update of role, removed_at, username, external_id, tokens_before on member deferrable initially deferred for each row execute function raise_acl_rev();

-- What an edit caused, until it becomes an event; and the events, numbered without gaps in commit order.
create table outbox (
  workspace_id id not null,
  id bigint not null generated always as identity,
  type text not null,
  actor_id id,
  item_id id,
  draft_id id,
  data jsonb not null default '{}'::jsonb,
  at timestamptz not null default clock_timestamp(),
  constraint outbox_pkey primary key (workspace_id, id)
);

-- Every path that an item had, and has. n: whose turn came later; no clock decides where an old link leads.
create table path_holder (
  workspace_id id not null,
  path text collate "C" not null,
  item_id id not null,
  n bigint not null generated always as identity,
  constraint path_holder_pkey primary key (workspace_id, path, item_id),
  constraint path_holder_workspace_id_item_id_fkey foreign key (workspace_id, item_id) references item(workspace_id, id) on delete cascade
);
create index path_holder_item on path_holder using btree (workspace_id, item_id);

create table reference_due (
  workspace_id id not null,
  item_id id not null,
  due_at timestamptz not null default clock_timestamp(),
  constraint reference_due_pkey primary key (workspace_id, item_id),
  constraint reference_due_workspace_id_item_id_fkey foreign key (workspace_id, item_id) references item(workspace_id, id) on delete cascade
);
create index reference_due_at on reference_due using btree (workspace_id, due_at);

-- What the server's own kinds called references when they were last looked at.
create table reference_rule (
  kind text not null,
  digest text not null,
  constraint reference_rule_pkey primary key (kind)
);

create table run (
  workspace_id id not null,
  id id not null,
  actor_id id not null,
  label text not null default '',
  model text,
  state text not null default 'running',
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  mode text not null default 'apply',
  seen_at timestamptz not null default clock_timestamp(), -- when its agent was last heard of, to some seconds
  events integer not null default 0,                   -- the number of its last event
  told integer not null default 0,
  constraint run_pkey primary key (workspace_id, id),
  constraint run_workspace_id_actor_id_fkey foreign key (workspace_id, actor_id) references actor(workspace_id, id),
  constraint run_mode_check check ((mode = any (array['apply', 'suggest']))),
  constraint run_state_check check ((state = any (array['running', 'paused', 'stopped', 'ended', 'lost'])))
);
create index run_alive on run using btree (workspace_id, seen_at) where (state = any (array['running', 'paused']));
create index run_over on run using btree (workspace_id, seen_at) where (state <> all (array['running', 'paused']));
create index run_started on run using btree (workspace_id, started_at desc, id desc);

-- What happens to a run, in its order; its agent reads it. Texts are what people tell the agent.
create table run_event (
  workspace_id id not null,
  run_id id not null,
  n integer not null,
  type text not null,
  at timestamptz not null default clock_timestamp(),
  actor_id id,
  text text,
  data jsonb not null default '{}'::jsonb,
  constraint run_event_pkey primary key (workspace_id, run_id, n),
  constraint run_event_workspace_id_run_id_fkey foreign key (workspace_id, run_id) references run(workspace_id, id) on delete cascade
);

create table run_kept (
  workspace_id id not null,
  run_id id not null,
  draft_id id not null,
  generation integer not null,
  hunk text collate "C" not null,                      -- its name: the first that the run did there
  upto bigint not null,                                -- the run's last batch in it; what it does there later is new
  actor_id id not null,
  at timestamptz not null default clock_timestamp(),
  constraint run_kept_pkey primary key (workspace_id, run_id, draft_id, generation, hunk),
  constraint run_kept_workspace_id_run_id_fkey foreign key (workspace_id, run_id) references run(workspace_id, id) on delete cascade
);

-- What a run has last read of a draft: its edits are made for that state unless they name another.
create table run_read (
  workspace_id id not null,
  run_id id not null,
  draft_id id not null,
  generation integer not null,
  seq bigint not null,
  constraint run_read_pkey primary key (workspace_id, run_id, draft_id),
  constraint run_read_workspace_id_run_id_fkey foreign key (workspace_id, run_id) references run(workspace_id, id) on delete cascade
);

create table schema_migration (
  number integer not null,
  name text not null,
  digest text not null,
  applied_at timestamptz not null default now(),
  runs_from integer,
  constraint schema_migration_pkey primary key (number)
);

create table secret (
  workspace_id id not null,
  id id not null,
  item_id id not null,                                 -- only documents of this item may name it
  user_id id not null,                                 -- a member: who set it, and may take it along into a fork
  actor_id id not null,
  key_id text collate "C" not null,                    -- of the key that encrypts it
  sealed bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  constraint secret_pkey primary key (workspace_id, id),
  constraint secret_workspace_id_item_id_fkey foreign key (workspace_id, item_id) references item(workspace_id, id) on delete cascade
);
create index secret_item on secret using btree (workspace_id, item_id, made_at);

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
  dismissed_at timestamptz,
  restored_at timestamptz,
  bytes integer,                                       -- of its texts as JSON; null: written before this migration
  constraint stash_pkey primary key (workspace_id, id)
);
create index stash_dismissed on stash using btree (workspace_id, dismissed_at) where (dismissed_at is not null);
create index stash_user on stash using btree (workspace_id, user_id, at desc, id);
create trigger stash_measured before insert or update of texts on stash for each row execute function measure_stash();

-- A text that an agent writes piece by piece. Where it goes on and how much of it is written follows from the draft's
-- log (the cause of its batches); the row holds what began it and how it ended. lane: which of the run's sessions writes.
create table stream (
  workspace_id id not null,
  id id not null,
  run_id id not null,
  item_id id not null,
  draft_id id not null,
  generation integer not null,
  address text not null,
  lane integer not null,
  seq bigint not null,                                 -- the state in which start and until count
  start integer not null,
  until integer not null,                              -- what lies between is replaced by the first piece
  state text not null default 'open',
  reason text,                                         -- the code of the problem that broke it
  units integer not null default 0,                    -- UTF-16 units written when it ended
  lease_s real not null,
  opened_at timestamptz not null default clock_timestamp(),
  seen_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  constraint stream_pkey primary key (workspace_id, id),
  constraint stream_workspace_id_run_id_fkey foreign key (workspace_id, run_id) references run(workspace_id, id) on delete cascade,
  constraint stream_state_check check ((state = any (array['open', 'closed', 'aborted', 'stopped', 'lost', 'broken'])))
);
create unique index stream_lane on stream using btree (workspace_id, run_id, draft_id, lane) where (state = 'open');
create index stream_open on stream using btree (workspace_id, seen_at) where (state = 'open');
create index stream_over on stream using btree (workspace_id, ended_at) where (state <> 'open');
create index stream_run on stream using btree (workspace_id, run_id);

-- What people decided about a hunk; seq: of the batch with which an accepted one came into the draft.
create table suggestion_decision (
  workspace_id id not null,
  draft_id id not null,                                -- the suggestion
  hunk text collate "C" not null,
  decision text not null,
  seq bigint,
  actor_id id not null,
  at timestamptz not null default clock_timestamp(),
  constraint suggestion_decision_pkey primary key (workspace_id, draft_id, hunk),
  constraint suggestion_decision_workspace_id_draft_id_fkey foreign key (workspace_id, draft_id) references draft(workspace_id, id) on delete cascade,
  constraint suggestion_decision_decision_check check ((decision = any (array['accepted', 'rejected'])))
);

create table target (
  workspace_id id not null,
  item_id id not null,
  name text not null default 'live',
  version integer not null,
  moved_at timestamptz not null default clock_timestamp(),
  constraint target_pkey primary key (workspace_id, item_id, name),
  constraint target_workspace_id_item_id_version_fkey foreign key (workspace_id, item_id, version) references version(workspace_id, item_id, number)
);

create table token_revocation (
  workspace_id id not null,
  jti text collate "C" not null,
  until timestamptz not null,             -- the token's expiry: then nobody asks any more
  made_at timestamptz not null default clock_timestamp(),
  constraint token_revocation_pkey primary key (workspace_id, jti),
  constraint token_revocation_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade
);
create constraint trigger token_revocation_acl after insert on token_revocation deferrable initially deferred for each row execute function raise_acl_rev();

-- A group holds users only; its members share the place g/<name>/.
create table user_group (
  workspace_id id not null,
  id id not null,
  external_id text,
  name text collate "C" not null,
  summary text not null default '',
  created_at timestamptz not null default clock_timestamp(),
  constraint user_group_pkey primary key (workspace_id, id),
  constraint user_group_workspace_id_external_id_key unique (workspace_id, external_id),
  constraint user_group_workspace_id_name_key unique (workspace_id, name),
  constraint user_group_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade
);
create constraint trigger user_group_acl after delete or update of name on user_group deferrable initially deferred for each row execute function raise_acl_rev();

create table version (
  workspace_id id not null,
  item_id id not null,
  number integer not null,
  hash text collate "C" not null,
  content_hash text collate "C" not null,
  author_id id not null,                               -- actors
  deployer_id id not null,
  message text not null default '',
  source_etag text,
  made_at timestamptz not null default clock_timestamp(),
  override_version integer,                            -- the head that was knowingly replaced without a merge
  redeploy_of integer,                                 -- the older version whose value this is
  run_id id,
  constraint version_pkey primary key (workspace_id, item_id, number),
  constraint version_workspace_id_hash_key unique (workspace_id, hash),
  constraint version_workspace_id_author_id_fkey foreign key (workspace_id, author_id) references actor(workspace_id, id),
  constraint version_workspace_id_content_hash_fkey foreign key (workspace_id, content_hash) references content(workspace_id, content_hash),
  constraint version_workspace_id_deployer_id_fkey foreign key (workspace_id, deployer_id) references actor(workspace_id, id),
  constraint version_workspace_id_item_id_fkey foreign key (workspace_id, item_id) references item(workspace_id, id),
  constraint version_number_check check ((number > 0))
);
create index version_of_run on version using btree (workspace_id, run_id) where (run_id is not null);

create table version_blame (
  workspace_id id not null,
  item_id id not null,
  number integer not null,                             -- 0: of the initial value, of a fork
  blame bytea not null,
  constraint version_blame_pkey primary key (workspace_id, item_id, number),
  constraint version_blame_workspace_id_item_id_fkey foreign key (workspace_id, item_id) references item(workspace_id, id) on delete cascade
);

create table version_share (
  workspace_id id not null,
  item_id id not null,
  number integer not null,
  shares jsonb not null,                               -- [[actor, run or null, UTF-16 units]], the largest first
  constraint version_share_pkey primary key (workspace_id, item_id, number),
  constraint version_share_workspace_id_item_id_fkey foreign key (workspace_id, item_id) references item(workspace_id, id) on delete cascade
);

create table webhook (
  workspace_id id not null,
  id id not null,
  owner_id id,                                         -- a member, whose rights decide what is sent; null: everything
  address text not null,
  types text[] not null default '{}'::text[],          -- patterns; none: every type
  description text not null default '',
  active boolean not null default true,
  cursor bigint not null,                              -- events up to here have become deliveries
  again_to bigint not null default 0,                  -- up to here they become deliveries a second time: a replay
  failing_since timestamptz,              -- since when no attempt has passed
  made_by id not null,                                 -- an actor
  made_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  constraint webhook_pkey primary key (workspace_id, id),
  constraint webhook_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade,
  constraint webhook_workspace_id_owner_id_fkey foreign key (workspace_id, owner_id) references member(workspace_id, id) on delete cascade
);
create index webhook_owner on webhook using btree (workspace_id, owner_id);

-- One event on its way to one webhook. What is under way has its next try behind the time that an attempt may take:
-- if the worker that sends it dies, another one finds it due.
create table webhook_delivery (
  workspace_id id not null,
  webhook_id id not null,
  number bigint not null,                              -- of the event
  type text not null,
  state text not null default 'waiting',
  begun_at timestamptz not null default clock_timestamp(),
  next_at timestamptz not null default clock_timestamp(),
  tries integer not null default 0,                    -- since it was begun, or begun again
  attempts jsonb not null default '[]'::jsonb,         -- [{at, status?, error?, duration_ms, worker}], the latest ones
  constraint webhook_delivery_pkey primary key (workspace_id, webhook_id, number),
  constraint webhook_delivery_workspace_id_webhook_id_fkey foreign key (workspace_id, webhook_id) references webhook(workspace_id, id) on delete cascade,
  constraint webhook_delivery_state_check check ((state = any (array['waiting', 'delivered', 'failed', 'withheld'])))
) with (fillfactor=70);
create index webhook_delivery_due on webhook_delivery using btree (workspace_id, webhook_id, next_at) where (state = 'waiting');

-- Signing keys, encrypted like secrets. While one is replaced both sign.
create table webhook_key (
  workspace_id id not null,
  webhook_id id not null,
  id id not null,
  key_id text collate "C" not null,                    -- of the key that encrypts it
  sealed bytea not null,
  made_at timestamptz not null default clock_timestamp(),
  ends_at timestamptz,                    -- null: the present one
  constraint webhook_key_pkey primary key (workspace_id, webhook_id, id),
  constraint webhook_key_workspace_id_webhook_id_fkey foreign key (workspace_id, webhook_id) references webhook(workspace_id, id) on delete cascade
);

create table worker_beat (
  worker text not null,
  at timestamptz not null,
  constraint worker_beat_pkey primary key (worker)
) with (fillfactor=50);

create table workspace (
  id id not null,
  external_id text,
  name text not null,
  path_rule text not null default 'windmill',    -- the grammar of paths, a name known to the server
  settings jsonb not null default '{}'::jsonb,
  created_at timestamptz not null default clock_timestamp(),
  identity jsonb not null default '{}'::jsonb,         -- issuer, audience, jwks_url, algorithms
  constraint workspace_pkey primary key (id),
  constraint workspace_external_id_key unique (external_id)
);
create constraint trigger workspace_acl after update of identity on workspace deferrable initially deferred for each row execute function raise_acl_rev_of_workspace();
create trigger workspace_begin after insert on workspace for each row execute function begin_workspace_clock();

-- acl_rev rises with everything that changes who may do what; event_seq numbers events without gaps, in commit order.
create table workspace_clock (
  workspace_id id not null,
  acl_rev bigint not null default 1,
  event_seq bigint not null default 0,
  constraint workspace_clock_pkey primary key (workspace_id),
  constraint workspace_clock_workspace_id_fkey foreign key (workspace_id) references workspace(id) on delete cascade
) with (fillfactor=50);

create or replace function begin_workspace_clock()
 returns trigger
 language plpgsql
 set search_path to 'draftwire'
as $function$
begin
  insert into workspace_clock (workspace_id) values (new.id);
  return null;
end $function$;

create or replace function index_item()
 returns trigger
 language plpgsql
 set search_path to 'draftwire'
as $function$
begin
  insert into item_search (workspace_id, item_id, head, body)
  values (new.workspace_id, new.id,
          search_head(new.workspace_id, new.id, new.path, new.summary, new.creator_id),
          search_body(new.workspace_id, item_value(new.workspace_id, new.id)))
  on conflict (workspace_id, item_id) do update set head = excluded.head, body = excluded.body;
  return null;
end $function$;

create or replace function index_item_head()
 returns trigger
 language plpgsql
 set search_path to 'draftwire'
as $function$
begin
  update item_search set head = search_head(new.workspace_id, new.id, new.path, new.summary, new.creator_id)
   where workspace_id = new.workspace_id and item_id = new.id;
  return null;
end $function$;

create or replace function item_value(workspace text, item text)
 returns jsonb
 language sql
 stable
 set search_path to 'draftwire'
as $function$
  select coalesce(c.value, i.initial)
    from item i
    left join version v on v.workspace_id = i.workspace_id and v.item_id = i.id and v.number = i.head_version
    left join content c on c.workspace_id = v.workspace_id and c.content_hash = v.content_hash
   where i.workspace_id = workspace and i.id = item
$function$;

create or replace function measure_stash()
 returns trigger
 language plpgsql
 set search_path to 'draftwire'
as $function$
begin
  new.bytes := octet_length(new.texts::text);
  return new;
end $function$;

create or replace function note_kind_references()
 returns trigger
 language plpgsql
 set search_path to 'draftwire'
as $function$
begin
  insert into reference_due (workspace_id, item_id)
  select i.workspace_id, i.id from item i
   where i.workspace_id = new.workspace_id and i.kind = new.name and i.head_version > 0
  on conflict (workspace_id, item_id) do update set due_at = excluded.due_at;
  return null;
end $function$;

create or replace function note_path()
 returns trigger
 language plpgsql
 set search_path to 'draftwire'
as $function$
begin
  insert into path_holder (workspace_id, path, item_id) values (new.workspace_id, new.path, new.id)
  on conflict (workspace_id, path, item_id) do update set n = excluded.n;
  return null;
end $function$;

create or replace function note_references()
 returns trigger
 language plpgsql
 set search_path to 'draftwire'
as $function$
begin
  insert into reference_due (workspace_id, item_id) values (new.workspace_id, new.id)
  on conflict (workspace_id, item_id) do update set due_at = excluded.due_at;
  return null;
end $function$;

create or replace function raise_acl_rev()
 returns trigger
 language plpgsql
 set search_path to 'draftwire'
as $function$
declare
  changed text := coalesce(new.workspace_id, old.workspace_id);
begin
  if current_setting('acl_raised', true) is distinct from changed then
    update workspace_clock set acl_rev = acl_rev + 1 where workspace_id = changed;
    perform set_config('acl_raised', changed, true);
  end if;
  return null;
end $function$;

create or replace function raise_acl_rev_of_workspace()
 returns trigger
 language plpgsql
 set search_path to 'draftwire'
as $function$
begin
  update workspace_clock set acl_rev = acl_rev + 1 where workspace_id = new.id;
  return null;
end $function$;

create or replace function search_body(workspace text, value jsonb)
 returns tsvector
 language plpgsql
 immutable parallel safe
 set search_path to 'draftwire'
as $function$
declare
  tag text := search_tag(workspace);
begin
  return array_to_tsvector(array(
    select tag || ':' || word
      from search_words((select left(string_agg(left(t.leaf #>> '{}', 150000), ' ' order by t.n), 150000)
                           from jsonb_path_query(value, 'strict $.** ? (@.type() == "string")')
                                with ordinality as t(leaf, n))) as word));
exception when others then
  return ''::tsvector;
end $function$;

create or replace function search_head(workspace text, item text, path text, summary text, creator text)
 returns tsvector
 language plpgsql
 immutable parallel safe
 set search_path to 'draftwire'
as $function$
declare
  tag text := search_tag(workspace);
begin
  return array_to_tsvector(array(
    select tag || ':' || word from search_words(coalesce(path, '') || ' ' || summary) as word
    union select tag || '#' || item
    union select tag || '@' || creator where path is null
    union select tag || '/' || path where path is not null
    union select tag || '/' || array_to_string((string_to_array(path, '/'))[1:n], '/') || '/'
            from generate_series(1, coalesce(array_length(string_to_array(path, '/'), 1), 0) - 1) as n));
exception when others then
  return array_to_tsvector(array[tag || '#' || item]);
end $function$;

create or replace function search_tag(workspace text)
 returns text
 language sql
 immutable parallel safe
 set search_path to 'draftwire'
as $function$
  select left(encode(sha256(convert_to(workspace, 'UTF8')), 'hex'), 6)
$function$;

create or replace function search_words(written text)
 returns setof text
 language sql
 immutable parallel safe
 set search_path to 'draftwire'
as $function$
  select distinct left(word, 48)
    from unnest(string_to_array(translate(lower(written),
           E'\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f'
           || E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\u00a0«»·–—‘’“”„…\u3000、。，！？：；（）「」',
           repeat(' ', 88)), ' ')) as word
   where word <> ''
$function$;

create or replace function suggestions_follow()
 returns trigger
 language plpgsql
 set search_path to 'draftwire'
as $function$
begin
  update draft set visibility = new.visibility, guests = new.guests, owner_id = new.owner_id
   where workspace_id = new.workspace_id and for_draft = new.id and purpose = 'suggestion';
  return null;
end $function$;
