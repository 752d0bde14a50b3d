-- What an item was called is found by the item; and whoever changes a kind takes the rows of what is to be looked through
-- before the workspace's clock, in which order a deploy takes them: else the two wait for each other.
-- The previous release can run with this: it names neither the index nor the trigger.
-- runs-from: 0018

create index path_holder_item on path_holder (workspace_id, item_id);

-- Triggers fire in the order of their names: before `kind_acl`.
alter trigger kind_references_due on kind rename to a_kind_references_due;
