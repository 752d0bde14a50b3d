import type { JsonObject } from "../document/ops.js";
import type { AskInfo, Diagnostics, Item } from "../wire/messages.js";
import type { Options } from "./options.js";
import type { Activity, ActivityQuery, Adoption, AlertChoice, AlertEnded, AlertInfo, AlertPage, AlertQuery, AlertResolved, AppendToStream, AskQuery, Asks, At, Attend, Attending, BlameQuery, BlameVersionQuery, BringBack, Bringing, Brought, ChangeResults, ChangedFolder, ChangedGroup, ChangedItem, ChangedMember, ChangedSettings, ChangedWebhook, Changes, ChangesQuery, CloseStream, Deciding, DeletedPage, DeletedQuery, Delivery, DeliveryPage, DeliveryQuery, Deploy, DeployMany, Deployed, DeployedMany, DeployedQuery, DeployedSecrets, DeployedValue, DiffQuery, Directory, DirectoryResult, Discard, DiscardMany, Discarded, DiscardedMany, Done, DraftBlame, DraftChanges, DraftListQuery, DraftLog, DraftPage, DraftPatch, DraftQuery, DraftState, Edited, Erased, EventPage, EventQuery, Everywhere, ExportPage, ExportQuery, Folder, FolderList, FolderPerson, Fork, Forked, Grant, GrantList, GrantQuery, Granted, Group, GroupList, GroupMembers, GuestInfo, Here, HistoryPage, HistoryQuery, Identity, IdentitySettings, ImportRecords, Imported, Invitation, ItemDeleted, ItemDiff, ItemPage, ItemPut, ItemQuery, ItemState, Keep, Kept, Key, KeyList, KindChange, KindInfo, KindList, KindQuery, LogQuery, LookQuery, Looked, LookedAt, MadeKey, MadeSecret, MadeWebhook, Me, Member, MemberPage, MemberQuery, NamedDraft, NamedState, NamedStates, NewAsk, NewFolder, NewGrant, NewGroup, NewItem, NewKey, NewMember, NewRun, NewSecret, NewStateName, NewStream, NewWebhook, Origin, PastState, PatchOp, PathQuery, PlacedSecret, PutItem, Read, ReadAnswer, Rebase, Rebased, Redeploy, RenamedState, Replay, Replayed, Restore, Restored, Restoring, Revert, Revoked, RevokedToken, Rotate, Run, RunChanges, RunChosen, RunEventPage, RunEventQuery, RunHeard, RunNote, RunNoted, RunPage, RunQuery, RunUndone, RunWord, Saved, Search, SearchAnswer, SecretList, SetSecret, Sharing, SignOut, SignedOut, StashEntry, StashPage, StashQuery, StashSides, StateQuery, Stream, Suggestion, SuggestionDecided, SuggestionPage, SyncItems, SyncResult, Tested, Together, ToolEdits, Unarchive, Undelete, UsedBy, UsedByQuery, Version, VersionPage, VersionQuery, Visible, Webhook, WebhookList, WholeDraft, WorkspaceSettings, WriterCounts } from "./types.js";
export interface WithIfMatch {
    /** The etag on which the document was made; weak etags pass. */
    readonly ifMatch: string;
}
export interface WithOverride {
    /** The present etag: replace that state without a merge. */
    readonly override?: string;
}
export interface WithSession {
    /** The writer's session, so that two tabs of one user are told apart. */
    readonly session?: string;
}
export interface WithIdempotencyKey {
    /** Random; a retry with it gets the first answer, for 24 h. */
    readonly idempotencyKey?: string;
}
export interface WithMerge {
    /** False: a stale save is refused (409) instead of merged. */
    readonly merge?: boolean;
}
export interface ServerApi {
    /**
     * Who am I?
     *
     * Who is behind the token, and in which workspace.
     */
    me(options?: Options): Promise<Me>;
}
export interface ItemsApi {
    /**
     * List and search items.
     *
     * The items that the asker may see: by path, by change, or those that hold all words of `q`, best first.
     *
     * `path` looks one up. Words are found by their beginnings, in path, summary and the strings of the deployed value;
     * what stands in path and summary comes first, and each item tells where its words are.
     *
     * Throws `bad_cursor`, `unknown_kind`, `too_many`.
     */
    list(options?: ItemQuery & Options): Promise<ItemPage>;
    /**
     * Make an item.
     *
     * Make an item; its address is in `Location`.
     *
     * Throws `forbidden`, `bad_path`, `taken`, `unknown_kind`, `plain_secret`, `unknown_secret`, `duplicate_id`,
     * `bad_id`.
     */
    create(body: NewItem, options?: Options): Promise<Item>;
    /**
     * Look at an item.
     *
     * One item with its deployed value, one's own draft, the drafts that one may know of, and who is here.
     *
     * Everything but `here` is of one moment, that of the event number `event`. `include` narrows it.
     */
    get(item: string, options?: LookQuery & Options): Promise<ItemState>;
    /**
     * Make or update an item by the platform's id.
     *
     * Make the item, or bring its path and summary to what is sent; as often as one likes. 201 if it was made.
     *
     * The address names it by `ext:` and the platform's own id. `value` is what a new item begins with; the value of
     * one that is there changes by deploys alone, and the answer says what became of the one that was sent.
     *
     * Throws `forbidden`, `bad_path`, `taken`, `unknown_kind`, `plain_secret`, `unknown_secret`, `duplicate_id`,
     * `bad_id`, `kind_differs`.
     */
    put(item: string, body: PutItem, options?: Options): Promise<ItemPut>;
    /**
     * Change an item.
     *
     * Change an item's path, summary or external id. Moving needs write at both places.
     *
     * Whoever may see it at its new place follows it; for all others it is gone, at once.
     *
     * Throws `forbidden`, `bad_path`, `taken`.
     */
    change(item: string, body?: ChangedItem, options?: Options): Promise<Item>;
    /**
     * Make or update many items.
     *
     * As putting each of them: every item by itself, in order, with a result for each.
     *
     * A path that another one of them leaves is waited for, so a chain of moves passes in any order.
     *
     * Throws `too_many`.
     */
    sync(body: SyncItems, options?: Options): Promise<SyncResult>;
    /**
     * List what uses an item.
     *
     * The items that name this one in their live versions, with the places where they do; those that you may see.
     *
     * An item is named by its path, or by one from which it has moved. Archived items and drafts name nothing.
     *
     * Throws `bad_cursor`.
     */
    usedBy(item: string, options?: UsedByQuery & Options): Promise<UsedBy>;
    /**
     * Look up a path.
     *
     * The item at a path; 307 to its present one, with that in the body, if it has moved and the asker may see it
     * there.
     *
     * A path that another item took since leads to that one. What the asker may not see never was there.
     */
    at(options: PathQuery & Options): Promise<At>;
    /**
     * Archive an item.
     *
     * It leaves its path and the lists; nobody types in its drafts or deploys it. Versions are served by their
     * hashes.
     *
     * Throws `forbidden`.
     */
    archive(item: string, options?: Options): Promise<Item>;
    /**
     * Unarchive an item.
     *
     * It stands where it was, or at the path that is named; with all its drafts as they were.
     *
     * Throws `forbidden`, `bad_path`, `taken`.
     */
    unarchive(item: string, body?: Unarchive, options?: Options): Promise<Item>;
    /**
     * Delete an item.
     *
     * It is gone for everybody with all its drafts; for 30 days it can be brought back.
     *
     * The owners of drafts are told, and find their texts in their stash. Items that name it don't stand in the way;
     * `used_by` says how many there are.
     *
     * Throws `forbidden`.
     */
    delete(item: string, options?: Options): Promise<ItemDeleted>;
    /**
     * Bring a deleted item back.
     *
     * All its drafts, alerts and names are back. Another path or external id is named if its own is another's now.
     *
     * Throws `forbidden`, `bad_path`, `taken`.
     */
    undelete(item: string, body?: Undelete, options?: Options): Promise<Item>;
    /**
     * List deleted items.
     *
     * What the asker may bring back: what they deleted or made and may write, and all where they administer.
     *
     * Throws `bad_cursor`.
     */
    deleted(options?: DeletedQuery & Options): Promise<DeletedPage>;
    /**
     * Compare two values of an item.
     *
     * What differs between any two of: one's own draft, another's, the shared one, the deployed value, an etag.
     *
     * Each value is asked for by itself: of a draft that one may not read there is nothing to compare.
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
     * All kinds of the workspace, by name, without their definitions.
     */
    list(options?: Options): Promise<KindList>;
    /**
     * Look at a kind.
     *
     * One kind with its whole definition, as it could be put back.
     */
    get(kind: string, options?: Options): Promise<KindInfo>;
    /**
     * Define or change a kind.
     *
     * Define a kind or change one, without a restart; drafts that break stay open and show their problems.
     *
     * Throws `forbidden`, `bad_kind`, `kind_changed`, `too_many`, `too_large`, `too_much_work`.
     */
    put(kind: string, body: JsonObject, options?: KindQuery & Options): Promise<KindChange>;
    /**
     * Take a kind back.
     *
     * Take back what the workspace has defined; the server's own kind of that name counts again.
     *
     * Throws `forbidden`, `kind_changed`, `kind_in_use`.
     */
    remove(kind: string, options?: KindQuery & Options): Promise<KindChange>;
}
export interface DraftsApi {
    /**
     * List drafts.
     *
     * Drafts with changes that the asker may know of. Of private ones of others only owner and age.
     *
     * Throws `bad_cursor`, `unknown_kind`, `too_many`.
     */
    list(options?: DraftListQuery & Options): Promise<DraftPage>;
    /**
     * What stands in the way of a deploy.
     *
     * What the kind's schema objects to, and references that lead nowhere; none of it ever stops typing.
     */
    diagnostics(draft: string, options?: NamedDraft & Options): Promise<Diagnostics>;
    /**
     * Read an item's draft.
     *
     * The draft that an editor would open, or the own or shared one; 304 if the asker has that very state.
     */
    ofItem(item: string, options?: DraftQuery & Options): Promise<DraftState>;
    /**
     * Read a draft.
     *
     * The draft with its etag; 304 if the asker has that very state.
     */
    get(draft: string, options?: NamedDraft & Options): Promise<DraftState>;
    /**
     * Save an item's whole draft.
     *
     * As `PUT` of the draft itself.
     *
     * Throws `precondition_required`, `bad_etag`, `stale`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`,
     * `override_moved`, `session_is_live`, `idempotency_reused`, `read_only`, `too_large`, `plain_secret`,
     * `unknown_secret`, `duplicate_id`, `bad_id`.
     */
    saveOfItem(item: string, body: WholeDraft, options: DraftQuery & WithIfMatch & WithOverride & WithSession & WithIdempotencyKey & WithMerge & Options): Promise<Saved>;
    /**
     * Save a whole draft.
     *
     * Save the whole document. 200 with the new etag, and with the value if others' work was merged in.
     *
     * Throws `precondition_required`, `bad_etag`, `stale`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`,
     * `override_moved`, `session_is_live`, `idempotency_reused`, `read_only`, `too_large`, `plain_secret`,
     * `unknown_secret`, `duplicate_id`, `bad_id`.
     */
    save(draft: string, body: WholeDraft, options: NamedDraft & WithIfMatch & WithOverride & WithSession & WithIdempotencyKey & WithMerge & Options): Promise<Saved>;
    /**
     * Change parts of a draft.
     *
     * Our ops, an RFC 6902 patch or texts replaced in texts, resolved at the state that `If-Match` names.
     *
     * What others wrote since is merged as for a whole document: 200 tells what came in, where and from whom, and 409
     * `stale` has both sides.
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
     * As `PATCH` of the draft's content.
     *
     * Throws `precondition_required`, `bad_etag`, `stale`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`,
     * `session_is_live`, `idempotency_reused`, `read_only`, `too_large`, `plain_secret`, `unknown_secret`,
     * `duplicate_id`, `bad_id`, `mode_forbids`, `patch_unsupported`, `test_failed`, `too_much_work`, `no_single_match`,
     * `not_text`, `no_such_place`, `bad_address`, `bad_op`, `root_fixed`, `not_an_object`, `bad_splice`, `out_of_range`,
     * `half_surrogate`, `not_keyed`, `bad_place`, `id_fixed`, `keyed_array_fixed`, `plain_array`, `bad_text`.
     */
    patchOfItem(item: string, body: DraftPatch | readonly PatchOp[], options: DraftQuery & WithIfMatch & WithSession & WithIdempotencyKey & WithMerge & Options): Promise<Saved>;
    /**
     * Read a draft's log.
     *
     * The draft's batches after a seq, for its readers.
     *
     * Throws `base_expired`.
     */
    log(draft: string, options?: LogQuery & Options): Promise<DraftLog>;
    /**
     * Count a draft's writers.
     *
     * Every session that has written in the draft, and how many of its batches the log holds.
     */
    writers(draft: string, options?: NamedDraft & Options): Promise<WriterCounts>;
    /**
     * End an alert.
     *
     * A person has dealt with an alert.
     *
     * Throws `forbidden`.
     */
    resolveAlert(draft: string, alert: string, options?: Options): Promise<AlertEnded>;
}
export interface DeploysApi {
    /**
     * Deploy many drafts.
     *
     * As deploying each of them, in order: each by itself, with a result for each.
     *
     * Throws `too_many`, `idempotency_reused`.
     */
    many(body: DeployMany, options?: WithIdempotencyKey & Options): Promise<DeployedMany>;
    /**
     * Discard many drafts.
     *
     * As discarding each of them, in order: each by itself, with a result for each.
     *
     * Throws `too_many`, `idempotency_reused`.
     */
    discardMany(body: DiscardMany, options?: WithIdempotencyKey & Options): Promise<DiscardedMany>;
    /**
     * Deploy a draft's state.
     *
     * Make exactly the state of the etag the item's next version, also if the draft has moved on since.
     *
     * What came later stays in the draft, which stands on the new version then. 409 `behind` tells who has deployed
     * meanwhile, what a merge would give and where both sides meet.
     *
     * Throws `forbidden`, `behind`, `not_deployable`, `too_much_work`, `too_large`, `idempotency_reused`, `busy`,
     * `bad_etag`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`, `draft_moved`.
     */
    deploy(draft: string, body: Deploy, options?: WithIdempotencyKey & Options): Promise<Deployed>;
    /**
     * Deploy an older version again.
     *
     * An older version, by number or hash, becomes the head again, as a new version of the same content.
     *
     * Throws `forbidden`, `behind`, `not_deployable`, `too_much_work`, `too_large`, `idempotency_reused`, `busy`.
     */
    redeploy(item: string, version: string | number, body: Redeploy, options?: WithIdempotencyKey & Options): Promise<Deployed>;
    /**
     * Bring a draft onto another version.
     *
     * Merge into a draft what a version changed since the one on which it stands; `preview` only tells.
     *
     * 409 `merge_conflict` holds the places that both changed, side by side: mine is the draft, theirs the version.
     *
     * Throws `merge_conflict`, `read_only`, `mode_forbids`, `idempotency_reused`, `too_large`, `busy`.
     */
    rebase(draft: string, body: Rebase, options?: WithIdempotencyKey & Options): Promise<Rebased>;
    /**
     * Keep a draft as it is behind a head.
     *
     * Nobody is reminded of this head any more; of the next one they are.
     *
     * Throws `behind`, `read_only`.
     */
    keep(draft: string, body: Keep, options?: Options): Promise<Kept>;
    /**
     * Bring a draft back to a version or a state.
     *
     * The draft reads as the version, or as it did at the etag; as ops in its log, so that it can be undone.
     *
     * `only` brings back single parts of the difference from that to the draft: members, elements, moves, hunks of
     * texts. If one of them reads differently by now, 409 `parts_changed` holds the difference as it is.
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
     * End the draft at exactly the state of the etag; for 30 days its text can be brought back.
     *
     * Throws `bad_etag`, `draft_moved`, `generation_changed`, `forbidden`.
     */
    discard(draft: string, body: Discard, options?: Options): Promise<Discarded>;
    /**
     * Bring a discarded draft back.
     *
     * Merge the text of a discarded generation, the last one if none is named, into the draft as it is now.
     *
     * Throws `merge_conflict`, `read_only`, `mode_forbids`, `idempotency_reused`, `too_large`, `busy`.
     */
    bringBack(draft: string, body?: BringBack, options?: WithIdempotencyKey & Options): Promise<Rebased>;
}
export interface SharingApi {
    /**
     * See how a draft is shared.
     *
     * Its visibility and its guests, for who may read it.
     */
    get(draft: string, options?: NamedDraft & Options): Promise<Sharing>;
    /**
     * Change a draft's visibility.
     *
     * By its owner, also before typing: `private`, `readable` by readers of the item, `open` to its writers.
     *
     * Throws `forbidden`.
     */
    show(draft: string, body: Visible, options?: NamedDraft & Options): Promise<Sharing>;
    /**
     * Look at a guest.
     *
     * What a guest may do, for who may read the draft.
     */
    guest(draft: string, user: string, options?: Options): Promise<GuestInfo>;
    /**
     * Invite a guest.
     *
     * By the owner: let a member look or type, until a time or until it is withdrawn. Replaces what they may.
     *
     * Throws `forbidden`, `bad_guest`, `too_many`.
     */
    invite(draft: string, user: string, body?: Invitation, options?: NamedDraft & Options): Promise<GuestInfo>;
    /**
     * Withdraw an invitation.
     *
     * By the owner or the guest. Typing ends at once everywhere; what was typed stays.
     *
     * Throws `forbidden`.
     */
    withdraw(draft: string, user: string, options?: Options): Promise<void>;
    /**
     * Ask to type.
     *
     * Ask the owner to be let in; the owner's tabs hear of it at once. 200 with the open question if there is one.
     *
     * Throws `already_may`, `forbidden`, `too_fast`.
     */
    ask(draft: string, body?: NewAsk, options?: Options): Promise<AskInfo>;
    /**
     * List questions about drafts.
     *
     * What the asker is to answer, and what they asked, newest first.
     */
    asks(options?: AskQuery & Options): Promise<Asks>;
    /**
     * Let the asker in.
     *
     * By the owner: the asker becomes a guest, as asked or as the body says.
     *
     * Throws `forbidden`, `ask_over`, `bad_guest`, `too_many`.
     */
    grant(ask: string, body?: Granted, options?: Options): Promise<AskInfo>;
    /**
     * Say no to the asker.
     *
     * By the owner. The asker is told, and can't ask the same again for a while.
     *
     * Throws `forbidden`, `ask_over`.
     */
    decline(ask: string, options?: Options): Promise<AskInfo>;
    /**
     * Take a question back.
     *
     * By who asked; fine if it is over.
     */
    takeBack(ask: string, options?: Options): Promise<void>;
}
export interface AdoptionApi {
    /**
     * Adopt another's draft.
     *
     * Make one's own draft of an item another's text, as of an etag.
     *
     * If one's own draft has changes and `how` is not said: 409 `draft_exists` with what a merge would give (`value`,
     * `hunks`) and what a replacement would lose (`lost`). What is replaced goes into the stash.
     *
     * Throws `draft_exists`, `merge_conflict`, `read_only`, `mode_forbids`, `generation_changed`, `rewound`,
     * `base_ahead`, `base_expired`, `bad_etag`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `too_large`,
     * `no_such_place`, `bad_id`, `id_fixed`, `not_text`.
     */
    adopt(item: string, body: Adoption, options?: WithIdempotencyKey & Options): Promise<Brought>;
    /**
     * Bring back changes of an adopted draft.
     *
     * Merge what changed in a draft since one took from it: 409 `merge_conflict` where that needs choices.
     *
     * Throws `not_adopted`, `merge_conflict`, `read_only`, `mode_forbids`, `generation_changed`, `rewound`, `base_ahead`,
     * `base_expired`, `bad_etag`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `too_large`, `no_such_place`,
     * `bad_id`, `id_fixed`, `not_text`.
     */
    bring(draft: string, body: Bringing, options?: WithIdempotencyKey & Options): Promise<Brought>;
    /**
     * Move one's changes into the shared draft.
     *
     * Merge the changes of one's own draft into the item's shared one, and take them out of the own one; or neither.
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
     * What was deployed, by whom, with what message, from which state; the latest first, without the values.
     */
    list(item: string, options?: VersionQuery & Options): Promise<VersionPage>;
    /**
     * Look at a version.
     *
     * A version with its value, by number or hash.
     */
    get(item: string, version: string | number, options?: Options): Promise<Version>;
    /**
     * Read what is deployed.
     *
     * The runtime's read: the live version at a `path`, or the version of a `hash`. Needs `run` alone.
     *
     * No draft, edit or alert changes a byte of it. By hash it may be cached for ever. 307 leads from an item's old path
     * to its present one.
     *
     * Throws `forbidden`.
     */
    deployed(options?: DeployedQuery & Options): Promise<DeployedValue>;
    /**
     * Restore a version as a new item.
     *
     * A version's value begins a new item, which remembers where it came from.
     *
     * Throws `forbidden`, `bad_path`, `taken`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `busy`.
     */
    restore(item: string, version: string | number, body?: Restore, options?: WithIdempotencyKey & Options): Promise<Forked>;
    /**
     * Fork an item.
     *
     * A new item from the deployed value, a version or any state of a draft that the asker may read.
     *
     * Throws `forbidden`, `bad_path`, `taken`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `busy`,
     * `bad_etag`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`.
     */
    fork(item: string, body?: Fork, options?: WithIdempotencyKey & Options): Promise<Forked>;
    /**
     * Where an item was forked from.
     *
     * The item, version or draft's state that an item began with; 404 if it is no fork.
     */
    origin(item: string, options?: Options): Promise<Origin>;
}
export interface HistoryApi {
    /**
     * Read a draft's history.
     *
     * The draft's batches grouped by writer, run and time, the latest first: who, when, where, how much, named states.
     *
     * A pause of five minutes ends a group. A batch by itself is in the draft's log.
     *
     * Throws `generation_changed`, `busy`.
     */
    page(draft: string, options?: HistoryQuery & Options): Promise<HistoryPage>;
    /**
     * Read a draft as it was.
     *
     * The draft's value at an etag, at a seq, or at a named state, and whose batch led to it.
     *
     * Throws `bad_etag`, `bad_name`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`.
     */
    state(draft: string, options?: StateQuery & Options): Promise<PastState>;
    /**
     * List a draft's named states.
     *
     * The named states, the latest first. Their values stay readable, whatever becomes of the log around them.
     */
    names(draft: string, options?: NamedDraft & Options): Promise<NamedStates>;
    /**
     * Name a state.
     *
     * Give the state of an etag a name, for who may type in the draft; 200 if it has that name already.
     *
     * Throws `bad_etag`, `bad_name`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`, `bad_name`, `taken`,
     * `read_only`, `mode_forbids`, `too_many`.
     */
    name(draft: string, body: NewStateName, options?: Options): Promise<NamedState>;
    /**
     * Rename a named state.
     *
     * Another name for the same state.
     *
     * Throws `bad_name`, `taken`, `read_only`, `mode_forbids`.
     */
    rename(draft: string, name: string, body: RenamedState, options?: Options): Promise<NamedState>;
    /**
     * Remove a state's name.
     *
     * The state is kept as long as its log is, no longer for its name.
     *
     * Throws `read_only`, `mode_forbids`.
     */
    unname(draft: string, name: string, options?: Options): Promise<void>;
    /**
     * Who wrote what of a draft.
     *
     * By line of the texts and by member: who, or an agent for whom, in which run, when, with which batches.
     *
     * What came with a version is told with that version's own writers.
     *
     * Throws `bad_etag`, `bad_name`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`, `no_such_place`,
     * `duplicate_id`, `bad_id`.
     */
    blame(draft: string, options?: BlameQuery & Options): Promise<DraftBlame>;
    /**
     * Who wrote what of a version.
     *
     * The same of a version, by number or hash; who sees the item sees it.
     *
     * Throws `no_such_place`, `duplicate_id`, `bad_id`.
     */
    versionBlame(item: string, version: string | number, options?: BlameVersionQuery & Options): Promise<DraftBlame>;
    /**
     * What others changed in a draft.
     *
     * What others changed since the asker said that they looked, or since a state: by whom, how often, when, where.
     *
     * People and each run of an agent are told apart; `comparison` holds the places that they changed.
     *
     * Throws `bad_etag`, `bad_name`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`, `too_large`,
     * `duplicate_id`, `bad_id`, `busy`.
     */
    changes(draft: string, options?: ChangesQuery & Options): Promise<DraftChanges>;
    /**
     * Say up to where one has looked.
     *
     * Move the asker's mark to a state. Nothing else moves it, and it never goes back.
     *
     * Throws `bad_etag`, `bad_name`, `generation_changed`, `rewound`, `base_ahead`, `base_expired`.
     */
    looked(draft: string, body: Looked, options?: Options): Promise<LookedAt>;
}
export interface StashApi {
    /**
     * List one's kept texts.
     *
     * Texts that were refused, replaced or lost their place, newest first.
     *
     * Throws `bad_cursor`.
     */
    list(options?: StashQuery & Options): Promise<StashPage>;
    /**
     * Look at a kept text.
     *
     * The whole of it, also when one has lost the item; then nothing else of the item is told.
     */
    get(entry: string, options?: Options): Promise<StashEntry>;
    /**
     * Compare a kept text with the draft.
     *
     * The draft as it is, and as it would be with the text in its place.
     *
     * Throws `no_such_place`.
     */
    compare(entry: string, options?: Options): Promise<StashSides>;
    /**
     * Restore a kept text.
     *
     * Merge it into the draft that it is from, or another one of the item; 409 `merge_conflict` asks for choices.
     *
     * Throws `merge_conflict`, `read_only`, `mode_forbids`, `generation_changed`, `rewound`, `base_ahead`,
     * `base_expired`, `bad_etag`, `plain_secret`, `unknown_secret`, `idempotency_reused`, `too_large`, `no_such_place`,
     * `bad_id`, `id_fixed`, `not_text`.
     */
    restore(entry: string, body?: Restoring, options?: WithIdempotencyKey & Options): Promise<Restored>;
    /**
     * Dismiss a kept text.
     *
     * It leaves the list and is kept for 30 more days.
     *
     * Throws `forbidden`, `suggest_only`.
     */
    dismiss(entry: string, options?: Options): Promise<StashEntry>;
}
export interface AlertsApi {
    /**
     * List alerts.
     *
     * Of a draft, of an item, or those that one is a party of; newest first.
     *
     * Throws `bad_cursor`.
     */
    list(options?: AlertQuery & Options): Promise<AlertPage>;
    /**
     * Look at an alert.
     *
     * Who, where, what, and how it ended; for who may read the draft.
     */
    get(alert: string, options?: Options): Promise<AlertInfo>;
    /**
     * Resolve an alert.
     *
     * End it, with one side's text in its place if asked for; the text that loses goes into its author's stash.
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
     * Members by username. Everybody sees names; roles and the platform's ids are for admins.
     */
    list(options?: MemberQuery & Options): Promise<MemberPage>;
    /**
     * Add a member.
     *
     * Make a member before their first token does. Admins only.
     *
     * Throws `forbidden`, `taken`, `bad_name`.
     */
    add(body: NewMember, options?: Options): Promise<Member>;
    /**
     * Look at a member.
     *
     * One member, by id, by the platform's id, or oneself as `me`; with the groups they are in.
     */
    get(member: string, options?: Options): Promise<Member>;
    /**
     * Change a member.
     *
     * Change name, username, role or external id. Another username moves what lies in their place. Admins only.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `last_admin`, `bad_path`.
     */
    change(member: string, body?: ChangedMember, options?: Options): Promise<Member>;
    /**
     * Remove a member.
     *
     * End a member's access at once, on every worker. What they made stays; they can be brought back. Admins only.
     *
     * Throws `forbidden`, `last_admin`.
     */
    remove(member: string, options?: Options): Promise<Member>;
    /**
     * Bring a member back.
     *
     * Undo a removal: the member has the groups, roles and grants that they had. Admins only.
     *
     * Throws `forbidden`.
     */
    restore(member: string, options?: Options): Promise<Member>;
    /**
     * Erase a user.
     *
     * Take away their drafts, stash, grants and keys, and every name of theirs; for good. Admins only.
     *
     * Throws `forbidden`, `last_admin`.
     */
    erase(member: string, options?: Options): Promise<Erased>;
    /**
     * End a member's tokens.
     *
     * Refuse all tokens of a member that were issued before a time. Admins, and everybody for themselves.
     *
     * Throws `forbidden`.
     */
    signOut(member: string, body?: SignOut, options?: Options): Promise<SignedOut>;
}
export interface WorkspaceSettingsApi {
    /**
     * Read the workspace's settings.
     *
     * What holds in the workspace, for all its members: among other things whether single people are counted.
     */
    get(options?: Options): Promise<WorkspaceSettings>;
    /**
     * Change the workspace's settings.
     *
     * Change what is named; admins only. An event says so.
     *
     * Throws `forbidden`.
     */
    change(body?: ChangedSettings, options?: Options): Promise<WorkspaceSettings>;
}
export interface GroupsApi {
    /**
     * List groups.
     *
     * The workspace's groups, by name.
     */
    list(options?: Options): Promise<GroupList>;
    /**
     * Make a group.
     *
     * Make a group; its members share the place `g/<name>/`. Admins only.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `no_such_holder`.
     */
    add(body: NewGroup, options?: Options): Promise<Group>;
    /**
     * Look at a group.
     *
     * One group, by id, by the platform's id or by name. Its members are shown to admins and to themselves.
     */
    get(group: string, options?: Options): Promise<Group>;
    /**
     * Change a group.
     *
     * Change name, summary or external id. Another name moves what lies in its place. Admins only.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `bad_path`.
     */
    change(group: string, body?: ChangedGroup, options?: Options): Promise<Group>;
    /**
     * Remove a group.
     *
     * Remove a group with its roles and grants. Admins only.
     *
     * Throws `forbidden`, `not_empty`.
     */
    remove(group: string, options?: Options): Promise<Done>;
    /**
     * Say who is in a group.
     *
     * Give a group exactly these members. Admins only.
     *
     * Throws `forbidden`, `no_such_holder`.
     */
    setMembers(group: string, body: GroupMembers, options?: Options): Promise<Group>;
    /**
     * Put a user into a group.
     *
     * Put one user into a group. Admins only.
     *
     * Throws `forbidden`, `no_such_holder`.
     */
    enrol(group: string, member: string, options?: Options): Promise<Done>;
    /**
     * Take a user out of a group.
     *
     * Take one user out of a group. Admins only.
     *
     * Throws `forbidden`.
     */
    withdraw(group: string, member: string, options?: Options): Promise<Done>;
}
export interface FoldersApi {
    /**
     * List folders.
     *
     * The folders that the asker may see, with what they may do there.
     */
    list(options?: Options): Promise<FolderList>;
    /**
     * Make a folder.
     *
     * Make a folder: it gives the place `f/<name>/` its people. Admins only.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `no_such_holder`.
     */
    add(body: NewFolder, options?: Options): Promise<Folder>;
    /**
     * Look at a folder.
     *
     * One folder, by id, by the platform's id or by name. Its people are shown to owners and admins.
     */
    get(folder: string, options?: Options): Promise<Folder>;
    /**
     * Change a folder.
     *
     * Change a folder. Owners give and take the roles of writers and readers, and the summary; the rest is admins'.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `bad_path`, `no_such_holder`.
     */
    change(folder: string, body?: ChangedFolder, options?: Options): Promise<Folder>;
    /**
     * Remove a folder.
     *
     * Remove a folder in which no items lie any more. Admins only.
     *
     * Throws `forbidden`, `not_empty`.
     */
    remove(folder: string, options?: Options): Promise<Done>;
    /**
     * Give a role in a folder.
     *
     * Give one user or group a role in a folder, or (null) none. Owners for writers and readers, admins for owners.
     *
     * Throws `forbidden`, `no_such_holder`.
     */
    setRole(folder: string, body: FolderPerson, options?: Options): Promise<Done>;
}
export interface GrantsApi {
    /**
     * List grants.
     *
     * Grants on what the asker administers or owns.
     *
     * Throws `no_such_holder`.
     */
    list(options?: GrantQuery & Options): Promise<GrantList>;
    /**
     * Give rights.
     *
     * Give a user or group rights on an item or below a prefix; never more than one holds there oneself.
     *
     * Throws `forbidden`, `no_such_holder`, `bad_path`.
     */
    give(body: NewGrant, options?: Options): Promise<Grant>;
    /**
     * Take rights away.
     *
     * Take a grant away, at once on every worker.
     */
    end(grant: string, options?: Options): Promise<Done>;
}
export interface KeysApi {
    /**
     * List API keys.
     *
     * All keys for admins, else one's own; never the keys themselves.
     */
    list(options?: Options): Promise<KeyList>;
    /**
     * Make an API key.
     *
     * Make a key. It is shown in this answer and never again.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `no_such_holder`.
     */
    make(body: NewKey, options?: Options): Promise<MadeKey>;
    /**
     * Look at an API key.
     *
     * One key, by id or name.
     */
    get(key: string, options?: Options): Promise<Key>;
    /**
     * Revoke an API key.
     *
     * End a key at once, on every worker; connections that it opened close.
     *
     * Throws `forbidden`.
     */
    revoke(key: string, options?: Options): Promise<Done>;
}
export interface TokensApi {
    /**
     * Revoke a token.
     *
     * Refuse a token from now on, on every worker. Admins name any by its `jti`; whoever holds a token may end it.
     *
     * Throws `forbidden`.
     */
    revoke(body?: RevokedToken, options?: Options): Promise<Revoked>;
    /**
     * Whose tokens open the workspace.
     *
     * The workspace's issuer, and what holds together with the server's defaults. Admins only.
     *
     * Throws `forbidden`.
     */
    identity(options?: Options): Promise<Identity>;
    /**
     * Say whose tokens open the workspace.
     *
     * Set issuer, audience, JWKS address and algorithms. One's own token must still count. Admins only.
     *
     * Throws `forbidden`, `bad_jwks`, `locks_out`.
     */
    setIdentity(body?: IdentitySettings, options?: Options): Promise<Identity>;
}
export interface DirectoryApi {
    /**
     * Change many rights.
     *
     * Make many changes in order, all or none; a refusal names the first that can't be made by its `index`.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `no_such_holder`, `last_admin`, `not_empty`, `bad_path`.
     */
    change(body: Changes, options?: Options): Promise<ChangeResults>;
    /**
     * Sync users, groups and folders.
     *
     * Bring users, groups and folders to what the platform has, by external id; twice is as good as once. Admins.
     *
     * Throws `forbidden`, `taken`, `bad_name`, `no_such_holder`, `last_admin`, `bad_path`.
     */
    sync(body?: Directory, options?: Options): Promise<DirectoryResult>;
}
export interface PresenceApi {
    /**
     * Be at an item.
     *
     * Be at an item until the lease ends; sent again before that, it goes on. Everybody who looks at it is told.
     *
     * Throws `session_is_live`, `too_many`, `forbidden`, `run_stopped`, `run_ended`.
     */
    attend(item: string, body?: Attend, options?: WithSession & Options): Promise<Attending>;
    /**
     * Leave an item.
     *
     * Be there no longer; leaving where one is not is fine.
     */
    leave(item: string, options?: WithSession & Options): Promise<void>;
    /**
     * Who is at an item.
     *
     * Every session at the item, over WebSocket or HTTP; carets only in drafts that the asker may read.
     */
    here(item: string, options?: Options): Promise<Here>;
    /**
     * Who is where.
     *
     * Who is at which items, of those that the asker may see.
     */
    everywhere(options?: Options): Promise<Everywhere>;
}
export interface ActivityApi {
    /**
     * Edits per minute.
     *
     * How much is edited in which items and by which AI sessions, of the drafts that the asker may read.
     */
    perMinute(options?: ActivityQuery & Options): Promise<Activity>;
}
export interface RunsApi {
    /**
     * Begin a run.
     *
     * Begin a piece of an agent's work, for the agent that asks: what it does can then be told, stopped, undone.
     *
     * Throws `forbidden`, `too_many`, `suggest_only`, `idempotency_reused`.
     */
    begin(body: NewRun, options?: WithIdempotencyKey & Options): Promise<Run>;
    /**
     * List runs.
     *
     * Runs of one's own agents, and those that have written in drafts that one may read; the latest first.
     *
     * Throws `not_found`, `bad_cursor`.
     */
    page(options?: RunQuery & Options): Promise<RunPage>;
    /**
     * Look at a run.
     *
     * One run: who, for whom, its state, the drafts and streams that it has written.
     */
    get(run: string, options?: Options): Promise<Run>;
    /**
     * What happened to a run.
     *
     * Notes of people, pauses, stops, decisions about suggestions, in their order; an empty answer waits `wait_s`.
     */
    events(run: string, options?: RunEventQuery & Options): Promise<RunEventPage>;
    /**
     * Know what happened to a run.
     *
     * Remember up to which event the run's agent knows: for agents that keep nothing between two requests.
     *
     * Throws `forbidden`.
     */
    told(run: string, body: RunHeard, options?: Options): Promise<RunNoted>;
    /**
     * Tell the agent.
     *
     * Say something to the agent of a run.
     *
     * Throws `forbidden`, `run_stopped`, `run_ended`, `quota`.
     */
    note(run: string, body: RunNote, options?: Options): Promise<RunNoted>;
    /**
     * Pause a run.
     *
     * Commit nothing of the run until it is resumed; what is there stays.
     *
     * Throws `forbidden`, `run_stopped`, `run_ended`, `quota`.
     */
    pause(run: string, body?: RunWord, options?: Options): Promise<RunNoted>;
    /**
     * Let a run go on.
     *
     * Let a paused run go on.
     *
     * Throws `forbidden`, `run_stopped`, `run_ended`, `quota`.
     */
    resume(run: string, body?: RunWord, options?: Options): Promise<RunNoted>;
    /**
     * Stop a run.
     *
     * End a run for good. No write of it that begins after this answer is committed; its streams stay unfinished.
     *
     * Throws `forbidden`, `run_stopped`, `run_ended`.
     */
    stop(run: string, body?: RunWord, options?: Options): Promise<RunNoted>;
    /**
     * End a run.
     *
     * The agent has done its work. Streams that it left open are marked as aborted.
     *
     * Throws `forbidden`, `run_stopped`, `run_ended`.
     */
    end(run: string, body?: RunWord, options?: Options): Promise<RunNoted>;
    /**
     * What a run changed.
     *
     * Its changes in the drafts that you may read, hunk by hunk: whether they stand, and who has changed them since.
     */
    changes(run: string, options?: Options): Promise<RunChanges>;
    /**
     * Undo a run.
     *
     * Take back what a run did, under everybody's later changes; nobody else's text goes. Stop the run before.
     */
    undo(run: string, body?: RunChosen, options?: Options): Promise<RunUndone>;
    /**
     * Redo a run.
     *
     * Do again what was undone of a run.
     */
    redo(run: string, body?: RunChosen, options?: Options): Promise<RunUndone>;
    /**
     * Restore what an undo left away.
     *
     * Let text come back that a run took away and an undo left away, beside what others have written there since.
     */
    restore(run: string, body?: RunChosen, options?: Options): Promise<RunUndone>;
    /**
     * Keep what a run did.
     *
     * Remember that changes of a run were looked at and stay: an undo of the whole passes them over.
     */
    keep(run: string, body?: RunChosen, options?: Options): Promise<RunUndone>;
    /**
     * Read in a draft.
     *
     * The document, a part of it, or lines of a text; and what others changed since the run last read the draft.
     *
     * Throws `run_stopped`, `run_ended`, `no_match`, `many_matches`, `out_of_range`, `no_such_place`, `not_text`,
     * `precondition_required`, `bad_message`.
     */
    read(run: string, body?: Read, options?: Options): Promise<ReadAnswer>;
    /**
     * Search in texts.
     *
     * Lines that hold a text or match a pattern, in one draft or in all items that the agent may see.
     *
     * Throws `run_stopped`, `run_ended`, `bad_message`, `busy`.
     */
    search(run: string, body: Search, options?: Options): Promise<SearchAnswer>;
    /**
     * Edit a draft.
     *
     * Edit what was read. Only a change in the very place that an edit is made for refuses it (`stale_region`).
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
     * Begin a text that is written piece by piece, at a place that follows everybody's edits.
     *
     * Throws `run_stopped`, `run_ended`, `run_paused`, `suggest_only`, `read_only`, `mode_forbids`, `archived`,
     * `generation_changed`, `no_match`, `many_matches`, `out_of_range`, `no_such_place`, `not_text`,
     * `precondition_required`, `too_many`.
     */
    openStream(run: string, body: NewStream, options?: Options): Promise<Stream>;
    /**
     * Look at a stream.
     *
     * How much of it is committed: whoever carries it on begins there.
     *
     * Throws `run_stopped`, `run_ended`, `stream_over`.
     */
    stream(run: string, stream: string, options?: Options): Promise<Stream>;
    /**
     * Append to a stream.
     *
     * Write the next piece; with its `offset` it may be sent again. It is committed with others of some 40 ms.
     *
     * Throws `run_stopped`, `run_ended`, `run_paused`, `suggest_only`, `read_only`, `mode_forbids`, `archived`,
     * `generation_changed`, `stream_gap`, `stream_over`, `anchor_gone`, `stale_region`, `bad_text`, `too_large`,
     * `too_fast`.
     */
    append(run: string, stream: string, body: AppendToStream, options?: Options): Promise<Stream>;
    /**
     * Close a stream.
     *
     * The text is complete and committed.
     *
     * Throws `run_stopped`, `run_ended`, `run_paused`, `suggest_only`, `read_only`, `mode_forbids`, `archived`,
     * `generation_changed`, `stream_gap`, `stream_over`, `anchor_gone`, `stale_region`.
     */
    closeStream(run: string, stream: string, body?: CloseStream, options?: Options): Promise<Stream>;
    /**
     * Abort a stream.
     *
     * Write nothing more. What is there stays, marked as unfinished.
     *
     * Throws `run_stopped`, `run_ended`, `stream_over`.
     */
    abortStream(run: string, stream: string, options?: Options): Promise<Stream>;
}
export interface SuggestionsApi {
    /**
     * Suggestions for a draft.
     *
     * What runs suggest for a draft, the latest first.
     */
    list(draft: string, options?: NamedDraft & Options): Promise<SuggestionPage>;
    /**
     * Look at a suggestion.
     *
     * Hunk by hunk, against the draft as it is now: what applies, what does not and why, what was decided.
     */
    get(suggestion: string, options?: Options): Promise<Suggestion>;
    /**
     * Accept suggested hunks.
     *
     * Bring hunks into the draft: the agent stays their author, you approve. What does not apply is left and told.
     *
     * Throws `read_only`, `archived`, `busy`.
     */
    accept(suggestion: string, body?: Deciding, options?: Options): Promise<SuggestionDecided>;
    /**
     * Reject suggested hunks.
     *
     * Remember that hunks are not wanted, and tell the run.
     *
     * Throws `read_only`, `archived`.
     */
    reject(suggestion: string, body?: Deciding, options?: Options): Promise<SuggestionDecided>;
}
export interface TransferApi {
    /**
     * Export a workspace.
     *
     * What the workspace holds, as records that mean the same elsewhere; a page after the other, by `cursor`.
     *
     * Admins only. Drafts that are for their owners alone are left out and counted in `withheld`.
     *
     * Throws `forbidden`, `bad_cursor`.
     */
    pages(options?: ExportQuery & Options): Promise<ExportPage>;
    /**
     * Import records.
     *
     * Make what records tell of, with its numbers, times, authors and hashes; a result for each, in their order.
     *
     * Admins only. What is there already stays as it is, so an import may be sent again. `dry_run` leaves nothing
     * behind.
     *
     * Throws `forbidden`, `too_large`.
     */
    put(body: ImportRecords, options?: Options): Promise<Imported>;
}
export interface EventsApi {
    /**
     * Read what happened.
     *
     * Events after a number, in the order of their commits and without gaps, kept for 30 days.
     *
     * Go on from `next`. With `wait_s` an answer that would be empty waits for an event.
     *
     * Throws `cursor_expired`, `cursor_ahead`, `too_many`.
     */
    read(options?: EventQuery & Options): Promise<EventPage>;
}
export interface SecretsApi {
    /**
     * Set a secret in a draft.
     *
     * Keep a value, and let a marker stand at `at`: a place of a secret of the item's kind.
     *
     * The marker is an op like any other, seen by everybody who is in the draft. The value can be read by nobody.
     *
     * Throws `secrets_off`, `too_large`, `precondition_required`, `bad_etag`, `stale`, `generation_changed`, `rewound`,
     * `base_ahead`, `base_expired`, `session_is_live`, `read_only`, `mode_forbids`, `no_such_place`, `bad_address`,
     * `plain_array`, `id_fixed`, `root_fixed`, `keyed_array_fixed`.
     */
    set(draft: string, body: PlacedSecret, options: NamedDraft & WithIfMatch & WithSession & WithMerge & Options): Promise<SetSecret>;
    /**
     * Keep a secret for an item.
     *
     * Keep a value; the answer has the marker, for clients that write ops or whole documents themselves.
     *
     * Throws `secrets_off`, `too_large`, `forbidden`.
     */
    make(item: string, body: NewSecret, options?: Options): Promise<MadeSecret>;
    /**
     * List an item's secrets.
     *
     * Which secrets an item has, who set them and when; never their values.
     *
     * Throws `forbidden`.
     */
    list(item: string, options?: Options): Promise<SecretList>;
    /**
     * Destroy a secret.
     *
     * Destroy a value for good: no older version that names it can be run again. Not the one that is deployed now.
     *
     * Throws `forbidden`, `secret_in_use`.
     */
    remove(item: string, secret: string, options?: Options): Promise<Done>;
    /**
     * Read the secrets of what is deployed.
     *
     * The values of a version's markers, for an API key with `reads_secrets` that may run it; an event says so.
     *
     * Throws `forbidden`, `secrets_off`, `unknown_secret`.
     */
    deployed(options?: DeployedQuery & Options): Promise<DeployedSecrets>;
}
export interface WebhooksApi {
    /**
     * List webhooks.
     *
     * All webhooks for admins, else one's own; never their secrets.
     */
    list(options?: Options): Promise<WebhookList>;
    /**
     * Make a webhook.
     *
     * Events that its maker may see are sent to the address from now on. The secret is shown in this answer alone.
     *
     * Throws `forbidden`, `bad_webhook`, `too_large`, `secrets_off`, `cursor_expired`, `cursor_ahead`.
     */
    make(body: NewWebhook, options?: Options): Promise<MadeWebhook>;
    /**
     * Look at a webhook.
     *
     * One webhook: where it sends what, how far it is, and since when it fails.
     */
    get(webhook: string, options?: Options): Promise<Webhook>;
    /**
     * Change a webhook.
     *
     * Change its address, types or description; switch it off and on.
     *
     * Throws `bad_webhook`.
     */
    change(webhook: string, body?: ChangedWebhook, options?: Options): Promise<Webhook>;
    /**
     * Delete a webhook.
     *
     * Delete it with its log; what is on its way is not sent any more.
     */
    delete(webhook: string, options?: Options): Promise<Done>;
    /**
     * Exchange a webhook's secret.
     *
     * Make a new secret, shown in this answer alone; messages are signed with the old one too for `overlap_s`.
     *
     * Throws `secrets_off`, `too_large`.
     */
    rotate(webhook: string, body?: Rotate, options?: Options): Promise<MadeWebhook>;
    /**
     * Test a webhook.
     *
     * Send a `webhook.test` now, and say what was answered.
     *
     * Throws `too_many`.
     */
    test(webhook: string, options?: Options): Promise<Tested>;
    /**
     * Send events again.
     *
     * Send one event again, or all after one that the webhook was or would have been sent.
     *
     * Throws `cursor_expired`, `cursor_ahead`.
     */
    replay(webhook: string, body?: Replay, options?: Options): Promise<Replayed>;
    /**
     * Read a webhook's log.
     *
     * What became of each event, the latest first: every attempt, and when the next one is.
     */
    deliveries(webhook: string, options?: DeliveryQuery & Options): Promise<DeliveryPage>;
    /**
     * Look at a delivery.
     *
     * What became of one event.
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
