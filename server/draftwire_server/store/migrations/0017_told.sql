-- Up to which event a run's agent was told what happened to it, for agents that keep nothing between two requests.
-- The previous release can run with this: it neither reads nor writes what is new here.

alter table run add column told int not null default 0;
