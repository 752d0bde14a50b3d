-- Suggestions: a draft of purpose "suggestion" is written by a run, for another draft, on a state of that. Who may read
-- that draft may read it: owner, visibility and guests are the same, by a trigger, so that nobody forgets.
-- The previous release can run with this: it begins no suggestions, and shows one to fewer people than this one does.

alter table draft drop constraint draft_check;
alter table draft add constraint draft_owner check (purpose = 'suggestion' or (purpose = 'shared') = (owner_id is null));
alter table draft
  add column run_id id,                                -- of a suggestion: the run that writes it
  add column for_draft id,                             -- the draft that it is for
  add column for_generation int,
  add column for_seq bigint;                           -- the state of that on which it began
create unique index draft_suggestion on draft (workspace_id, for_draft, run_id) where purpose = 'suggestion';

create function suggestions_follow() returns trigger language plpgsql as $$
begin
  update draft set visibility = new.visibility, guests = new.guests, owner_id = new.owner_id
   where workspace_id = new.workspace_id and for_draft = new.id and purpose = 'suggestion';
  return null;
end $$;
create trigger draft_suggestions after insert or update of visibility, guests, owner_id on draft
  for each row when (new.purpose <> 'suggestion') execute function suggestions_follow();

-- What people decided about a hunk; seq: of the batch with which an accepted one came into the draft.
create table suggestion_decision (
  workspace_id id not null,
  draft_id id not null,                                -- the suggestion
  hunk text collate "C" not null,
  decision text not null check (decision in ('accepted', 'rejected')),
  seq bigint,
  actor_id id not null,
  at timestamptz not null default clock_timestamp(),
  primary key (workspace_id, draft_id, hunk),
  foreign key (workspace_id, draft_id) references draft (workspace_id, id) on delete cascade
);
