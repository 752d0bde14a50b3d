-- In which run an agent deployed a version.
-- The previous release can run with this: it neither reads nor writes what is new here.

alter table version add column run_id id;
