-- Indexes that can't be taken for the primary key. While a table is small, or was when a statement was prepared, one
-- that begins with the key's first columns looks as good as the key: the last batches of a log were then found by
-- reading all of it, 40-230 ms at 8,000 batches. Where the distinguishing column leads, the key alone fits.
-- The previous release can run with this: it names no index.

create unique index draft_op_no on draft_op (w, draft_id, workspace_id, op_no);
alter table draft_op drop constraint draft_op_workspace_id_draft_id_w_op_no_key;

create index draft_of_item on draft (item_id, workspace_id);
drop index draft_item;
