-- Groups, folders, grants to groups, API keys, revoked tokens, identity per workspace.
-- The previous release can run with it: it knows no groups, folders and keys, and so grants less, never more. Tokens that
-- were revoked are refused by workers of this release only.

alter table workspace add column identity jsonb not null default '{}';   -- issuer, audience, jwks_url, algorithms

alter table member
  add column tokens_before timestamptz,                -- tokens issued earlier count no more
  add column erased_at timestamptz,
  add column erased_subject bytea;                     -- keyed hash of the external id: older tokens bring nobody back
create index member_erased on member (workspace_id, erased_subject) where erased_subject is not null;

-- A group holds users only; its members share the place g/<name>/.
create table user_group (
  workspace_id id not null references workspace (id) on delete cascade,
  id id not null,
  external_id text,
  name text collate "C" not null,
  summary text not null default '',
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  unique (workspace_id, name)
);

create table group_member (
  workspace_id id not null,
  group_id id not null,
  user_id id not null,
  primary key (workspace_id, group_id, user_id),
  foreign key (workspace_id, group_id) references user_group (workspace_id, id) on delete cascade,
  foreign key (workspace_id, user_id) references member (workspace_id, id) on delete cascade
);
create index group_member_user on group_member (workspace_id, user_id);

-- A folder gives the place f/<name>/ its people.
create table folder (
  workspace_id id not null references workspace (id) on delete cascade,
  id id not null,
  external_id text,
  name text collate "C" not null,
  summary text not null default '',
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, external_id),
  unique (workspace_id, name)
);

create table folder_role (
  workspace_id id not null,
  id id not null,
  folder_id id not null,
  user_id id,
  group_id id,
  role text not null check (role in ('owner', 'writer', 'reader')),
  primary key (workspace_id, id),
  unique (workspace_id, folder_id, user_id),
  unique (workspace_id, folder_id, group_id),
  foreign key (workspace_id, folder_id) references folder (workspace_id, id) on delete cascade,
  foreign key (workspace_id, user_id) references member (workspace_id, id) on delete cascade,
  foreign key (workspace_id, group_id) references user_group (workspace_id, id) on delete cascade,
  check (num_nonnulls(user_id, group_id) = 1)
);
create index folder_role_user on folder_role (workspace_id, user_id);
create index folder_role_group on folder_role (workspace_id, group_id);

alter table access_grant
  alter column user_id drop not null,
  add column group_id id,
  add column granted_by id,                            -- an actor
  add foreign key (workspace_id, group_id) references user_group (workspace_id, id) on delete cascade,
  add check (num_nonnulls(user_id, group_id) = 1);
create index access_grant_group on access_grant (workspace_id, group_id);
create index access_grant_item on access_grant (workspace_id, item_id);

-- Of a key only the hash is kept. Names are never used twice: history names keys.
create table api_key (
  workspace_id id not null,
  id id not null,
  name text not null,
  hash bytea not null,
  hint text not null,                                  -- the last characters, to tell keys apart
  user_id id not null,                                 -- whose key it is, and for whom it acts unless it says otherwise
  act_for text[] not null default '{}',                -- users (ids) for whom it may act beside
  act_for_any boolean not null default false,
  may text[] not null,
  prefixes text[],                                     -- null with items null: everywhere
  items text[],
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz,
  made_by id,                                          -- an actor
  created_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, id),
  unique (workspace_id, hash),
  unique (workspace_id, name),
  foreign key (workspace_id, user_id) references member (workspace_id, id) on delete cascade,
  check (may <@ array['see', 'read_drafts', 'write', 'join', 'deploy', 'run', 'admin'])
);
create index api_key_user on api_key (workspace_id, user_id);

create table token_revocation (
  workspace_id id not null references workspace (id) on delete cascade,
  jti text collate "C" not null,
  until timestamptz not null,                          -- the token's expiry: then nobody asks any more
  made_at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, jti)
);

-- Rights are raised once in a transaction, at its very end: however many rows a change touches, the clock's row moves
-- once, and it is always the last one that a transaction locks.
create or replace function raise_acl_rev() returns trigger language plpgsql as $$
declare
  changed text := coalesce(new.workspace_id, old.workspace_id);
begin
  if current_setting('draftwire.acl_raised', true) is distinct from changed then
    update workspace_clock set acl_rev = acl_rev + 1 where workspace_id = changed;
    perform set_config('draftwire.acl_raised', changed, true);
  end if;
  return null;
end $$;

create function raise_acl_rev_of_workspace() returns trigger language plpgsql as $$
begin
  update workspace_clock set acl_rev = acl_rev + 1 where workspace_id = new.id;
  return null;
end $$;

drop trigger member_acl on member;
drop trigger access_grant_acl on access_grant;
drop trigger item_acl on item;
drop trigger draft_acl on draft;

-- A new member changes nobody else's rights: a thousand first sign-ins wake nobody.
create constraint trigger member_acl
  after delete or update of role, removed_at, username, external_id, tokens_before on member
  deferrable initially deferred for each row execute function raise_acl_rev();
create constraint trigger access_grant_acl after insert or delete or update on access_grant
  deferrable initially deferred for each row execute function raise_acl_rev();
create constraint trigger item_acl after delete or update of path, creator_id, archived_at on item
  deferrable initially deferred for each row execute function raise_acl_rev();
create constraint trigger draft_acl after delete or update of visibility, guests, owner_id on draft
  deferrable initially deferred for each row execute function raise_acl_rev();
create constraint trigger user_group_acl after delete or update of name on user_group
  deferrable initially deferred for each row execute function raise_acl_rev();
create constraint trigger group_member_acl after insert or delete or update on group_member
  deferrable initially deferred for each row execute function raise_acl_rev();
create constraint trigger folder_acl after delete or update of name on folder
  deferrable initially deferred for each row execute function raise_acl_rev();
create constraint trigger folder_role_acl after insert or delete or update on folder_role
  deferrable initially deferred for each row execute function raise_acl_rev();
create constraint trigger api_key_acl
  after delete or update of user_id, act_for, act_for_any, may, prefixes, items, expires_at, revoked_at on api_key
  deferrable initially deferred for each row execute function raise_acl_rev();
create constraint trigger token_revocation_acl after insert on token_revocation
  deferrable initially deferred for each row execute function raise_acl_rev();
create constraint trigger workspace_acl after update of identity on workspace
  deferrable initially deferred for each row execute function raise_acl_rev_of_workspace();
