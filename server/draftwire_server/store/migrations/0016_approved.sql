-- Who accepted what a run suggested: the approver of a session's batches, whose author stays the agent.
-- The previous release can run with this: it neither reads nor writes what is new here.

alter table draft_writer add column approved_by id;
