-- Where the text of a draft came from, questions to a draft's owner, and what became of texts and alerts.
-- The previous release can run with this: it neither reads nor writes what is new here.

-- What a draft has taken from another one, up to which state of that; of one generation of the draft.
create table draft_adoption (
  workspace_id id not null,
  draft_id id not null,
  generation integer not null,
  source_id id not null,
  source_etag text collate "C" not null,
  actor_id id not null,
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, draft_id, generation, source_id),
  foreign key (workspace_id, draft_id) references draft (workspace_id, id) on delete cascade,
  foreign key (workspace_id, source_id) references draft (workspace_id, id) on delete cascade
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
  may text not null check (may in ('look', 'type')),
  agents boolean not null,
  note text not null default '',
  state text not null default 'open' check (state in ('open', 'granted', 'declined', 'withdrawn', 'expired')),
  asked_at timestamptz not null default clock_timestamp(),
  expires_at timestamptz not null,
  answered_at timestamptz,
  primary key (workspace_id, id),
  foreign key (workspace_id, draft_id) references draft (workspace_id, id) on delete cascade,
  foreign key (workspace_id, owner_id) references member (workspace_id, id),
  foreign key (workspace_id, user_id) references member (workspace_id, id)
);
create unique index draft_ask_open on draft_ask (workspace_id, draft_id, user_id) where state = 'open';
create index draft_ask_owner on draft_ask (workspace_id, owner_id, asked_at);
create index draft_ask_user on draft_ask (workspace_id, user_id, asked_at);

alter table stash add column dismissed_at timestamptz, add column restored_at timestamptz;
drop index stash_user;
create index stash_user on stash (workspace_id, user_id, at desc, id);

alter table alert add column resolution text, add column resolver_id id;  -- an actor
create index alert_draft on alert (workspace_id, draft_id, opened_at desc, id);
create index alert_item on alert (workspace_id, item_id, opened_at desc, id);
create index alert_at on alert (workspace_id, opened_at desc, id);
