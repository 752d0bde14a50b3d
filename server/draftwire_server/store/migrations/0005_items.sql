-- Lists of items in the order of paths, of kinds and of changes; and the words by which items are found.
-- The previous release can run with it: it knows neither the indexes nor the table, and triggers fill the table.

create index item_by_path on item (workspace_id, path, id);
create index item_by_kind on item (workspace_id, kind, path, id);
create index item_by_change on item (workspace_id, changed_at, id);
create index item_without_path on item (workspace_id, creator_id, id) where path is null;
create index draft_of_owner on draft (workspace_id, owner_id) where purpose = 'own';

-- One index holds the words of all workspaces: what it holds begins with a tag of the workspace, so that a search reads
-- nothing of another one. The places that rights are granted on stand there too, and are asked for with the words.
create table item_search (
  workspace_id id not null,
  item_id id not null,
  head tsvector not null,                              -- words of path and summary; where the item is
  body tsvector not null,                              -- words of the deployed value, or of the initial one
  primary key (workspace_id, item_id),
  foreign key (workspace_id, item_id) references item (workspace_id, id) on delete cascade
);
-- A short list of what is not in the index yet: else one write in some hundred waits for half a second.
create index item_search_words on item_search using gin ((head || body)) with (gin_pending_list_limit = 256);

create function search_tag(workspace text) returns text language sql immutable parallel safe as $$
  select left(encode(sha256(convert_to(workspace, 'UTF8')), 'hex'), 6)
$$;

-- Words are what stands between ASCII characters that are neither letter nor digit, and some others; no locale decides.
create function search_words(written text) returns setof text language sql immutable parallel safe as $$
  select distinct left(word, 48)
    from unnest(string_to_array(translate(lower(written),
           E'\x01\x02\x03\x04\x05\x06\x07\x08\t\n\x0b\x0c\r\x0e\x0f\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f'
           || E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\u00a0«»·–—‘’“”„…\u3000、。，！？：；（）「」',
           repeat(' ', 88)), ' ')) as word
   where word <> ''
$$;

-- An item must never be refused because of search: what can't be indexed is left out.
create function search_head(workspace text, item text, path text, summary text, creator text) returns tsvector
language plpgsql immutable parallel safe as $$
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
end $$;

-- The first 150,000 characters of text: their words stay below the 1 MB that a tsvector may have.
create function search_body(workspace text, value jsonb) returns tsvector
language plpgsql immutable parallel safe as $$
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
end $$;

create function item_value(workspace text, item text) returns jsonb language sql stable as $$
  select coalesce(c.value, i.initial)
    from item i
    left join version v on v.workspace_id = i.workspace_id and v.item_id = i.id and v.number = i.head_version
    left join content c on c.workspace_id = v.workspace_id and c.content_hash = v.content_hash
   where i.workspace_id = workspace and i.id = item
$$;

create function index_item() returns trigger language plpgsql as $$
begin
  insert into item_search (workspace_id, item_id, head, body)
  values (new.workspace_id, new.id,
          search_head(new.workspace_id, new.id, new.path, new.summary, new.creator_id),
          search_body(new.workspace_id, item_value(new.workspace_id, new.id)))
  on conflict (workspace_id, item_id) do update set head = excluded.head, body = excluded.body;
  return null;
end $$;

create function index_item_head() returns trigger language plpgsql as $$
begin
  update item_search set head = search_head(new.workspace_id, new.id, new.path, new.summary, new.creator_id)
   where workspace_id = new.workspace_id and item_id = new.id;
  return null;
end $$;

create trigger item_indexed after insert or update of head_version, initial on item
  for each row execute function index_item();
create trigger item_head_indexed after update of path, summary, creator_id on item
  for each row execute function index_item_head();

insert into item_search (workspace_id, item_id, head, body)
select i.workspace_id, i.id, search_head(i.workspace_id, i.id, i.path, i.summary, i.creator_id),
       search_body(i.workspace_id, item_value(i.workspace_id, i.id))
  from item i;
