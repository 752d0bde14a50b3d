-- A table of no rows: a transaction that is taken back gives it a new file and a page. A disk that is full still takes
-- what fits into pages that are there, as a beat does, and nothing that people write.
-- The previous release can run with this: it knows nothing of the table.
-- runs-from: 0018

create table disk_room (page smallint primary key);
