-- Acts that an import says somebody did are an actor's of their own: of that user or agent, and of who imported them. The
-- importer's id stands in the label, behind a character that no label has, so that what finds actors by their labels
-- (also in the previous release, which shows them without the mark) never finds these.
-- The previous release can run with this.
-- runs-from: 0018

alter table actor
  add column importer_id id generated always as (nullif(split_part(label, E'\x1f', 2), '')) stored;
