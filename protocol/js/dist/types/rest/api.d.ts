import type { JsonObject } from "../document/ops.js";
import type { AskInfo, Diagnostics, Item } from "../wire/messages.js";
import type { Options } from "./options.js";
import type { Activity, ActivityQuery, Adoption, AlertChoice, AlertInfo, AlertPage, AlertQuery, AlertResolved, AppendToStream, AskQuery, Asks, At, Attend, Attending, BlameQuery, BlameVersionQuery, BringBack, Bringing, Brought, ChangeResults, ChangedFolder, ChangedGroup, ChangedItem, ChangedMember, ChangedSettings, ChangedWebhook, Changes, ChangesQuery, CloseStream, Deciding, DeletedPage, DeletedQuery, Delivery, DeliveryPage, DeliveryQuery, Deploy, DeployMany, Deployed, DeployedMany, DeployedQuery, DeployedSecrets, DeployedValue, DiffQuery, Directory, DirectoryResult, Discard, DiscardMany, Discarded, DiscardedMany, Done, DraftBlame, DraftChanges, DraftListQuery, DraftLog, DraftPage, DraftPatch, DraftQuery, DraftState, Edited, Erased, EventPage, EventQuery, Everywhere, ExportPage, ExportQuery, Folder, FolderList, FolderPerson, Fork, Forked, Grant, GrantList, GrantQuery, Granted, Group, GroupList, GroupMembers, GuestInfo, Here, HistoryPage, HistoryQuery, Identity, IdentitySettings, ImportRecords, Imported, Invitation, ItemDeleted, ItemDiff, ItemPage, ItemPut, ItemQuery, ItemState, Keep, Kept, Key, KeyList, KindChange, KindInfo, KindList, KindQuery, LogQuery, LookQuery, Looked, LookedAt, MadeKey, MadeSecret, MadeWebhook, Me, Member, MemberPage, MemberQuery, NamedDraft, NamedState, NamedStates, NewAsk, NewFolder, NewGrant, NewGroup, NewItem, NewKey, NewMember, NewRun, NewSecret, NewStateName, NewStream, NewWebhook, Origin, PastState, PatchOp, PathQuery, PlacedSecret, PutItem, Read, ReadAnswer, Rebase, Rebased, Redeploy, RenamedState, Replay, Replayed, Restore, Restored, Restoring, Revert, Revoked, RevokedToken, Rotate, Run, RunChanges, RunChosen, RunEventPage, RunEventQuery, RunHeard, RunNote, RunNoted, RunPage, RunQuery, RunUndone, RunWord, Saved, Search, SearchAnswer, SecretList, SetSecret, Sharing, SignOut, SignedOut, StashEntry, StashPage, StashQuery, StashSides, StateQuery, Stream, Suggestion, SuggestionDecided, SuggestionPage, SyncItems, SyncResult, Tested, Together, ToolEdits, Unarchive, Undelete, UsedBy, UsedByQuery, Version, VersionPage, VersionQuery, Visible, Webhook, WebhookList, WholeDraft, WorkspaceSettings, WriterCounts } from "./types.js";
export interface WithIfMatch {
    /** The etag that the change was made from. Weak etags are accepted. */
    readonly ifMatch: string;
}
export interface WithOverride {
    /** The current etag, to replace that state without a merge. */
    readonly override?: string;
}
export interface WithSession {
    /** The writer's session; tells two tabs of one user apart. */
    readonly session?: string;
}
export interface WithIdempotencyKey {
    /** A random key. For 24 h, a retry with the same key returns the first answer. */
    readonly idempotencyKey?: string;
}
export interface WithMerge {
    /** False: refuse a stale save (409) instead of merging it. */
    readonly merge?: boolean;
}
export interface ServerApi {
    /**
     * Get the current user.
     *
     * Returns the actor behind the token or key, the workspace, and the rights that the token or key leaves.
     *
     * Who may: everyone with a valid token or API key.
     */
    me(options?: Options): Promise<Me>;
}
export interface ItemsApi {
    /**
     * List and search items.
     *
     * Returns items by path, by time of change, or, with `q`, the items that contain all words, best match first.
     *
     * `path` looks up a single path. A word matches from its beginning, in the path, the summary and the strings of
     * the deployed value. Matches in path and summary rank first. `hits` shows where each item matches.
     *
     * Who may: every member, for the items they can see.
     *
     * Throws `bad_cursor`, `unknown_kind`, `too_many`.
     */
    list(options?: ItemQuery & Options): Promise<ItemPage>;
    /**
     * Create an item.
     *
     * Creates an item and returns its address in `Location`. An item without a path belongs to its creator;
     * operators can't create one.
     *
     * Who may: everyone with write access at the path; workspace admins, if you give an `external_id`.
     *
     * Throws `forbidden`, `bad_path`, `taken`, `unknown_kind`, `plain_secret`, `unknown_secret`, `duplicate_id`,
     * `bad_id`.
     */
    create(body: NewItem, options?: Options): Promise<Item>;
    /**
     * Get an item.
     *
     * Returns the item with its deployed value, your own draft, the drafts you may know about, and the people present.
     *
     * Everything except `here` reflects one moment, that of event number `event`. `include` limits what is
     * returned.
     *
     * Who may: everyone who can see the item.
     */
    get(item: string, options?: LookQuery & Options): Promise<ItemState>;
    /**
     * Create or update an item by your external id.
     *
     * Creates the item, or sets its path and summary to what you send. Returns 201 if the item was created.
     * Idempotent.
     *
     * The address names the item by `ext:` and your platform's own id. `value` is the initial value of a new item.
     * The value of an existing item changes only by deploys; the answer says what happened to the one you sent.
     *
     * Who may: workspace admins, to create; everyone with write access to the item, to update.
     *
     * Throws `forbidden`, `bad_path`, `taken`, `unknown_kind`, `plain_secret`, `unknown_secret`, `duplicate_id`,
     * `bad_id`, `kind_differs`.
     */
    put(item: string, body: PutItem, options?: Options): Promise<ItemPut>;
    /**
     * Change an item.
     *
     * Changes an item's path, summary or external id. Only workspace admins may change external ids.
     *
     * A move changes who can see the item, at once: people with access at the new path follow it, all others lose it.
     *
     * Who may: everyone with write access to the item, for a move also at the new path.
     *
     * Throws `forbidden`, `bad_path`, `taken`.
     */
    change(item: string, body?: ChangedItem, options?: Options): Promise<Item>;
    /**
     * Create or update many items.
     *
     * Creates or updates each item as `PUT items/{item}` does, in order and independently. Returns one result per
     * item.
     *
     * If an item needs a path that another item in the request gives up, it waits for that. A chain of moves succeeds
     * in any order.
     *
     * Who may: as for each single item.
     *
     * Throws `too_many`.
     */
    sync(body: SyncItems, options?: Options): Promise<SyncResult>;
    /**
     * List the items that use an item.
     *
     * Returns the items whose live versions refer to this one, with the places where they do. Only items you can see
     * are listed.
     *
     * A reference is the item's path, or a path it has moved away from. Archived items and drafts don't count.
     *
     * Who may: everyone who can see the item.
     *
     * Throws `bad_cursor`.
     */
    usedBy(item: string, options?: UsedByQuery & Options): Promise<UsedBy>;
    /**
     * Look up a path.
     *
     * Returns the item at a path. If the item has moved and you can see it at its new path, returns 307 to that path,
     * with the new path in the body.
     *
     * If another item has taken the path since, the path leads to that item. Items you may not see behave as if they
     * did not exist.
     *
     * Who may: everyone who can see the item.
     */
    at(options: PathQuery & Options): Promise<At>;
    /**
     * Archive an item.
     *
     * Removes the item from its path and from lists. Its drafts can no longer be edited or deployed. Its versions can
     * still be read by hash. Idempotent.
     *
     * Who may: everyone with write access to the item.
     *
     * Throws `forbidden`.
     */
    archive(item: string, options?: Options): Promise<Item>;
    /**
     * Unarchive an item.
     *
     * Puts the item back at its old path, or at the path you name, with all drafts as they were. Idempotent.
     *
     * Who may: everyone with write access to the item, for another path also there.
     *
     * Throws `forbidden`, `bad_path`, `taken`.
     */
    unarchive(item: string, body?: Unarchive, options?: Options): Promise<Item>;
    /**
     * Delete an item.
     *
     * Deletes the item with all its drafts, for everyone. It can be restored for 30 days. Idempotent.
     *
     * The owners of its drafts are notified and find their text in their stash. Items that refer to it don't prevent
     * the deletion; `used_by` counts them.
     *
     * Who may: everyone with write access to the item.
     *
     * Throws `forbidden`.
     */
    delete(item: string, options?: Options): Promise<ItemDeleted>;
    /**
     * Restore a deleted item.
     *
     * Restores the item with all its drafts, alerts and names. If another item now has its path or external id, name a
     * different one. Only workspace admins may set an external id. Idempotent.
     *
     * Who may: its creator and the one who deleted it, with write access there; admins of its path.
     *
     * Throws `forbidden`, `bad_path`, `taken`.
     */
    undelete(item: string, body?: Undelete, options?: Options): Promise<Item>;
    /**
     * List deleted items.
     *
     * Returns the deleted items that you can restore: those you created or deleted and have write access to, and all
     * items in places you administer.
     *
     * Who may: every member, for the items they can restore.
     *
     * Throws `bad_cursor`.
     */
    deleted(options?: DeletedQuery & Options): Promise<DeletedPage>;
    /**
     * Compare two values of an item.
     *
     * Returns the differences between any two of these: your draft, another person's draft, the shared draft, the
     * deployed value, a version, a past state.
     *
     * Access is checked for each value separately.
     *
     * Who may: everyone who can read both values.
     *
     * Throws `bad_etag`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`, `too_large`, `mode_forbids`,
     * `duplicate_id`, `bad_id`.
     */
    diff(item: string, options?: DiffQuery & Options): Promise<ItemDiff>;
}
export interface KindsApi {
    /**
     * List kinds.
     *
     * Returns all kinds of the workspace by name, without their definitions.
     *
     * Who may: every member.
     */
    list(options?: Options): Promise<KindList>;
    /**
     * Get a kind.
     *
     * Returns one kind with its full definition, in the form that `PUT` accepts.
     *
     * Who may: every member.
     */
    get(kind: string, options?: Options): Promise<KindInfo>;
    /**
     * Define or change a kind.
     *
     * Creates a kind or changes it, without a restart. Open drafts that no longer fit stay open and show what is
     * wrong.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `bad_kind`, `kind_changed`, `too_many`, `too_large`, `too_much_work`.
     */
    put(kind: string, body: JsonObject, options?: KindQuery & Options): Promise<KindChange>;
    /**
     * Remove a kind.
     *
     * Removes the workspace's definition. If the server has a kind of that name, that one applies again; otherwise no
     * item may be of the kind (`kind_in_use`).
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `kind_changed`, `kind_in_use`.
     */
    remove(kind: string, options?: KindQuery & Options): Promise<KindChange>;
}
export interface DraftsApi {
    /**
     * List drafts.
     *
     * Returns drafts that have changes. Of drafts you can't read it shows only owner and age.
     *
     * Who may: every member except operators, for items they can see.
     *
     * Throws `bad_cursor`, `unknown_kind`, `too_many`.
     */
    list(options?: DraftListQuery & Options): Promise<DraftPage>;
    /**
     * List what prevents a deploy.
     *
     * Returns violations of the kind's schema and references that lead nowhere. They prevent a deploy, never editing.
     *
     * Who may: everyone who can read the draft.
     */
    diagnostics(draft: string, options?: NamedDraft & Options): Promise<Diagnostics>;
    /**
     * Get an item's draft.
     *
     * Returns the draft that an editor would open, or the own or shared one if you name it. Returns 304 if you already
     * have this state.
     *
     * Who may: everyone who can read the draft.
     */
    ofItem(item: string, options?: DraftQuery & Options): Promise<DraftState>;
    /**
     * Get a draft.
     *
     * Returns the draft with its etag. Returns 304 if you already have this state.
     *
     * Who may: everyone who can read the draft.
     */
    get(draft: string, options?: NamedDraft & Options): Promise<DraftState>;
    /**
     * Save an item's whole draft.
     *
     * Does the same as `PUT drafts/{draft}`, for the draft that an editor would open or the one you name.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `precondition_required`, `bad_etag`, `stale`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`,
     * `override_moved`, `session_is_live`, `idempotency_reused`, `read_only`, `too_large`, `plain_secret`,
     * `unknown_secret`, `duplicate_id`, `bad_id`.
     */
    saveOfItem(item: string, body: WholeDraft, options: DraftQuery & WithIfMatch & WithOverride & WithSession & WithIdempotencyKey & WithMerge & Options): Promise<Saved>;
    /**
     * Save a whole draft.
     *
     * Saves the whole document. Returns the new etag, and also the merged value if changes by others were merged in.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `precondition_required`, `bad_etag`, `stale`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`,
     * `override_moved`, `session_is_live`, `idempotency_reused`, `read_only`, `too_large`, `plain_secret`,
     * `unknown_secret`, `duplicate_id`, `bad_id`.
     */
    save(draft: string, body: WholeDraft, options: NamedDraft & WithIfMatch & WithOverride & WithSession & WithIdempotencyKey & WithMerge & Options): Promise<Saved>;
    /**
     * Change parts of a draft.
     *
     * Applies ops, an RFC 6902 patch or text replacements to the state that `If-Match` names.
     *
     * Changes that others made since then are merged as for a whole document: 200 lists what was merged, where and by
     * whom, and 409 `stale` returns both sides.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `precondition_required`, `bad_etag`, `stale`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`,
     * `session_is_live`, `idempotency_reused`, `read_only`, `too_large`, `plain_secret`, `unknown_secret`,
     * `duplicate_id`, `bad_id`, `mode_forbids`, `patch_unsupported`, `test_failed`, `too_much_work`, `no_single_match`,
     * `not_text`, `no_such_place`, `bad_address`, `bad_op`, `root_fixed`, `not_an_object`, `bad_splice`, `out_of_range`,
     * `half_surrogate`, `not_keyed`, `bad_place`, `id_fixed`, `keyed_array_fixed`, `plain_array`, `bad_text`.
     */
    patch(draft: string, body: DraftPatch | readonly PatchOp[], options: NamedDraft & WithIfMatch & WithSession & WithIdempotencyKey & WithMerge & Options): Promise<Saved>;
    /**
     * Change parts of an item's draft.
     *
     * Does the same as `PATCH drafts/{draft}/content`, for the draft that an editor would open or the one you name.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `precondition_required`, `bad_etag`, `stale`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`,
     * `session_is_live`, `idempotency_reused`, `read_only`, `too_large`, `plain_secret`, `unknown_secret`,
     * `duplicate_id`, `bad_id`, `mode_forbids`, `patch_unsupported`, `test_failed`, `too_much_work`, `no_single_match`,
     * `not_text`, `no_such_place`, `bad_address`, `bad_op`, `root_fixed`, `not_an_object`, `bad_splice`, `out_of_range`,
     * `half_surrogate`, `not_keyed`, `bad_place`, `id_fixed`, `keyed_array_fixed`, `plain_array`, `bad_text`.
     */
    patchOfItem(item: string, body: DraftPatch | readonly PatchOp[], options: DraftQuery & WithIfMatch & WithSession & WithIdempotencyKey & WithMerge & Options): Promise<Saved>;
    /**
     * Get a draft's log.
     *
     * Returns the draft's batches after a seq.
     *
     * Who may: everyone who can read the draft.
     *
     * Throws `base_expired`.
     */
    log(draft: string, options?: LogQuery & Options): Promise<DraftLog>;
    /**
     * Count a draft's writers.
     *
     * Returns every session that has written in the draft, with the number of its batches in the log.
     *
     * Who may: everyone who can read the draft.
     */
    writers(draft: string, options?: NamedDraft & Options): Promise<WriterCounts>;
}
export interface DeploysApi {
    /**
     * Deploy many drafts.
     *
     * Deploys up to 50 drafts in order, each independently. Returns one result per draft.
     *
     * Who may: as for deploying each draft.
     *
     * Throws `too_many`, `idempotency_reused`.
     */
    many(body: DeployMany, options?: WithIdempotencyKey & Options): Promise<DeployedMany>;
    /**
     * Discard many drafts.
     *
     * Discards up to 50 drafts in order, each independently. Returns one result per draft.
     *
     * Who may: as for discarding each draft.
     *
     * Throws `too_many`, `idempotency_reused`.
     */
    discardMany(body: DiscardMany, options?: WithIdempotencyKey & Options): Promise<DiscardedMany>;
    /**
     * Deploy a draft's state.
     *
     * Makes the state of the etag the item's next version, even if the draft has changed since.
     *
     * Later changes stay in the draft, which is then based on the new version. 409 `behind` says who has deployed in
     * the meantime, what a merge would give and where both sides overlap.
     *
     * Who may: everyone who can read the draft and deploy the item.
     *
     * Throws `forbidden`, `behind`, `not_deployable`, `too_much_work`, `too_large`, `idempotency_reused`, `busy`,
     * `bad_etag`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`, `draft_moved`.
     */
    deploy(draft: string, body: Deploy, options?: WithIdempotencyKey & Options): Promise<Deployed>;
    /**
     * Deploy an older version again.
     *
     * Makes an older version, named by number or hash, live again, as a new version with the same content.
     *
     * Who may: everyone who can deploy the item.
     *
     * Throws `forbidden`, `behind`, `not_deployable`, `too_much_work`, `too_large`, `idempotency_reused`, `busy`.
     */
    redeploy(item: string, version: string | number, body: Redeploy, options?: WithIdempotencyKey & Options): Promise<Deployed>;
    /**
     * Rebase a draft onto another version.
     *
     * Merges into the draft what the version changed since the version the draft is based on. `preview` returns the
     * result without saving it.
     *
     * 409 `merge_conflict` returns the places that both changed, side by side: mine is the draft, theirs the version.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `merge_conflict`, `read_only`, `mode_forbids`, `idempotency_reused`, `too_large`, `busy`.
     */
    rebase(draft: string, body: Rebase, options?: WithIdempotencyKey & Options): Promise<Rebased>;
    /**
     * Keep a draft behind a version.
     *
     * Stops reminding you of this version. A newer version reminds you again.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `behind`, `read_only`.
     */
    keep(draft: string, body: Keep, options?: Options): Promise<Kept>;
    /**
     * Revert a draft to a version or a past state.
     *
     * Sets the draft to the version, or to its own state at the etag. The revert is written as ops to the log and can
     * be undone.
     *
     * `only` reverts single parts of the difference: members, elements, moves, hunks of texts. If one of them has
     * changed in the meantime, returns 409 `parts_changed` with the current difference.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `merge_conflict`, `read_only`, `mode_forbids`, `idempotency_reused`, `too_large`, `busy`, `bad_etag`,
     * `generation_changed`, `rewound`, `base_ahead`, `base_expired`, `parts_changed`, `no_such_place`, `bad_place`,
     * `not_text`, `bad_id`, `duplicate_id`, `bad_address`, `not_keyed`, `id_fixed`, `keyed_array_fixed`, `plain_array`,
     * `root_fixed`.
     */
    revert(draft: string, body?: Revert, options?: WithIdempotencyKey & Options): Promise<Rebased>;
    /**
     * Discard a draft.
     *
     * Ends the draft, if the etag is its current state. You can restore its text for 30 days.
     *
     * Who may: its owner; of a shared draft also its editors; of shared and abandoned drafts also admins of the item.
     *
     * Throws `bad_etag`, `draft_moved`, `generation_changed`, `forbidden`.
     */
    discard(draft: string, body: Discard, options?: Options): Promise<Discarded>;
    /**
     * Restore a discarded draft.
     *
     * Merges the text of a discarded generation into the draft as it is now. Without `generation`, takes the last
     * discarded one.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `merge_conflict`, `read_only`, `mode_forbids`, `idempotency_reused`, `too_large`, `busy`.
     */
    bringBack(draft: string, body?: BringBack, options?: WithIdempotencyKey & Options): Promise<Rebased>;
}
export interface SharingApi {
    /**
     * See how a draft is shared.
     *
     * Returns the draft's visibility and guests.
     *
     * Who may: everyone who can read the draft.
     */
    get(draft: string, options?: NamedDraft & Options): Promise<Sharing>;
    /**
     * Change a draft's visibility.
     *
     * Makes the draft `private`, `readable` for people who can read drafts of the item, or `open` for people who
     * can write the item. You can do this before your first edit.
     *
     * Who may: the draft's owner; no agent.
     *
     * Throws `forbidden`.
     */
    show(draft: string, body: Visible, options?: NamedDraft & Options): Promise<Sharing>;
    /**
     * Get a guest.
     *
     * Returns what a guest may do.
     *
     * Who may: everyone who can read the draft.
     */
    guest(draft: string, user: string, options?: Options): Promise<GuestInfo>;
    /**
     * Invite a guest.
     *
     * Lets a member view or edit the draft, until a time or until you withdraw the invitation. Replaces an earlier
     * invitation.
     *
     * Who may: the draft's owner; no agent.
     *
     * Throws `forbidden`, `bad_guest`, `too_many`.
     */
    invite(draft: string, user: string, body?: Invitation, options?: NamedDraft & Options): Promise<GuestInfo>;
    /**
     * Withdraw an invitation.
     *
     * Removes the guest. Their editing ends at once everywhere; the text they wrote stays.
     *
     * Who may: the draft's owner, and the guest; no agent, except to leave.
     *
     * Throws `forbidden`.
     */
    withdraw(draft: string, user: string, options?: Options): Promise<void>;
    /**
     * Request access to a draft.
     *
     * Asks the owner to let you edit (or view) the draft and notifies their open tabs at once. Returns 200 with your
     * open request if there is one.
     *
     * Who may: every member except operators who can see the item; to edit, with write access to it.
     *
     * Throws `already_may`, `forbidden`, `too_fast`.
     */
    ask(draft: string, body?: NewAsk, options?: Options): Promise<AskInfo>;
    /**
     * List access requests.
     *
     * Returns the requests that wait for your answer and the ones you made, newest first.
     *
     * Who may: you, for requests to you and by you.
     */
    asks(options?: AskQuery & Options): Promise<Asks>;
    /**
     * Grant an access request.
     *
     * Makes the requester a guest, as requested or as the body says.
     *
     * Who may: the draft's owner; no agent.
     *
     * Throws `forbidden`, `ask_over`, `bad_guest`, `too_many`.
     */
    grant(ask: string, body?: Granted, options?: Options): Promise<AskInfo>;
    /**
     * Decline an access request.
     *
     * Declines the request and notifies the requester. They can't ask for the same draft again for a while.
     *
     * Who may: the draft's owner; no agent.
     *
     * Throws `forbidden`, `ask_over`.
     */
    decline(ask: string, options?: Options): Promise<AskInfo>;
    /**
     * Withdraw an access request.
     *
     * Withdraws your request. No error if it has already ended.
     *
     * Who may: you, for your own request.
     */
    takeBack(ask: string, options?: Options): Promise<void>;
}
export interface AdoptionApi {
    /**
     * Adopt another draft.
     *
     * Copies another draft's text, as of an etag, into your own draft of the item.
     *
     * If your draft has changes and you don't set `how`, returns 409 `draft_exists` with the result of a merge
     * (`value`, `hunks`) and what a replacement would lose (`lost`). Replaced text goes to your stash.
     *
     * Who may: everyone who can read the other draft and edit a draft of their own.
     *
     * Throws `draft_exists`, `merge_conflict`, `read_only`, `mode_forbids`, `generation_changed`, `rewound`,
     * `base_ahead`, `base_expired`, `bad_etag`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `too_large`,
     * `no_such_place`, `bad_id`, `id_fixed`, `not_text`.
     */
    adopt(item: string, body: Adoption, options?: WithIdempotencyKey & Options): Promise<Brought>;
    /**
     * Merge newer changes from an adopted draft.
     *
     * Merges what changed in the other draft since you last took from it. Returns 409 `merge_conflict` if you have to
     * choose.
     *
     * Who may: everyone who can read the other draft and edit this one.
     *
     * Throws `not_adopted`, `merge_conflict`, `read_only`, `mode_forbids`, `generation_changed`, `rewound`, `base_ahead`,
     * `base_expired`, `bad_etag`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `too_large`, `no_such_place`,
     * `bad_id`, `id_fixed`, `not_text`.
     */
    bring(draft: string, body: Bringing, options?: WithIdempotencyKey & Options): Promise<Brought>;
    /**
     * Move your changes into the shared draft.
     *
     * Merges the changes of your own draft into the item's shared draft and removes them from yours. Either both
     * happen or neither.
     *
     * Who may: the draft's owner, if they can edit the shared draft.
     *
     * Throws `forbidden`, `merge_conflict`, `read_only`, `mode_forbids`, `generation_changed`, `rewound`, `base_ahead`,
     * `base_expired`, `bad_etag`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `too_large`, `no_such_place`,
     * `bad_id`, `id_fixed`, `not_text`.
     */
    editTogether(draft: string, body?: Together, options?: WithIdempotencyKey & Options): Promise<Brought>;
}
export interface VersionsApi {
    /**
     * List an item's versions.
     *
     * Returns the deployed versions, newest first, without their values: by whom, with which message, from which
     * state.
     *
     * Who may: everyone who can see the item.
     */
    list(item: string, options?: VersionQuery & Options): Promise<VersionPage>;
    /**
     * Get a version.
     *
     * Returns a version with its value, by number or hash.
     *
     * Who may: everyone who can see the item.
     */
    get(item: string, version: string | number, options?: Options): Promise<Version>;
    /**
     * Read a deployed value.
     *
     * Returns the live version at a `path`, or the version with a `hash`: the read for runtimes.
     *
     * Drafts, edits and alerts never change the answer. An answer by hash may be cached forever. An item's old path
     * returns 307 to its current one.
     *
     * Who may: everyone with `run` on the item; no other right is needed.
     *
     * Throws `forbidden`.
     */
    deployed(options?: DeployedQuery & Options): Promise<DeployedValue>;
    /**
     * Restore a version as a new item.
     *
     * Creates an item from a version's value. The new item remembers its origin. A secret comes along only if you set
     * it. Only workspace admins may set an external id.
     *
     * Who may: everyone who can see the item and create items at the path.
     *
     * Throws `forbidden`, `bad_path`, `taken`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `busy`.
     */
    restore(item: string, version: string | number, body?: Restore, options?: WithIdempotencyKey & Options): Promise<Forked>;
    /**
     * Fork an item.
     *
     * Creates an item from the deployed value, a version or any state of a draft. The new item remembers its origin. A
     * secret comes along only if you set it. Only workspace admins may set an external id.
     *
     * Who may: everyone who can read the source and create items at the path.
     *
     * Throws `forbidden`, `bad_path`, `taken`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `busy`,
     * `bad_etag`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`.
     */
    fork(item: string, body?: Fork, options?: WithIdempotencyKey & Options): Promise<Forked>;
    /**
     * Get an item's origin.
     *
     * Returns the item and the version or draft state that an item was forked from. Returns 404 if the item is not a
     * fork.
     *
     * Who may: everyone who can see the item.
     */
    origin(item: string, options?: Options): Promise<Origin>;
}
export interface HistoryApi {
    /**
     * Get a draft's history.
     *
     * Returns the draft's batches grouped by writer, run and time, newest first: who, when, where, how much, and named
     * states.
     *
     * A pause of five minutes ends a group. The draft's log has the single batches.
     *
     * Who may: everyone who can read the draft.
     *
     * Throws `generation_changed`, `busy`.
     */
    page(draft: string, options?: HistoryQuery & Options): Promise<HistoryPage>;
    /**
     * Get a past state of a draft.
     *
     * Returns the draft's value at an etag, a seq or a named state, and who wrote the batch that led to it.
     *
     * Who may: everyone who can read the draft.
     *
     * Throws `bad_etag`, `bad_name`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`.
     */
    state(draft: string, options?: StateQuery & Options): Promise<PastState>;
    /**
     * List a draft's named states.
     *
     * Returns the named states, newest first. Their values stay readable even when the log around them is shortened.
     *
     * Who may: everyone who can read the draft.
     */
    names(draft: string, options?: NamedDraft & Options): Promise<NamedStates>;
    /**
     * Name a state.
     *
     * Gives the state of an etag a name. Returns 200 if it already has that name.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `bad_etag`, `bad_name`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`, `bad_name`, `taken`,
     * `read_only`, `mode_forbids`, `too_many`.
     */
    name(draft: string, body: NewStateName, options?: Options): Promise<NamedState>;
    /**
     * Rename a named state.
     *
     * Gives a named state another name.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `bad_name`, `taken`, `read_only`, `mode_forbids`.
     */
    rename(draft: string, name: string, body: RenamedState, options?: Options): Promise<NamedState>;
    /**
     * Remove a state's name.
     *
     * Removes the name. The state then stays readable only as long as the log contains it.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `read_only`, `mode_forbids`.
     */
    unname(draft: string, name: string, options?: Options): Promise<void>;
    /**
     * Get the authors of a draft.
     *
     * Returns the author of each line of text and of each member: the actor, the run, the time and the batches.
     *
     * Text that came with a version is attributed to that version's authors.
     *
     * Who may: everyone who can read the draft.
     *
     * Throws `bad_etag`, `bad_name`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`, `no_such_place`,
     * `duplicate_id`, `bad_id`.
     */
    blame(draft: string, options?: BlameQuery & Options): Promise<DraftBlame>;
    /**
     * Get the authors of a version.
     *
     * Returns the author of each line of text and of each member of a version, by number or hash.
     *
     * Who may: everyone who can see the item.
     *
     * Throws `no_such_place`, `duplicate_id`, `bad_id`.
     */
    versionBlame(item: string, version: string | number, options?: BlameVersionQuery & Options): Promise<DraftBlame>;
    /**
     * List what others changed in a draft.
     *
     * Returns what others changed since your own mark, or since a state: who, how often, when and where.
     *
     * People and the runs of agents are listed separately. `comparison` holds the places that they changed.
     *
     * Who may: everyone who can read the draft.
     *
     * Throws `bad_etag`, `bad_name`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`, `too_large`,
     * `duplicate_id`, `bad_id`, `busy`.
     */
    changes(draft: string, options?: ChangesQuery & Options): Promise<DraftChanges>;
    /**
     * Mark a draft as viewed.
     *
     * Moves your mark to a state. Nothing else moves it, and it never moves back.
     *
     * Who may: everyone who can read the draft, for their own mark.
     *
     * Throws `bad_etag`, `bad_name`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`.
     */
    looked(draft: string, body: Looked, options?: Options): Promise<LookedAt>;
}
export interface StashApi {
    /**
     * List your stash.
     *
     * Returns your texts that were refused, replaced or displaced, newest first.
     *
     * Who may: you, for your own entries.
     *
     * Throws `bad_cursor`.
     */
    list(options?: StashQuery & Options): Promise<StashPage>;
    /**
     * Get a stash entry.
     *
     * Returns your stashed text, even if you no longer have access to the item.
     *
     * Who may: you, for your own entries.
     */
    get(entry: string, options?: Options): Promise<StashEntry>;
    /**
     * Compare a stash entry with the draft.
     *
     * Returns the draft as it is, and as it would be with the stashed text in place.
     *
     * Who may: you, for your own entries, if you can read the draft.
     *
     * Throws `no_such_place`.
     */
    compare(entry: string, options?: Options): Promise<StashSides>;
    /**
     * Restore a stash entry.
     *
     * Merges the text into its draft or into another draft of the item. Returns 409 `merge_conflict` if you have to
     * choose.
     *
     * Who may: you, for your own entries, if you can edit the draft.
     *
     * Throws `merge_conflict`, `read_only`, `mode_forbids`, `generation_changed`, `rewound`, `base_ahead`,
     * `base_expired`, `bad_etag`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `too_large`, `no_such_place`,
     * `bad_id`, `id_fixed`, `not_text`.
     */
    restore(entry: string, body?: Restoring, options?: WithIdempotencyKey & Options): Promise<Restored>;
    /**
     * Dismiss a stash entry.
     *
     * Removes the entry from the list. It is deleted after 30 days.
     *
     * Who may: you, for your own entries.
     *
     * Throws `forbidden`, `suggest_only`.
     */
    dismiss(entry: string, options?: Options): Promise<StashEntry>;
}
export interface AlertsApi {
    /**
     * List alerts.
     *
     * Returns the alerts of a draft or an item, or the ones you are involved in. Newest first.
     *
     * Who may: everyone who can read the drafts.
     *
     * Throws `bad_cursor`.
     */
    list(options?: AlertQuery & Options): Promise<AlertPage>;
    /**
     * Get an alert.
     *
     * Returns the people involved, the place, both texts, and how the alert ended.
     *
     * Who may: everyone who can read the draft.
     */
    get(alert: string, options?: Options): Promise<AlertInfo>;
    /**
     * Resolve an alert.
     *
     * Ends the alert, and puts one side's text in place if you ask for it. The other side's text goes to its author's
     * stash.
     *
     * Who may: everyone who can edit the draft; the text of a refused save only its author.
     *
     * Throws `alert_over`, `forbidden`, `merge_conflict`, `read_only`, `mode_forbids`, `generation_changed`, `rewound`,
     * `base_ahead`, `base_expired`, `bad_etag`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `too_large`,
     * `no_such_place`, `bad_id`, `id_fixed`, `not_text`.
     */
    resolve(alert: string, body?: AlertChoice, options?: WithIdempotencyKey & Options): Promise<AlertResolved>;
}
export interface MembersApi {
    /**
     * List members.
     *
     * Returns members by username. Members see names; only admins see the roles and external ids of others.
     *
     * Who may: every member; a token held to places returns only yourself.
     */
    list(options?: MemberQuery & Options): Promise<MemberPage>;
    /**
     * Add a member.
     *
     * Creates a member before their first sign-in.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `taken`, `bad_name`.
     */
    add(body: NewMember, options?: Options): Promise<Member>;
    /**
     * Get a member.
     *
     * Returns one member by id, by external id (admins only), or yourself as `me`. Only admins and the member see
     * role and groups.
     *
     * Who may: every member; a token held to places, only for yourself.
     */
    get(member: string, options?: Options): Promise<Member>;
    /**
     * Change a member.
     *
     * Changes name, username, role or external id. A new username also moves the items in `u/<username>/`.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `last_admin`, `bad_path`.
     */
    change(member: string, body?: ChangedMember, options?: Options): Promise<Member>;
    /**
     * Remove a member.
     *
     * Ends a member's access at once, on every worker. What they made stays, and the member can be restored.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `last_admin`.
     */
    remove(member: string, options?: Options): Promise<Member>;
    /**
     * Restore a member.
     *
     * Undoes a removal. The member has the groups, roles and grants they had before.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`.
     */
    restore(member: string, options?: Options): Promise<Member>;
    /**
     * Erase a member.
     *
     * Deletes their drafts, stash, grants and keys, and their name everywhere. This can't be undone.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `last_admin`.
     */
    erase(member: string, options?: Options): Promise<Erased>;
    /**
     * End a member's tokens.
     *
     * Refuses all tokens of a member that were issued before a time. API keys stay valid.
     *
     * Who may: workspace admins; you, for yourself, with a token that is not narrowed.
     *
     * Throws `forbidden`.
     */
    signOut(member: string, body?: SignOut, options?: Options): Promise<SignedOut>;
}
export interface WorkspaceSettingsApi {
    /**
     * Get the workspace's settings.
     *
     * Returns the settings that apply to everyone in the workspace, such as whether the edits of single people are
     * counted.
     *
     * Who may: every member.
     */
    get(options?: Options): Promise<WorkspaceSettings>;
    /**
     * Change the workspace's settings.
     *
     * Changes the settings you name, and writes an event about it.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`.
     */
    change(body?: ChangedSettings, options?: Options): Promise<WorkspaceSettings>;
}
export interface GroupsApi {
    /**
     * List groups.
     *
     * Returns the workspace's groups by name. Only admins see external ids.
     *
     * Who may: every member; a token held to places returns none.
     */
    list(options?: Options): Promise<GroupList>;
    /**
     * Create a group.
     *
     * Creates a group. Its members share the place `g/<name>/`.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `no_such_holder`.
     */
    add(body: NewGroup, options?: Options): Promise<Group>;
    /**
     * Get a group.
     *
     * Returns one group by id, name or external id. Only admins and the group's members see who is in it.
     *
     * Who may: every member, without a token held to places.
     */
    get(group: string, options?: Options): Promise<Group>;
    /**
     * Change a group.
     *
     * Changes name, summary or external id. A new name also moves the items in `g/<name>/`.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `bad_path`.
     */
    change(group: string, body?: ChangedGroup, options?: Options): Promise<Group>;
    /**
     * Remove a group.
     *
     * Removes a group with its roles and grants. Refused with `not_empty` while items lie in its place.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `not_empty`.
     */
    remove(group: string, options?: Options): Promise<Done>;
    /**
     * Set a group's members.
     *
     * Replaces the group's members by the ones you send.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `no_such_holder`.
     */
    setMembers(group: string, body: GroupMembers, options?: Options): Promise<Group>;
    /**
     * Add a user to a group.
     *
     * Adds one user to a group. Idempotent.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `no_such_holder`.
     */
    enrol(group: string, member: string, options?: Options): Promise<Done>;
    /**
     * Remove a user from a group.
     *
     * Removes one user from a group. Idempotent.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`.
     */
    withdraw(group: string, member: string, options?: Options): Promise<Done>;
}
export interface FoldersApi {
    /**
     * List folders.
     *
     * Returns folders by name, with what you may do in each.
     *
     * Who may: every member, for the folders they can see.
     */
    list(options?: Options): Promise<FolderList>;
    /**
     * Create a folder.
     *
     * Creates a folder. Its people have access to the items in `f/<name>/`.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `no_such_holder`.
     */
    add(body: NewFolder, options?: Options): Promise<Folder>;
    /**
     * Get a folder.
     *
     * Returns one folder by id, name or external id. Only its owners and admins see its people.
     *
     * Who may: every member who can see the folder.
     */
    get(folder: string, options?: Options): Promise<Folder>;
    /**
     * Change a folder.
     *
     * Changes the folder. A list of people replaces all who had that role. A new name also moves the items in
     * `f/<name>/`.
     *
     * Who may: the folder's owners; workspace admins, for name, external id and owners.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `bad_path`, `no_such_holder`.
     */
    change(folder: string, body?: ChangedFolder, options?: Options): Promise<Folder>;
    /**
     * Remove a folder.
     *
     * Removes a folder. Refused with `not_empty` while items lie in it.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `not_empty`.
     */
    remove(folder: string, options?: Options): Promise<Done>;
    /**
     * Set a role in a folder.
     *
     * Gives a user or group a role in the folder, replacing their earlier one. `role` null takes the role away.
     *
     * Who may: the folder's owners, for writers and readers; workspace admins, for owners too.
     *
     * Throws `forbidden`, `no_such_holder`.
     */
    setRole(folder: string, body: FolderPerson, options?: Options): Promise<Done>;
}
export interface GrantsApi {
    /**
     * List grants.
     *
     * Returns the grants on items and places whose rights you may share. Filter them by user, group or item.
     *
     * Who may: everyone, for the places they administer or own.
     *
     * Throws `no_such_holder`.
     */
    list(options?: GrantQuery & Options): Promise<GrantList>;
    /**
     * Give rights.
     *
     * Gives a user or group rights on an item or below a prefix. You can't give more than you hold there. Only
     * workspace admins can give `admin`. Idempotent.
     *
     * Who may: admins of the item or place; you, in your own place; no agents or narrowed tokens.
     *
     * Throws `forbidden`, `no_such_holder`, `bad_path`.
     */
    give(body: NewGrant, options?: Options): Promise<Grant>;
    /**
     * Take rights away.
     *
     * Ends a grant at once, on every worker.
     *
     * Who may: admins of the item or place; you, in your own place; no agents or narrowed tokens.
     */
    end(grant: string, options?: Options): Promise<Done>;
}
export interface KeysApi {
    /**
     * List API keys.
     *
     * Returns API keys without their secrets. Revoked keys stay listed.
     *
     * Who may: you, for your own keys; workspace admins, for all.
     */
    list(options?: Options): Promise<KeyList>;
    /**
     * Create an API key.
     *
     * Creates a key. Its secret is shown only in this answer. Agents and narrowed tokens can't create keys.
     *
     * Who may: you, for yourself; workspace admins, for others and for `act_for` and `reads_secrets`.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `no_such_holder`.
     */
    make(body: NewKey, options?: Options): Promise<MadeKey>;
    /**
     * Get an API key.
     *
     * Returns one key by id or name, without its secret.
     *
     * Who may: the key's user and workspace admins.
     */
    get(key: string, options?: Options): Promise<Key>;
    /**
     * Revoke an API key.
     *
     * Ends a key at once, on every worker. Connections opened with it close. Idempotent.
     *
     * Who may: the key's user and workspace admins; no agent.
     *
     * Throws `forbidden`.
     */
    revoke(key: string, options?: Options): Promise<Done>;
}
export interface TokensApi {
    /**
     * Revoke a token.
     *
     * Refuses a token from now on, on every worker. Name it by its `jti`, or send the token itself.
     *
     * Who may: workspace admins, for any token; everyone, for a token they hold.
     *
     * Throws `forbidden`.
     */
    revoke(body?: RevokedToken, options?: Options): Promise<Revoked>;
    /**
     * Get the workspace's token issuer.
     *
     * Returns the workspace's own settings, and what applies together with the server's defaults.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`.
     */
    identity(options?: Options): Promise<Identity>;
    /**
     * Set the workspace's token issuer.
     *
     * Sets issuer, audience, JWKS URL and algorithms. Refused with `locks_out` if your own token would no longer be
     * valid.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `bad_jwks`, `locks_out`.
     */
    setIdentity(body?: IdentitySettings, options?: Options): Promise<Identity>;
}
export interface DirectoryApi {
    /**
     * Change many rights.
     *
     * Makes all changes in order, or none. A refusal names the first change that failed by its `index`.
     *
     * Who may: as for each single change.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `no_such_holder`, `last_admin`, `not_empty`, `bad_path`.
     */
    change(body: Changes, options?: Options): Promise<ChangeResults>;
    /**
     * Sync users, groups and folders.
     *
     * Sets users, groups and folders to what your platform has, matched by external id. All changes are made or none.
     * Idempotent.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `no_such_holder`, `last_admin`, `bad_path`.
     */
    sync(body?: Directory, options?: Options): Promise<DirectoryResult>;
}
export interface PresenceApi {
    /**
     * Be present at an item.
     *
     * Shows you at the item until the lease ends, to everyone who has it open. Send it again before that to stay, with
     * a new place or state if you like.
     *
     * Who may: everyone who can see the item.
     *
     * Throws `session_is_live`, `too_many`, `forbidden`, `run_stopped`, `run_ended`.
     */
    attend(item: string, body?: Attend, options?: WithSession & Options): Promise<Attending>;
    /**
     * Leave an item.
     *
     * Ends your presence at the item. No error if you are not present.
     *
     * Who may: you, for your own presence.
     */
    leave(item: string, options?: WithSession & Options): Promise<void>;
    /**
     * List who is at an item.
     *
     * Returns every session at the item, over WebSocket or HTTP. Carets are included only in drafts that you can read.
     *
     * Who may: everyone who can see the item.
     */
    here(item: string, options?: Options): Promise<Here>;
    /**
     * List who is where.
     *
     * Returns, per item, the people and agents who are present.
     *
     * Who may: every member, for the items they can see.
     */
    everywhere(options?: Options): Promise<Everywhere>;
}
export interface ActivityApi {
    /**
     * Count edits per minute.
     *
     * Returns the edits of the last minutes by item and by AI session. Edits of single people are counted only if the
     * workspace has switched that on.
     *
     * Who may: every member, for the drafts they can read.
     */
    perMinute(options?: ActivityQuery & Options): Promise<Activity>;
}
export interface RunsApi {
    /**
     * Begin a run.
     *
     * Begins a run: a piece of an agent's work that people can watch, send notes to, stop and undo.
     *
     * Who may: agents, for themselves.
     *
     * Throws `forbidden`, `too_many`, `suggest_only`, `idempotency_reused`.
     */
    begin(body: NewRun, options?: WithIdempotencyKey & Options): Promise<Run>;
    /**
     * List runs.
     *
     * Returns runs, newest first. Filter them by state or item, or to your own.
     *
     * Who may: everyone, for their agents' runs and runs in drafts they can read; workspace admins, for all.
     *
     * Throws `not_found`, `bad_cursor`.
     */
    page(options?: RunQuery & Options): Promise<RunPage>;
    /**
     * Get a run.
     *
     * Returns the run with its agent, the person it works for, its state, and the drafts and streams it has written
     * that you can read.
     *
     * Who may: the run's agent and its person, everyone who can read a draft it wrote in, workspace admins.
     */
    get(run: string, options?: Options): Promise<Run>;
    /**
     * List what happened to a run.
     *
     * Returns notes, pauses, stops and decisions about suggestions, in order. If there is none yet, waits up to
     * `wait_s` seconds.
     *
     * Who may: everyone who can see the run; the text of notes only those who can stop it.
     */
    events(run: string, options?: RunEventQuery & Options): Promise<RunEventPage>;
    /**
     * Acknowledge a run's events.
     *
     * Stores up to which event the agent knows about its run. Use it in agents that keep no state between requests.
     *
     * Who may: the run's agent.
     *
     * Throws `forbidden`.
     */
    told(run: string, body: RunHeard, options?: Options): Promise<RunNoted>;
    /**
     * Send a note to a run's agent.
     *
     * Adds a note to the run's events, which the agent reads.
     *
     * Who may: the run's agent and person, people who can edit a draft it wrote in, workspace admins.
     *
     * Throws `forbidden`, `run_stopped`, `run_ended`, `quota`.
     */
    note(run: string, body: RunNote, options?: Options): Promise<RunNoted>;
    /**
     * Pause a run.
     *
     * Stops the run from writing until it is resumed. What it has written stays.
     *
     * Who may: the run's agent and person, people who can edit a draft it wrote in, workspace admins.
     *
     * Throws `forbidden`, `run_stopped`, `run_ended`, `quota`.
     */
    pause(run: string, body?: RunWord, options?: Options): Promise<RunNoted>;
    /**
     * Resume a run.
     *
     * Lets a paused run continue.
     *
     * Who may: the run's agent and person, people who can edit a draft it wrote in, workspace admins.
     *
     * Throws `forbidden`, `run_stopped`, `run_ended`, `quota`.
     */
    resume(run: string, body?: RunWord, options?: Options): Promise<RunNoted>;
    /**
     * Stop a run.
     *
     * Ends a run for good. No write that begins after this answer is committed. Open streams stay unfinished.
     *
     * Who may: the run's agent and person, people who can edit a draft it wrote in, workspace admins.
     *
     * Throws `forbidden`, `run_stopped`, `run_ended`.
     */
    stop(run: string, body?: RunWord, options?: Options): Promise<RunNoted>;
    /**
     * End a run.
     *
     * Marks the run's work as done. Streams that are still open are marked as aborted.
     *
     * Who may: the run's agent.
     *
     * Throws `forbidden`, `run_stopped`, `run_ended`.
     */
    end(run: string, body?: RunWord, options?: Options): Promise<RunNoted>;
    /**
     * List what a run changed.
     *
     * Returns the run's changes in the drafts you can read, hunk by hunk: whether each still stands, and who has
     * changed it since.
     *
     * Who may: everyone who can see the run.
     */
    changes(run: string, options?: Options): Promise<RunChanges>;
    /**
     * Undo a run.
     *
     * Reverts what the run changed and keeps later changes by others. Nobody else's text is removed. Stop the run
     * first.
     *
     * Who may: people who can edit the run's drafts; a draft you can't edit is refused by itself.
     */
    undo(run: string, body?: RunChosen, options?: Options): Promise<RunUndone>;
    /**
     * Redo a run.
     *
     * Applies changes of the run again that were undone.
     *
     * Who may: people who can edit the run's drafts; a draft you can't edit is refused by itself.
     */
    redo(run: string, body?: RunChosen, options?: Options): Promise<RunUndone>;
    /**
     * Restore text a run deleted.
     *
     * Puts back text that the run deleted and undo could not restore, next to what others wrote since.
     *
     * Who may: people who can edit the run's drafts; a draft you can't edit is refused by itself.
     */
    restore(run: string, body?: RunChosen, options?: Options): Promise<RunUndone>;
    /**
     * Keep what a run changed.
     *
     * Marks changes of a run as reviewed. An undo of the whole run skips them.
     *
     * Who may: people who can edit the run's drafts; a draft you can't edit is refused by itself.
     */
    keep(run: string, body?: RunChosen, options?: Options): Promise<RunUndone>;
    /**
     * Read a draft as an agent.
     *
     * Returns the document, a part of it, or lines of a text. Also returns what others changed since the run last read
     * the draft.
     *
     * Who may: the run's agent, for drafts it can read.
     *
     * Throws `run_stopped`, `run_ended`, `no_match`, `many_matches`, `out_of_range`, `no_such_place`, `not_text`,
     * `precondition_required`, `bad_message`.
     */
    read(run: string, body?: Read, options?: Options): Promise<ReadAnswer>;
    /**
     * Search texts as an agent.
     *
     * Returns the lines that contain a text or match a pattern, in one draft or in all items.
     *
     * Who may: the run's agent, for items it can see.
     *
     * Throws `run_stopped`, `run_ended`, `bad_message`, `busy`.
     */
    search(run: string, body: Search, options?: Options): Promise<SearchAnswer>;
    /**
     * Edit a draft as an agent.
     *
     * Applies edits to what the run has read. An edit is refused with `stale_region` only if the exact place you are
     * editing has changed since you read it.
     *
     * Who may: the run's agent, if it can edit the draft or suggest for it.
     *
     * Throws `run_stopped`, `run_ended`, `run_paused`, `suggest_only`, `read_only`, `mode_forbids`, `archived`,
     * `generation_changed`, `no_match`, `many_matches`, `out_of_range`, `no_such_place`, `not_text`,
     * `precondition_required`, `bad_text`, `bad_op`, `bad_address`, `not_keyed`, `bad_place`, `id_fixed`, `duplicate_id`,
     * `plain_secret`, `stale_region`, `overlaps_own_edit`, `too_fast`, `base_ahead`, `base_expired`, `too_much_work`.
     */
    edit(run: string, body?: ToolEdits, options?: WithIdempotencyKey & Options): Promise<Edited>;
    /**
     * Open a stream.
     *
     * Starts a text that the agent writes piece by piece. Its place moves along with everyone's edits.
     *
     * Who may: the run's agent, if it can edit the draft.
     *
     * Throws `run_stopped`, `run_ended`, `run_paused`, `suggest_only`, `read_only`, `mode_forbids`, `archived`,
     * `generation_changed`, `no_match`, `many_matches`, `out_of_range`, `no_such_place`, `not_text`,
     * `precondition_required`, `too_many`.
     */
    openStream(run: string, body: NewStream, options?: Options): Promise<Stream>;
    /**
     * Get a stream.
     *
     * Returns the stream with `units`, the amount that is committed. Continue from there.
     *
     * Who may: the run's agent.
     *
     * Throws `run_stopped`, `run_ended`, `stream_over`.
     */
    stream(run: string, stream: string, options?: Options): Promise<Stream>;
    /**
     * Append to a stream.
     *
     * Writes the next piece. Pieces are committed together, about every 40 ms. With `offset` you can safely send a
     * piece again.
     *
     * Who may: the run's agent, if it can edit the draft.
     *
     * Throws `run_stopped`, `run_ended`, `run_paused`, `suggest_only`, `read_only`, `mode_forbids`, `archived`,
     * `generation_changed`, `stream_gap`, `stream_over`, `anchor_gone`, `stale_region`, `bad_text`, `too_large`,
     * `too_fast`.
     */
    append(run: string, stream: string, body: AppendToStream, options?: Options): Promise<Stream>;
    /**
     * Close a stream.
     *
     * Marks the text as complete, after all of it is committed.
     *
     * Who may: the run's agent.
     *
     * Throws `run_stopped`, `run_ended`, `run_paused`, `suggest_only`, `read_only`, `mode_forbids`, `archived`,
     * `generation_changed`, `stream_gap`, `stream_over`, `anchor_gone`, `stale_region`.
     */
    closeStream(run: string, stream: string, body?: CloseStream, options?: Options): Promise<Stream>;
    /**
     * Abort a stream.
     *
     * Stops writing. The text that is there stays and is marked as unfinished.
     *
     * Who may: the run's agent.
     *
     * Throws `run_stopped`, `run_ended`, `stream_over`.
     */
    abortStream(run: string, stream: string, options?: Options): Promise<Stream>;
}
export interface SuggestionsApi {
    /**
     * List suggestions for a draft.
     *
     * Returns what runs suggest for the draft, newest first.
     *
     * Who may: everyone who can read the draft.
     */
    list(draft: string, options?: NamedDraft & Options): Promise<SuggestionPage>;
    /**
     * Get a suggestion.
     *
     * Returns the suggestion hunk by hunk against the draft as it is now: which hunks apply, why others don't, and
     * what was decided.
     *
     * Who may: everyone who can read the draft.
     */
    get(suggestion: string, options?: Options): Promise<Suggestion>;
    /**
     * Accept suggested hunks.
     *
     * Applies the hunks to the draft. The agent stays their author and you are recorded as the approver. Hunks that no
     * longer apply are skipped and listed under `left`.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `read_only`, `archived`, `busy`.
     */
    accept(suggestion: string, body?: Deciding, options?: Options): Promise<SuggestionDecided>;
    /**
     * Reject suggested hunks.
     *
     * Marks the hunks as rejected and notifies the run.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `read_only`, `archived`.
     */
    reject(suggestion: string, body?: Deciding, options?: Options): Promise<SuggestionDecided>;
}
export interface TransferApi {
    /**
     * Export the workspace.
     *
     * Returns the workspace's contents as records that any other workspace can import, page by page with `cursor`.
     *
     * Drafts that you may not read are left out and counted in `withheld`.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `bad_cursor`.
     */
    pages(options?: ExportQuery & Options): Promise<ExportPage>;
    /**
     * Import records.
     *
     * Creates what the records describe, with their numbers, times, authors and hashes. Returns one result per record,
     * in order.
     *
     * Existing objects are left unchanged. Idempotent. `dry_run` writes nothing.
     *
     * Who may: workspace admins.
     *
     * Throws `forbidden`, `too_large`.
     */
    put(body: ImportRecords, options?: Options): Promise<Imported>;
}
export interface EventsApi {
    /**
     * Read events.
     *
     * Returns events after a number, in commit order and without gaps. Events are kept for 30 days.
     *
     * Continue from `next`. With `wait_s`, an empty answer waits for an event. You get events of items you can
     * see; those about the workspace itself go to admins.
     *
     * Who may: every member, for the events they can see.
     *
     * Throws `cursor_expired`, `cursor_ahead`, `too_many`.
     */
    read(options?: EventQuery & Options): Promise<EventPage>;
}
export interface SecretsApi {
    /**
     * Set a secret in a draft.
     *
     * Stores a value and puts a marker at `at`, which must be a place that the item's kind declares as a secret.
     *
     * Everyone in the draft sees the marker; it is an op like any other. The value is write-only: only runtimes can
     * read it back.
     *
     * Who may: everyone who can edit the draft.
     *
     * Throws `secrets_off`, `too_large`, `precondition_required`, `bad_etag`, `stale`, `generation_changed`, `rewound`,
     * `base_ahead`, `base_expired`, `session_is_live`, `read_only`, `mode_forbids`, `no_such_place`, `bad_address`,
     * `plain_array`, `id_fixed`, `root_fixed`, `keyed_array_fixed`.
     */
    set(draft: string, body: PlacedSecret, options: NamedDraft & WithIfMatch & WithSession & WithMerge & Options): Promise<SetSecret>;
    /**
     * Store a secret for an item.
     *
     * Stores a value and returns its marker. Use it if you write ops or whole documents yourself.
     *
     * Who may: everyone with write access to the item.
     *
     * Throws `secrets_off`, `too_large`, `forbidden`.
     */
    make(item: string, body: NewSecret, options?: Options): Promise<MadeSecret>;
    /**
     * List an item's secrets.
     *
     * Returns the item's secrets with who set them and when, never their values.
     *
     * Who may: everyone with write access to the item.
     *
     * Throws `forbidden`.
     */
    list(item: string, options?: Options): Promise<SecretList>;
    /**
     * Delete a secret.
     *
     * Deletes the value for good. Older versions that use it can't run any more. Refused with `secret_in_use` if the
     * deployed version needs it.
     *
     * Who may: everyone with write access to the item.
     *
     * Throws `forbidden`, `secret_in_use`.
     */
    remove(item: string, secret: string, options?: Options): Promise<Done>;
    /**
     * Read the secrets of a deployed value.
     *
     * Returns the values behind a version's markers. Each read is recorded as an event.
     *
     * Who may: API keys with `reads_secrets`, and `run` on the item; no agent.
     *
     * Throws `forbidden`, `secrets_off`, `unknown_secret`.
     */
    deployed(options?: DeployedQuery & Options): Promise<DeployedSecrets>;
}
export interface WebhooksApi {
    /**
     * List webhooks.
     *
     * Returns webhooks without their signing secrets. Agents and narrowed tokens get none.
     *
     * Who may: you, for your own webhooks; workspace admins, for all.
     */
    list(options?: Options): Promise<WebhookList>;
    /**
     * Create a webhook.
     *
     * Sends the events that you can see to the address from now on. The signing secret is shown only in this answer.
     *
     * Who may: everyone, without a narrowed token; workspace admins, for `everything`.
     *
     * Throws `forbidden`, `bad_webhook`, `too_large`, `secrets_off`, `cursor_expired`, `cursor_ahead`.
     */
    make(body: NewWebhook, options?: Options): Promise<MadeWebhook>;
    /**
     * Get a webhook.
     *
     * Returns the webhook's settings, how far it has come, and since when it has been failing.
     *
     * Who may: the webhook's owner and workspace admins.
     */
    get(webhook: string, options?: Options): Promise<Webhook>;
    /**
     * Change a webhook.
     *
     * Changes address, types or description, or switches the webhook on or off.
     *
     * Who may: the webhook's owner and workspace admins.
     *
     * Throws `bad_webhook`.
     */
    change(webhook: string, body?: ChangedWebhook, options?: Options): Promise<Webhook>;
    /**
     * Delete a webhook.
     *
     * Deletes the webhook with its log. Events that are waiting are not sent.
     *
     * Who may: the webhook's owner and workspace admins.
     */
    delete(webhook: string, options?: Options): Promise<Done>;
    /**
     * Rotate a webhook's secret.
     *
     * Creates a new signing secret, shown only in this answer. For `overlap_s` seconds, messages are also signed
     * with the old one.
     *
     * Who may: the webhook's owner and workspace admins.
     *
     * Throws `secrets_off`, `too_large`.
     */
    rotate(webhook: string, body?: Rotate, options?: Options): Promise<MadeWebhook>;
    /**
     * Test a webhook.
     *
     * Sends a `webhook.test` now and returns the receiver's answer.
     *
     * Who may: the webhook's owner and workspace admins.
     *
     * Throws `too_many`.
     */
    test(webhook: string, options?: Options): Promise<Tested>;
    /**
     * Send events again.
     *
     * Sends one event again, or all events after a number. Only events that match the webhook are sent.
     *
     * Who may: the webhook's owner and workspace admins.
     *
     * Throws `cursor_expired`, `cursor_ahead`.
     */
    replay(webhook: string, body?: Replay, options?: Options): Promise<Replayed>;
    /**
     * List a webhook's deliveries.
     *
     * Returns each event's delivery, newest first, with every attempt and the time of the next one.
     *
     * Who may: the webhook's owner and workspace admins.
     */
    deliveries(webhook: string, options?: DeliveryQuery & Options): Promise<DeliveryPage>;
    /**
     * Get a delivery.
     *
     * Returns one event's delivery with its attempts.
     *
     * Who may: the webhook's owner and workspace admins.
     */
    delivery(webhook: string, number: string | number, options?: Options): Promise<Delivery>;
}
/** All calls over HTTP, by group. */
export interface Api {
    readonly server: ServerApi;
    readonly items: ItemsApi;
    readonly kinds: KindsApi;
    readonly drafts: DraftsApi;
    readonly deploys: DeploysApi;
    readonly sharing: SharingApi;
    readonly adoption: AdoptionApi;
    readonly versions: VersionsApi;
    readonly history: HistoryApi;
    readonly stash: StashApi;
    readonly alerts: AlertsApi;
    readonly members: MembersApi;
    readonly workspaceSettings: WorkspaceSettingsApi;
    readonly groups: GroupsApi;
    readonly folders: FoldersApi;
    readonly grants: GrantsApi;
    readonly keys: KeysApi;
    readonly tokens: TokensApi;
    readonly directory: DirectoryApi;
    readonly presence: PresenceApi;
    readonly activity: ActivityApi;
    readonly runs: RunsApi;
    readonly suggestions: SuggestionsApi;
    readonly transfer: TransferApi;
    readonly events: EventsApi;
    readonly secrets: SecretsApi;
    readonly webhooks: WebhooksApi;
}
