-- The id of this installation, in front of every key and channel in Redis, which several may share. Never exported or
-- imported. A copy of the database has it too: what else goes in front is in store/installation.py.
-- The previous release can run with this: it does not look.
-- runs-from: 0018

create table installation (
  one boolean primary key default true check (one),
  id text collate "C" not null
);

insert into installation (id) values (translate(gen_random_uuid()::text, '-', ''));
