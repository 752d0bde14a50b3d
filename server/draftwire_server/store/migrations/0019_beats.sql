-- A row that each worker writes every two seconds: that Postgres can be written is proved by writing.
-- The functions of triggers find our tables whatever a session's search path is: behind a pooler it may be another's.
-- The previous release can run with this: it knows nothing of the table, and sets the search path itself.
-- runs-from: 0018

create table worker_beat (
  worker text primary key,
  at timestamptz not null
) with (fillfactor = 50);

do $$
declare f regprocedure;
begin
  for f in select p.oid::regprocedure from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname = current_schema() and p.prokind = 'f'
  loop
    execute format('alter function %s set search_path from current', f);
  end loop;
end $$;
