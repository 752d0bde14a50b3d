"""What writes leave beside the log: the stash, discarded generations, adoptions, answers kept."""
