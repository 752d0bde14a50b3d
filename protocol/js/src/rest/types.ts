/* Made by `make generate` from the structs of the Python package: change them there. */

import type { Json, JsonObject, Op } from "../document/ops.js";
import type {
  ActorInfo,
  Alert,
  AskInfo,
  Diagnostic,
  DraftInfo,
  EventInfo,
  PresenceEntry,
  RunEvent,
  VersionInfo,
  WriterInfo,
} from "../wire/messages.js";

/**
 * Batches of edits in the drafts you can read. Single people are counted only if the workspace has switched that
 * on.
 *
 * Those with the most edits come first. `truncated`: there were more edits than are counted. `counts_people`: the
 * workspace counts single people, even if none has edited yet.
 */
export interface Activity {
  readonly until: number;
  readonly items: readonly ItemActivity[];
  readonly agents: readonly AgentActivity[];
  readonly truncated?: boolean;
  readonly people?: readonly PersonActivity[];
  readonly counts_people?: boolean;
}

/** The time to look back. */
export interface ActivityQuery {
  /** The number of minutes, including the current one. */
  readonly minutes?: number;
}

/** Adds an element to the keyed array `at`: after `after`, before `before`, or at the end. */
export interface AddElement {
  readonly do: "add";
  readonly at: string;
  readonly value: JsonObject;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly read_seq?: number | null;
}

/** See `NewFolder`. */
export interface AddFolder {
  readonly do: "add_folder";
  readonly name: string;
  readonly external_id?: string | null;
  readonly summary?: string;
  readonly owners?: readonly Holder[];
  readonly writers?: readonly Holder[];
  readonly readers?: readonly Holder[];
}

/** See `NewGroup`. */
export interface AddGroup {
  readonly do: "add_group";
  readonly name: string;
  readonly external_id?: string | null;
  readonly summary?: string;
  readonly members?: readonly string[];
}

/** See `NewMember`. */
export interface AddMember {
  readonly do: "add_member";
  readonly external_id: string;
  readonly name?: string | null;
  readonly username?: string | null;
  readonly role?: "admin" | "editor" | "operator";
}

/** A draft that this one has taken from, and up to which state. */
export interface Adopted {
  readonly source: string;
  readonly etag: string;
}

/** The draft to adopt, and its etag (default: its current state). `how` is needed if your draft has changes. */
export interface Adoption {
  readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
  readonly rest?: "mine" | "theirs" | null;
  readonly from: string;
  readonly etag?: string | null;
  readonly how?: "merge" | "replace" | null;
}

/** Edits of an AI session in an item, per minute. `run` is set if it works for a run. */
export interface AgentActivity {
  readonly actor: ActorInfo;
  readonly item: string;
  readonly edits: readonly number[];
  readonly last_at: number;
  readonly run?: string | null;
}

/**
 * Whose text to keep: `mine` or `theirs`. Without `keep`, the alert is resolved and the draft stays as it is.
 *
 * If the place has changed since, 409 `merge_conflict` asks for choices. In `resolutions` and `rest`, `mine` is
 * then the kept side and `theirs` the current draft.
 */
export interface AlertChoice {
  readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
  readonly rest?: "mine" | "theirs" | null;
  readonly keep?: "mine" | "theirs" | null;
}

/** An alert and how it ended. */
export interface AlertInfo {
  readonly alert: Alert;
  readonly item: string;
  readonly resolution?: string | null;
  readonly resolver?: ActorInfo | null;
}

/** A page of alerts, newest first. `next` is the cursor of the next page. */
export interface AlertPage {
  readonly alerts: readonly AlertInfo[];
  readonly next?: string | null;
}

/** Which alerts: of a draft, of an item, or, with neither or with `mine`, those you are involved in. Paged. */
export interface AlertQuery {
  readonly draft?: string | null;
  readonly item?: string | null;
  readonly mine?: boolean;
  readonly state?: "all" | "closed" | "open" | "resolved";
  readonly cursor?: string | null;
  readonly limit?: number;
}

/** The draft after the alert was resolved. `stash` is your stash entry that this created, if any. */
export interface AlertResolved {
  readonly alert: string;
  readonly draft: string;
  readonly etag: string;
  readonly changed: boolean;
  readonly value: Json;
  readonly state?: "resolved";
  readonly stash?: string | null;
}

/** A piece of the text. Without `offset` it follows everything that this worker has received. */
export interface AppendToStream {
  readonly text: string;
  readonly offset?: number | null;
  readonly wait?: boolean;
}

/** Which requests: open ones, or all of the last 30 days. */
export interface AskQuery {
  readonly draft?: string | null;
  readonly state?: "all" | "open";
}

/** Requests that wait for your answer, and your own. */
export interface Asks {
  readonly to_me: readonly AskInfo[];
  readonly by_me: readonly AskInfo[];
}

/** An item's path. `moved_from`: the path you asked for, if the item has moved away from it. */
export interface At {
  readonly item: string;
  readonly kind: string;
  readonly path: string;
  readonly moved_from?: string | null;
}

/** One attempt: the answer, or why there was none, and how long it took. */
export interface Attempt {
  readonly at: number;
  readonly duration_ms: number;
  readonly status?: number | null;
  readonly error?: string | null;
}

/**
 * Be present at an item for `lease_s` seconds. Send it again before that to stay, with a new place if you like.
 *
 * `doing` is the current activity ("reading", "editing lines 40–52", "waiting for review"), `label` its purpose if
 * no `run` says it. `at`, `anchor`, `head`, `seq` and `lines` are a place in `draft`, as in the
 * WebSocket message `focus`. Only people who can read that draft see the place and `doing`.
 */
export interface Attend {
  readonly state?: "editing" | "idle" | "viewing";
  readonly label?: string | null;
  readonly draft?: string | null;
  readonly at?: string | null;
  readonly anchor?: number;
  readonly head?: number;
  readonly seq?: number;
  readonly doing?: string | null;
  readonly lines?: readonly [number, number] | null;
  readonly run?: string | null;
  readonly lease_s?: number;
}

/** You are present as session `sid` until the lease ends. */
export interface Attending {
  readonly sid: string;
  readonly ends_in_s: number;
}

/** How much of a version's text an author wrote, in UTF-16 units. `run`: the run, if the author is an agent. */
export interface AuthorShare {
  readonly actor: ActorInfo;
  readonly units: number;
  readonly run?: string | null;
}

/** One batch of a draft's log. */
export interface BatchRecord {
  readonly w: number;
  readonly no: number;
  readonly base: number;
  readonly seen: number;
  readonly at: number;
  readonly ops: readonly Op[];
  readonly kind?: "accept" | "adopt" | "edit" | "rebase" | "restore" | "revert" | "save" | "undo";
  readonly cause?: string | null;
}

/**
 * The author of something, and the time. `seq` … `to` are batches of the draft's current generation.
 *
 * Older text has the first `version` that contains it. `kind` is not `edit` if only the actor who brought it in is
 * known: by an adoption, a revert, a deploy. `approved_by`: who accepted it, if an agent suggested it.
 */
export interface BlameOrigin {
  readonly actor: ActorInfo;
  readonly at: number;
  readonly kind: string;
  readonly run?: string | null;
  readonly seq?: number | null;
  readonly to?: number | null;
  readonly version?: number | null;
  readonly approved_by?: ActorInfo | null;
}

/** Which state, and optionally only one `address`. */
export interface BlameQuery {
  /** The draft's item; needed until the draft is started. */
  readonly item?: string | null;
  /** An etag, a seq, or the name of a state. */
  readonly at?: string | null;
  /** One leaf, member or element, with everything inside it. */
  readonly address?: string | null;
}

/** Optionally only one part of the version's value. */
export interface BlameVersionQuery {
  /** One leaf, member or element, with everything inside it. */
  readonly address?: string | null;
}

/**
 * Lines `first` … `last`. `origin` is their latest author, `others` are the earlier ones. All are indexes
 * of `origins`.
 */
export interface BlamedLines {
  readonly first: number;
  readonly last: number;
  readonly origin: number;
  readonly others?: readonly number[];
}

/** The author of a member that is not a text leaf, or of an element. */
export interface BlamedMember {
  readonly at: string;
  readonly origin: number;
}

/**
 * A text leaf by lines. `spans` are pairs of a length in UTF-16 units and an index of `origins`, from the
 * start.
 */
export interface BlamedText {
  readonly at: string;
  readonly lines: readonly BlamedLines[];
  readonly spans: readonly (readonly [number, number])[];
}

/** The generation to restore (default: the last one discarded), and choices. */
export interface BringBack {
  readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
  readonly rest?: "mine" | "theirs" | null;
  readonly generation?: number | null;
}

/** The draft to merge from, and its etag (default: its current state). */
export interface Bringing {
  readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
  readonly rest?: "mine" | "theirs" | null;
  readonly from: string;
  readonly etag?: string | null;
}

/** The draft that was written to, after the change. `stash` is the entry with the replaced text. */
export interface Brought {
  readonly draft: string;
  readonly item: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
  readonly changed: boolean;
  readonly from: string;
  readonly from_etag: string;
  readonly value: Json;
  readonly stash?: string | null;
}

/**
 * The actor: a user, or an agent or API key (`label`) acting for them.
 *
 * `imported`: who imported this statement. Exports contain it; imports ignore it and record who imports now.
 */
export interface By {
  readonly user: string;
  readonly kind?: "agent" | "api_key" | "user";
  readonly label?: string;
  readonly imported?: string | null;
}

/** Batches `seq_from` … `seq_to` by others that are part of the merged value. */
export interface CameIn {
  readonly seq_from: number;
  readonly seq_to: number;
  readonly by: readonly ActorInfo[];
  readonly addresses: readonly string[];
}

/** See `ChangedFolder`. */
export interface ChangeFolder {
  readonly do: "change_folder";
  readonly name?: string;
  readonly summary?: string;
  readonly external_id?: string | null;
  readonly owners?: readonly Holder[];
  readonly writers?: readonly Holder[];
  readonly readers?: readonly Holder[];
  readonly folder: string;
}

/** See `ChangedGroup`. */
export interface ChangeGroup {
  readonly do: "change_group";
  readonly name?: string;
  readonly summary?: string;
  readonly external_id?: string | null;
  readonly group: string;
}

/** See `ChangedMember`. */
export interface ChangeMember {
  readonly do: "change_member";
  readonly name?: string;
  readonly username?: string;
  readonly role?: "admin" | "editor" | "operator";
  readonly external_id?: string;
  readonly member: string;
}

/** The result of one change, and the `id` of what it changed. */
export interface ChangeResult {
  readonly outcome: "changed" | "created" | "emptied" | "removed" | "unchanged";
  readonly id: string;
}

/** The result of every change, in order. */
export interface ChangeResults {
  readonly results: readonly ChangeResult[];
}

/** The changes of one person, or of one run: how often, when, where. Places are those of the current state. */
export interface ChangedBy {
  readonly actor: ActorInfo;
  readonly batches: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly places: readonly ChangedPlace[];
  readonly came: number;
  readonly went: number;
  readonly run?: string | null;
}

/** Changes of a folder. A list of people replaces all who had that role. A new `name` also moves the items. */
export interface ChangedFolder {
  readonly name?: string;
  readonly summary?: string;
  readonly external_id?: string | null;
  readonly owners?: readonly Holder[];
  readonly writers?: readonly Holder[];
  readonly readers?: readonly Holder[];
}

/** Changes of a group. A new `name` also moves the items in its place. */
export interface ChangedGroup {
  readonly name?: string;
  readonly summary?: string;
  readonly external_id?: string | null;
}

/** Changes of an item itself. A new `path` moves it, which changes who can see it; null: no path. */
export interface ChangedItem {
  readonly path?: string | null;
  readonly summary?: string;
  readonly external_id?: string | null;
}

/** Changes of a member. A new `username` also moves the items in their place. */
export interface ChangedMember {
  readonly name?: string;
  readonly username?: string;
  readonly role?: "admin" | "editor" | "operator";
  readonly external_id?: string;
}

/** A changed address. `lines` are those of a text, as numbered after the last of the changes. */
export interface ChangedPlace {
  readonly at: string;
  readonly lines?: readonly (readonly [number, number])[];
}

/** The settings to change. Those you leave out stay as they are. */
export interface ChangedSettings {
  readonly counts_people?: boolean;
}

/** Changes of a webhook. While it is off nothing is sent; switched on again, it continues where it stopped. */
export interface ChangedWebhook {
  readonly address?: string;
  readonly types?: readonly string[];
  readonly description?: string;
  readonly active?: boolean;
}

/** Changes to make in this order, all or none. A refusal names the change by its `index`. */
export interface Changes {
  readonly changes: readonly (AddMember | ChangeMember | RemoveMember | RestoreMember | AddGroup | ChangeGroup | RemoveGroup | Enrol | Withdraw | AddFolder | ChangeFolder | RemoveFolder | SetFolderRole | GiveGrant | EndGrant)[];
}

/** The start: `looked` (your mark), an etag, a seq of the current generation, or the name of a state. */
export interface ChangesQuery {
  /** The draft's item; needed until the draft is started. */
  readonly item?: string | null;
  /** `looked`, an etag, a seq, or the name of a state. */
  readonly since?: string;
  /** Unchanged lines to show around changes, at most 100. */
  readonly context?: number;
}

/** The end of the text. `units`: everything that was sent, to check that nothing is missing. */
export interface CloseStream {
  readonly units?: number | null;
}

/** All differences. Empty if the contents are equal. */
export interface Comparison {
  readonly changes: readonly (MemberAdded | MemberRemoved | MemberChanged | ElementAdded | ElementRemoved | ElementMoved | TextChanged)[];
}

/** Which hunks: by id, all at some addresses, or `all` that are open. Name one of these. */
export interface Deciding {
  readonly hunks?: readonly string[] | null;
  readonly at?: readonly string[] | null;
  readonly all?: boolean;
}

/** A deleted item you can restore. `drafts`: how many of its drafts have content and are restored with it. */
export interface DeletedItem {
  readonly item: string;
  readonly kind: string;
  readonly path: string | null;
  readonly external_id: string | null;
  readonly summary: string;
  readonly version: number;
  readonly by: ActorInfo;
  readonly deleted_at: number;
  readonly until: number;
  readonly drafts: number;
  readonly archived?: boolean;
}

/** A page of deleted items, newest first. `next` is the cursor of the next page. */
export interface DeletedPage {
  readonly items: readonly DeletedItem[];
  readonly next?: string | null;
}

/** A page of items you can restore. */
export interface DeletedQuery {
  /** `next` of the previous page. */
  readonly cursor?: string | null;
  /** Items per page, at most 200. */
  readonly limit?: number;
}

/** One event's delivery. `withheld`: the owner may no longer see it. `next_at`: the next attempt. */
export interface Delivery {
  readonly number: number;
  readonly type: string;
  readonly state: "delivered" | "failed" | "waiting" | "withheld";
  readonly begun_at: number;
  readonly tries: number;
  readonly attempts?: readonly Attempt[];
  readonly next_at?: number | null;
}

/** A page of deliveries. `next` is the `before` of the next page. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly next?: number | null;
}

/** Deliveries of events below a number, newest first, optionally of one state. */
export interface DeliveryQuery {
  readonly state?: "delivered" | "failed" | "waiting" | "withheld" | null;
  readonly before?: number | null;
  readonly limit?: number;
}

/**
 * The draft's state to deploy, and the version it replaces (0: nothing is deployed yet).
 *
 * `if_moved`: what to do if the draft has changed since. `override`: the live version to replace even though it is
 * not `expected_version`. `item`: needed for a draft that has not been started.
 */
export interface Deploy {
  readonly etag: string;
  readonly expected_version: number;
  readonly message?: string;
  readonly if_moved?: "refuse" | "ship";
  readonly override?: number | null;
  readonly item?: string | null;
}

/** Drafts to deploy, at most 50. They are deployed in this order, each independently. */
export interface DeployMany {
  readonly drafts: readonly DeployOne[];
}

/** One of many deploys. */
export interface DeployOne {
  readonly etag: string;
  readonly expected_version: number;
  readonly message?: string;
  readonly if_moved?: "refuse" | "ship";
  readonly override?: number | null;
  readonly item?: string | null;
  readonly draft: string;
}

/**
 * The live version. `unchanged`: it was already live. `later`: changes after the etag, which stay in the draft.
 *
 * `conflicts`: open alerts of the draft. Where two people wrote at the same time, both texts may have been deployed.
 */
export interface Deployed {
  readonly item: string;
  readonly version: number;
  readonly hash: string;
  readonly content_hash: string;
  readonly unchanged?: boolean;
  readonly draft?: string | null;
  readonly etag?: string | null;
  readonly base_version?: number | null;
  readonly later?: readonly CameIn[];
  readonly conflicts?: readonly Alert[];
}

/** One result per draft, in order. */
export interface DeployedMany {
  readonly results: readonly DraftDeployed[];
  readonly deployed: number;
  readonly unchanged: number;
  readonly refused: number;
}

/** What to read: the version live at a path, or the one with a hash. */
export interface DeployedQuery {
  readonly path?: string | null;
  readonly hash?: string | null;
}

/** The values behind the markers of a version, by the JSON pointers of their places. */
export interface DeployedSecrets {
  readonly item: string;
  readonly version: number;
  readonly hash: string;
  readonly values: JsonObject;
}

/** A version as runtimes read it. It never changes. */
export interface DeployedValue {
  readonly item: string;
  readonly kind: string;
  readonly version: number;
  readonly hash: string;
  readonly content_hash: string;
  readonly value: Json;
}

/**
 * A change by its index, or one hunk of a changed text, with an id that `revert` accepts.
 *
 * The id stays the same as long as both sides are unchanged there.
 */
export interface DiffPart {
  readonly id: string;
  readonly at: string;
  readonly change: number;
  readonly hunk?: number | null;
}

/**
 * What to compare: `mine`, `shared`, `deployed`, `version:<number>` or a draft's id. Add `@<etag>` to any
 * of these except a version for a past state; an etag alone is a state of `mine`.
 */
export interface DiffQuery {
  /** The old value; default: the deployed one. */
  readonly from?: string;
  /** The new value; default: your own draft. */
  readonly to?: string;
  /** Unchanged lines to show around changes, at most 100. */
  readonly context?: number;
}

/**
 * Users, groups and folders as your platform has them. Parts that you leave out stay as they are.
 *
 * `absent`: what to do with those that have an external id and are not in the request: `keep` or `remove`.
 * Sending the same request again is a no-op.
 */
export interface Directory {
  readonly members?: readonly SyncedMember[] | null;
  readonly groups?: readonly SyncedGroup[] | null;
  readonly folders?: readonly SyncedFolder[] | null;
  readonly absent?: "keep" | "remove";
}

/** The result of every entry, in order, followed by those that were not in the request. */
export interface DirectoryResult {
  readonly members: readonly DirectorySynced[];
  readonly groups: readonly DirectorySynced[];
  readonly folders: readonly DirectorySynced[];
}

/** The result of one entry. */
export interface DirectorySynced {
  readonly external_id: string;
  readonly id: string;
  readonly outcome: "changed" | "created" | "emptied" | "removed" | "unchanged";
}

/** The state to discard. It must be the current one. */
export interface Discard {
  readonly etag: string;
}

/** Drafts to discard, at most 50. They are discarded in this order, each independently. */
export interface DiscardMany {
  readonly drafts: readonly DiscardOne[];
}

/** One of many discards. */
export interface DiscardOne {
  readonly etag: string;
  readonly draft: string;
}

/** The draft is discarded. You can restore it `until` that time. */
export interface Discarded {
  readonly draft: string;
  readonly item: string;
  readonly generation: number;
  readonly until: number;
}

/** One result per draft, in order. */
export interface DiscardedMany {
  readonly results: readonly DraftDiscarded[];
  readonly discarded: number;
  readonly refused: number;
}

/** The result of a change. */
export interface Done {
  readonly outcome: "changed" | "created" | "emptied" | "removed" | "unchanged";
  readonly id?: string | null;
}

/** The authors of a state or of a version. */
export interface DraftBlame {
  readonly item: string;
  readonly origins: readonly BlameOrigin[];
  readonly texts: readonly BlamedText[];
  readonly members: readonly BlamedMember[];
  readonly draft?: string | null;
  readonly etag?: string | null;
  readonly version?: number | null;
}

/**
 * What others changed between two states. `looked_at` is null if you have no mark.
 *
 * `followed_from`: if there were very many batches, `by` covers only those from this seq on, and `comparison`
 * covers all changes by everyone.
 */
export interface DraftChanges {
  readonly draft: string;
  readonly item: string;
  readonly since: string;
  readonly until: string;
  readonly by: readonly ChangedBy[];
  readonly comparison: Comparison;
  readonly looked_at?: number | null;
  readonly followed_from?: number | null;
}

/** The result of one draft: either `deployed` or `refused`. */
export interface DraftDeployed {
  readonly draft: string;
  readonly deployed?: Deployed | null;
  readonly refused?: RefusedDraft | null;
}

/** The result of one draft: either `discarded` or `refused`. */
export interface DraftDiscarded {
  readonly draft: string;
  readonly discarded?: Discarded | null;
  readonly refused?: RefusedDraft | null;
}

/**
 * Filters; a draft must match all of them.
 *
 * A draft that equals its version counts as no draft. A cursor is valid only for the same query by the same user.
 */
export interface DraftListQuery {
  /** Your own, those of others, or all. */
  readonly whose?: "any" | "mine" | "others";
  /** The owner: an id, `ext:` and an external id, or `me`. */
  readonly owner?: string | null;
  /** The purpose. */
  readonly purpose?: "own" | "shared" | "suggestion" | null;
  /** The item: its id, or `ext:` and its external id. */
  readonly item?: string | null;
  /** Items below this folder, such as `f/payments`. */
  readonly folder?: string | null;
  /** Items whose paths start with this. */
  readonly prefix?: string | null;
  /** Items of one of these kinds. */
  readonly kind?: readonly string[];
  /** Older than the deployed version; only drafts you can read. */
  readonly behind?: boolean;
  /** With an open alert; only drafts you can read. */
  readonly conflict?: boolean;
  /** Whether to list drafts of archived items. */
  readonly archived?: "only" | "with" | "without";
  /** `changed`: latest change first; `age`: oldest draft first. */
  readonly order?: "age" | "changed";
  /** `next` of the previous page. */
  readonly cursor?: string | null;
  /** Drafts per page, at most 200. */
  readonly limit?: number;
}

/** A range of a draft's log, with its writers. */
export interface DraftLog {
  readonly draft: string;
  readonly etag: string;
  readonly seq: number;
  readonly batches: readonly LogBatch[];
  readonly writers: readonly WriterInfo[];
}

/**
 * A page of drafts. `next` is the cursor of the next page. A page may be shorter than `limit` although more
 * follow.
 */
export interface DraftPage {
  readonly drafts: readonly ListedDraft[];
  readonly next?: string | null;
}

/** The body of a PATCH: one of the three. A bare array is an RFC 6902 patch too. */
export interface DraftPatch {
  readonly ops?: readonly Op[] | null;
  readonly patch?: readonly PatchOp[] | null;
  readonly edits?: readonly TextEdit[] | null;
}

/** Which of an item's drafts: own, shared, or (default) the one that an editor would open. */
export interface DraftQuery {
  readonly purpose?: "own" | "shared" | null;
}

/**
 * A draft: its state at `from_seq`, and the batches after it.
 *
 * A long log starts at a snapshot. Marks, and so etags, belong to the workspace; an import makes new ones.
 */
export interface DraftRecord {
  readonly is: "draft";
  readonly item: string;
  readonly purpose: "own" | "shared";
  readonly owner: string | null;
  readonly visibility: "open" | "private" | "readable";
  readonly generation: number;
  readonly origin_version: number;
  readonly base_version: number;
  readonly from_seq: number;
  readonly value: Json;
  readonly keyed: readonly string[];
  readonly text: readonly string[];
  readonly begun_at: number;
  readonly changed_at: number;
  readonly writers: readonly WriterRecord[];
  readonly batches: readonly BatchRecord[];
  readonly kept_version?: number;
  readonly guests?: readonly InvitedRecord[];
}

/** A draft at one etag. */
export interface DraftState {
  readonly draft: string;
  readonly item: string;
  readonly purpose: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
  readonly may: string;
  readonly base_version: number;
  readonly head_version: number;
  readonly value: Json;
  readonly stands?: boolean;
  readonly why?: string | null;
  readonly alerts?: readonly Alert[];
  readonly owner?: ActorInfo | null;
  readonly visibility?: "open" | "private" | "readable";
  readonly legacy?: boolean;
  readonly adopted?: readonly Adopted[];
}

/** The draft after the edits. `diagnostics` lists what prevents its deploy now. */
export interface Edited {
  readonly draft: string;
  readonly item: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
  readonly outcomes: readonly Outcome[];
  readonly changes?: readonly ChangedBy[];
  readonly diagnostics?: readonly Diagnostic[];
}

/** An element that the old document doesn't have. `to` counts in the new one. */
export interface ElementAdded {
  readonly change: "element_added";
  readonly at: string;
  readonly label: string;
  readonly to: Spot;
  readonly new: Json;
}

/** An element that moved: into another array, or past elements of its own array that stayed. */
export interface ElementMoved {
  readonly change: "element_moved";
  readonly at: string;
  readonly label: string;
  readonly was: Spot;
  readonly to: Spot;
}

/** An element that the new document doesn't have. `was` counts in the old one. */
export interface ElementRemoved {
  readonly change: "element_removed";
  readonly at: string;
  readonly label: string;
  readonly was: Spot;
  readonly old: Json;
}

/** End a grant. */
export interface EndGrant {
  readonly do: "end_grant";
  readonly grant: string;
}

/** Add a user to a group. */
export interface Enrol {
  readonly do: "enrol";
  readonly group: string;
  readonly user: string;
}

/** What the erasure deleted. */
export interface Erased {
  readonly id: string;
  readonly drafts: number;
  readonly stash: number;
  readonly grants: number;
  readonly keys: number;
}

/**
 * Events you can see, in commit order.
 *
 * `next` is the `after` of the next request: the last number that was examined, whether or not you can see it.
 * `head` is the workspace's last number, `oldest` the first that is kept.
 */
export interface EventPage {
  readonly events: readonly EventInfo[];
  readonly next: number;
  readonly oldest: number;
  readonly head: number;
}

/**
 * Which events: those `after` a number (default: from now on), of one of these `types`.
 *
 * A type is written in full (`version.deployed`) or by its prefix (`version.*`). With `wait_s`, an empty answer
 * waits for an event, at most 25 s. `limit` is at most 500.
 */
export interface EventQuery {
  readonly after?: number | null;
  readonly types?: readonly string[];
  readonly wait_s?: number;
  readonly limit?: number;
}

/** Who is where, for the items you can see. `truncated`: there are more items. */
export interface Everywhere {
  readonly items: readonly Here[];
  readonly unknown?: boolean;
  readonly truncated?: boolean;
}

/** The first record of an export. */
export interface ExportHeader {
  readonly is: "draftwire";
  readonly format: number;
}

/**
 * Some records. `next` is the cursor of the next page.
 *
 * `items` of `total` are done. `withheld`: drafts of this page that only their owners may read, and that are
 * left out.
 */
export interface ExportPage {
  readonly records: readonly (ExportHeader | MemberRecord | GroupRecord | FolderRecord | KindRecord | RunRecord | ItemRecord | VersionRecord | DraftRecord | GrantRecord)[];
  readonly items: number;
  readonly total: number;
  readonly next?: string | null;
  readonly withheld?: number;
}

/**
 * Where to continue, and which items: only those below `folder`, if given. Set `drafts` to false to leave them
 * out.
 */
export interface ExportQuery {
  /** `next` of the previous page. */
  readonly cursor?: string | null;
  /** Only items below this folder, such as `f/payments`. */
  readonly folder?: string | null;
  /** Whether to export drafts. */
  readonly drafts?: boolean;
}

/** A folder. Only admins and owners see its people, only admins its external id. */
export interface Folder {
  readonly id: string;
  readonly name: string;
  readonly may: readonly ("admin" | "deploy" | "join" | "read_drafts" | "run" | "see" | "write")[];
  readonly summary?: string;
  readonly external_id?: string | null;
  readonly owners?: readonly HolderInfo[] | null;
  readonly writers?: readonly HolderInfo[] | null;
  readonly readers?: readonly HolderInfo[] | null;
}

/** The folders you can see, by name. */
export interface FolderList {
  readonly folders: readonly Folder[];
}

/** A user's or group's role in a folder. `role` null: no role. */
export interface FolderPerson {
  readonly role: "owner" | "reader" | "writer" | null;
  readonly user?: string | null;
  readonly group?: string | null;
}

/** A folder with its people. */
export interface FolderRecord {
  readonly is: "folder";
  readonly name: string;
  readonly roles: readonly Holding[];
  readonly summary?: string;
  readonly external_id?: string | null;
}

/**
 * The source of the new item: `deployed`, `version:<number>`, or a draft (`mine`, `shared`, an id). Add
 * `@<etag>` to a draft for a past state.
 */
export interface Fork {
  readonly from?: string;
  readonly path?: string | null;
  readonly external_id?: string | null;
  readonly summary?: string | null;
}

/**
 * The new item. `dropped_secrets`: JSON pointers where a marker was left out, because someone else had set that
 * secret.
 */
export interface Forked {
  readonly t: "item";
  readonly item: string;
  readonly kind: string;
  readonly path: string | null;
  readonly external_id: string | null;
  readonly summary: string;
  readonly archived: boolean;
  readonly head: VersionInfo | null;
  readonly drafts: readonly DraftInfo[];
  readonly event: number;
  readonly ref?: number;
  readonly dropped_secrets?: readonly string[];
}

/** See `NewGrant`. */
export interface GiveGrant {
  readonly do: "grant";
  readonly may: readonly ("admin" | "deploy" | "join" | "read_drafts" | "run" | "see" | "write")[];
  readonly user?: string | null;
  readonly group?: string | null;
  readonly item?: string | null;
  readonly prefix?: string | null;
  readonly until?: number | null;
}

/** A grant of rights. */
export interface Grant {
  readonly id: string;
  readonly to: HolderInfo;
  readonly may: readonly ("admin" | "deploy" | "join" | "read_drafts" | "run" | "see" | "write")[];
  readonly item?: string | null;
  readonly prefix?: string | null;
  readonly until?: number | null;
  readonly by?: string | null;
  readonly at?: number;
}

/** Grants: all of them for admins; for owners those on what they own. */
export interface GrantList {
  readonly grants: readonly Grant[];
}

/** Filters of the list. */
export interface GrantQuery {
  readonly user?: string | null;
  readonly group?: string | null;
  readonly item?: string | null;
}

/** Rights of a user or a group: below a prefix, on an item, or, with neither, on everything. */
export interface GrantRecord {
  readonly is: "grant";
  readonly may: readonly ("admin" | "deploy" | "join" | "read_drafts" | "run" | "see" | "write")[];
  readonly created_at: number;
  readonly user?: string | null;
  readonly group?: string | null;
  readonly prefix?: string | null;
  readonly item?: string | null;
  readonly until?: number | null;
  readonly by?: By | null;
}

/** The access to grant. Default: as requested. */
export interface Granted {
  readonly may?: "look" | "type" | null;
  readonly agents?: boolean | null;
  readonly until?: number | null;
}

/** A group. Only admins and its members see who is in it; only admins see its external id. */
export interface Group {
  readonly id: string;
  readonly name: string;
  readonly summary?: string;
  readonly external_id?: string | null;
  readonly members?: readonly HolderInfo[] | null;
}

/** The groups of a workspace, by name. */
export interface GroupList {
  readonly groups: readonly Group[];
}

/** All members of a group. */
export interface GroupMembers {
  readonly members: readonly string[];
}

/** A group with its members. */
export interface GroupRecord {
  readonly is: "group";
  readonly name: string;
  readonly members: readonly string[];
  readonly summary?: string;
  readonly external_id?: string | null;
}

/** A guest of a draft. */
export interface GuestInfo {
  readonly user: ActorInfo;
  readonly may: "look" | "type";
  readonly agents?: boolean;
  readonly until?: number | null;
}

/** The people at an item. `unknown`: the server can't reach Redis, so others may be present. */
export interface Here {
  readonly item: string;
  readonly here: readonly PresenceEntry[];
  readonly unknown?: boolean;
}

/**
 * Batches of one person, or of one run, without a long pause: `from` … `to`, with others' in between.
 *
 * `etag` is the state after the last batch, `sids` are the sessions. `came` and `went` count the UTF-16 units
 * that were added and removed.
 */
export interface HistoryGroup {
  readonly from: number;
  readonly to: number;
  readonly etag: string;
  readonly actor: ActorInfo;
  readonly sids: readonly string[];
  readonly batches: number;
  readonly kinds: readonly string[];
  readonly begun_at: number;
  readonly ended_at: number;
  readonly places: readonly ChangedPlace[];
  readonly came: number;
  readonly went: number;
  readonly run?: string | null;
  readonly causes?: readonly string[];
  readonly names?: readonly string[];
  readonly approved_by?: readonly ActorInfo[];
}

/** A page of history. `begins`: the first seq that is kept; `next`: the `before` of the next page. */
export interface HistoryPage {
  readonly draft: string;
  readonly etag: string;
  readonly generation: number;
  readonly begins: number;
  readonly groups: readonly HistoryGroup[];
  readonly next?: number | null;
}

/** Groups that end before a seq, newest first. `generation`: of a discarded generation. */
export interface HistoryQuery {
  /** The draft's item; needed until the draft is started. */
  readonly item?: string | null;
  /** Groups whose last batch is before this seq. */
  readonly before?: number | null;
  readonly limit?: number;
  /** An earlier generation, if it is still kept. */
  readonly generation?: number | null;
}

/**
 * Where a search matched: in the path, in the summary, or in line `line` (from 1) of the text at the JSON pointer
 * `at` of the deployed value.
 *
 * `spans` are the matches in the excerpt, in UTF-16 units.
 */
export interface Hit {
  readonly where: "content" | "path" | "summary";
  readonly excerpt: string;
  readonly spans: readonly (readonly [number, number])[];
  readonly at?: string | null;
  readonly line?: number | null;
}

/**
 * The holder of a right: either a user or a group.
 *
 * Name either by id or by external id (`ext:` in front is allowed), a user also as `u/<username>`, a group also as
 * `g/<name>`.
 */
export interface Holder {
  readonly user?: string | null;
  readonly group?: string | null;
}

/** The holder of a right, with current names. */
export interface HolderInfo {
  readonly name: string;
  readonly user?: string | null;
  readonly group?: string | null;
  readonly username?: string | null;
}

/** A user's or a group's role in a folder. */
export interface Holding {
  readonly role: "owner" | "reader" | "writer";
  readonly user?: string | null;
  readonly group?: string | null;
}

/**
 * A place that both sides changed differently. `start` and `end` count in the text leaf of the preview's value.
 *
 * `kind` `place`: the two sides moved an element to different places (values are array addresses). The id stays
 * the same as long as both sides do.
 */
export interface Hunk {
  readonly id: string;
  readonly address: string;
  readonly kind: "place" | "text" | "value";
  readonly base: Json;
  readonly mine: Json;
  readonly theirs: Json;
  readonly start?: number | null;
  readonly end?: number | null;
}

/** The workspace's own settings (`set`), and what applies together with the server's defaults (`holds`). */
export interface Identity {
  readonly set: IdentitySettings;
  readonly holds: IdentitySettings;
}

/**
 * A workspace's own issuer. For fields you leave out, the server's settings apply.
 *
 * `jwks_url` needs an `issuer`. HS256 stands for the server's own keys: without it, only the issuer's tokens are
 * accepted (and API keys).
 */
export interface IdentitySettings {
  readonly issuer?: string | null;
  readonly audience?: string | null;
  readonly jwks_url?: string | null;
  readonly algorithms?: readonly ("ES256" | "HS256" | "RS256")[] | null;
}

/** Records in the order of their export. `dry_run`: only return what would happen. */
export interface ImportRecords {
  readonly records: readonly (ExportHeader | MemberRecord | GroupRecord | FolderRecord | KindRecord | RunRecord | ItemRecord | VersionRecord | DraftRecord | GrantRecord)[];
  readonly dry_run?: boolean;
  readonly known?: Known;
}

/**
 * The result of a record: `made`; `same`: it already existed; `kept`: something else has its name and stays;
 * or `refused`, with a code.
 *
 * `left_out`: parts of another person's draft that were not imported: who may see it. `unset_secrets`: pointers to
 * markers whose secrets are missing here. Exports contain no secrets: set them again.
 */
export interface ImportResult {
  readonly outcome: "kept" | "made" | "refused" | "same";
  readonly code?: string | null;
  readonly message?: string | null;
  readonly left_out?: readonly ("guests" | "visibility")[];
  readonly unset_secrets?: readonly string[];
}

/** One result per record, in order. */
export interface Imported {
  readonly results: readonly ImportResult[];
}

/**
 * Inserts `text` before a line (the number of lines + 1: at the end), or directly after or before a text that
 * occurs once.
 */
export interface InsertText {
  readonly do: "insert";
  readonly at: string;
  readonly text: string;
  readonly line?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly read_seq?: number | null;
}

/**
 * What a guest may do, until a time (Unix seconds) or until it is withdrawn. `agents`: also for the guest's
 * agents.
 */
export interface Invitation {
  readonly may?: "look" | "type";
  readonly agents?: boolean;
  readonly until?: number | null;
}

/** A guest of a draft. */
export interface InvitedRecord {
  readonly user: string;
  readonly may?: "look" | "type";
  readonly agents?: boolean;
  readonly until?: number | null;
}

/** Edits of an item by everyone, per minute, oldest first. The last minute is the current one. */
export interface ItemActivity {
  readonly item: string;
  readonly edits: readonly number[];
}

/**
 * The item is deleted with all its drafts. It can be restored `until` that time.
 *
 * `used_by`: how many items you can see refer to it in their live versions, and now find nothing.
 */
export interface ItemDeleted {
  readonly item: string;
  readonly until: number;
  readonly used_by?: number;
}

/** The differences between two values of an item, and the states that were compared. */
export interface ItemDiff {
  readonly item: string;
  readonly from: Side;
  readonly to: Side;
  readonly comparison: Comparison;
  readonly parts?: readonly DiffPart[];
}

/** A page of items, all of one moment (that of `event`). `next` is the cursor of the next page. */
export interface ItemPage {
  readonly items: readonly ListedItem[];
  readonly next?: string | null;
  readonly event?: number;
  readonly presence_unknown?: boolean;
}

/**
 * The result of a put.
 *
 * `value`: `set`: the item starts with the value you sent; `initial`: it starts with its kind's initial value;
 * `same`: your value is what is deployed; `kept`: your value differs, and the deployed one stays; `not_sent`.
 */
export interface ItemPut {
  readonly item: string;
  readonly external_id: string;
  readonly outcome: "made" | "unchanged" | "updated";
  readonly value: "initial" | "kept" | "not_sent" | "same" | "set";
  readonly path: string | null;
  readonly summary: string;
  readonly version: number;
}

/**
 * Filters; an item must match all of them.
 *
 * Several values of one filter are alternatives: repeat it, or separate them by commas (`external_id` can only be
 * repeated). Archived items are listed only on request. A cursor is valid only for the same query by the same user.
 */
export interface ItemQuery {
  /** The item at this path, or the one that moved away from it. */
  readonly path?: string | null;
  /** Paths that start with this. */
  readonly prefix?: string | null;
  /** Paths below this folder, such as `f/payments`. */
  readonly folder?: string | null;
  /** One of these kinds. */
  readonly kind?: readonly string[];
  /** One of these external ids. Repeat it for several: ids may contain commas. */
  readonly external_id?: readonly string[];
  /** The creator: an id, `ext:` and an external id, or `me`. */
  readonly creator?: string | null;
  /** With such a draft, of those you may know about. */
  readonly drafts?: "any" | "mine" | "others" | null;
  /** That draft (yours, without `drafts`) is older than the deployed version. */
  readonly behind?: boolean;
  /** Whether to list archived items. */
  readonly archived?: "only" | "with" | "without";
  /** Created, changed, moved or deployed since, in Unix seconds. Edits of drafts don't count. */
  readonly changed_since?: number | null;
  /** Words, or beginnings of words; all must occur. At most 10. */
  readonly q?: string | null;
  /** `path` (default); `changed`: latest first; `rank`: only with `q`. */
  readonly order?: "changed" | "path" | "rank" | null;
  /** What to return besides each item. */
  readonly include?: readonly ("drafts" | "here" | "mine" | "value")[];
  /** `next` of the previous page. */
  readonly cursor?: string | null;
  /** Items per page, at most 200. */
  readonly limit?: number;
}

/** An item. Its highest version is live; without versions, `initial` is its value. */
export interface ItemRecord {
  readonly is: "item";
  readonly id: string;
  readonly kind: string;
  readonly path: string | null;
  readonly creator: string;
  readonly initial: Json;
  readonly created_at: number;
  readonly changed_at: number;
  readonly summary?: string;
  readonly external_id?: string | null;
  readonly archived_at?: number | null;
  readonly origin?: Json;
  readonly paths?: readonly string[];
}

/**
 * An item and what surrounds it, all of one moment, that of event number `event`.
 *
 * Only `here` is of the moment of the answer. `presence_unknown`: the server can't reach Redis, so others may be
 * present. `value` is the deployed value, or the initial one if nothing is deployed.
 */
export interface ItemState {
  readonly t: "item";
  readonly item: string;
  readonly kind: string;
  readonly path: string | null;
  readonly external_id: string | null;
  readonly summary: string;
  readonly archived: boolean;
  readonly head: VersionInfo | null;
  readonly drafts: readonly DraftInfo[];
  readonly event: number;
  readonly ref?: number;
  readonly creator: string;
  readonly created_at: number;
  readonly changed_at: number;
  readonly value?: Json;
  readonly mine?: Mine | null;
  readonly here?: readonly PresenceEntry[];
  readonly presence_unknown?: boolean;
}

/**
 * An item whose live version refers to another one `times` times. `at`: pointers to the first 20 places.
 *
 * `former`: old paths of the item that are used there; they lead to its current path.
 */
export interface ItemUse {
  readonly item: string;
  readonly kind: string;
  readonly path: string | null;
  readonly summary: string;
  readonly version: number;
  readonly at: readonly string[];
  readonly times: number;
  readonly former?: readonly string[];
}

/** The live version that the draft stays behind. */
export interface Keep {
  readonly version: number;
}

/** Confirms that the draft stays behind this version. */
export interface Kept {
  readonly draft: string;
  readonly version: number;
}

/** An API key without its secret. `hint` is the end of the secret. */
export interface Key {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly user: HolderInfo;
  readonly may: readonly ("admin" | "deploy" | "join" | "read_drafts" | "run" | "see" | "write")[];
  readonly made_at: number;
  readonly prefixes?: readonly string[] | null;
  readonly items?: readonly string[] | null;
  readonly act_for?: readonly string[] | string;
  readonly expires_at?: number | null;
  readonly revoked_at?: number | null;
  readonly last_used_at?: number | null;
  readonly reads_secrets?: boolean;
}

/** Keys: all of them for admins, otherwise your own. Revoked ones stay listed. */
export interface KeyList {
  readonly keys: readonly Key[];
}

/**
 * The result of a change, and how many items and drafts are of the kind. Open drafts keep the shape they started
 * with.
 */
export interface KindChange {
  readonly name: string;
  readonly revision: number;
  readonly changed: boolean;
  readonly items: number;
  readonly drafts: number;
}

/** A kind. `source`: the server's own, or defined by the workspace (then with a revision). */
export interface KindInfo {
  readonly name: string;
  readonly title: string;
  readonly draft_mode: "both" | "per_user" | "shared";
  readonly visibility: "open" | "private" | "readable";
  readonly source: "server" | "workspace";
  readonly revision?: number;
  readonly changed_at?: number | null;
  readonly definition?: JsonObject | null;
}

/** All kinds of a workspace, without their definitions. */
export interface KindList {
  readonly kinds: readonly KindInfo[];
}

/** `revision`: change the kind only if this is its revision; 0: only if the workspace has never defined it. */
export interface KindQuery {
  readonly revision?: number | null;
}

/** A revision of a kind that the workspace defined. Without a definition: the kind was removed. */
export interface KindRecord {
  readonly is: "kind";
  readonly name: string;
  readonly revision: number;
  readonly definition: JsonObject | null;
  readonly changed_at: number;
  readonly by?: By | null;
}

/** What earlier requests would have created. Only for `dry_run`, which writes nothing. */
export interface Known {
  readonly members?: readonly string[];
  readonly groups?: readonly string[];
  readonly items?: readonly string[];
  readonly kinds?: Readonly<Record<string, string>>;
}

/** A text of a document, and its length. */
export interface Leaf {
  readonly at: string;
  readonly lines: number;
  readonly units: number;
}

/**
 * A draft in the list. If you can't read it (`may`: no), only owner and age are set.
 *
 * `conflicts` counts open alerts. `kept`: someone chose to keep the draft behind this version.
 */
export interface ListedDraft {
  readonly draft: string;
  readonly item: string;
  readonly kind: string;
  readonly path: string | null;
  readonly summary: string;
  readonly purpose: "own" | "shared" | "suggestion";
  readonly owner: ActorInfo | null;
  readonly visibility: "open" | "private" | "readable";
  readonly begun_at: number;
  readonly updated_at: number;
  readonly may: "look" | "no" | "type";
  readonly external_id?: string | null;
  readonly archived?: boolean;
  readonly etag?: string | null;
  readonly generation?: number | null;
  readonly seq?: number | null;
  readonly base_version?: number | null;
  readonly head_version?: number | null;
  readonly behind?: boolean;
  readonly kept?: boolean;
  readonly conflicts?: number;
}

/**
 * An item in the list, with `value`, `mine`, `drafts` and `here` if you asked for them.
 *
 * `left_out`: fields that would make the answer too large; get the item itself. `moved_from`: the path you asked
 * for, if the item has moved away from it.
 */
export interface ListedItem {
  readonly id: string;
  readonly kind: string;
  readonly path: string | null;
  readonly external_id: string | null;
  readonly summary: string;
  readonly version: number;
  readonly changed_at: number;
  readonly creator?: string;
  readonly created_at?: number;
  readonly archived?: boolean;
  readonly moved_from?: string | null;
  readonly value?: Json;
  readonly mine?: Mine | null;
  readonly drafts?: readonly DraftInfo[];
  readonly here?: readonly PresenceEntry[];
  readonly hits?: readonly Hit[];
  readonly left_out?: readonly ("hits" | "mine" | "value")[];
}

/** One committed batch, as effects. */
export interface LogBatch {
  readonly seq: number;
  readonly w: number;
  readonly no: number;
  readonly kind: string;
  readonly mark: string;
  readonly at: number;
  readonly ops: Json;
  readonly cause?: string | null;
}

/** Batches after a seq, at most `limit`. */
export interface LogQuery {
  /** The draft's item; needed until the draft is started. */
  readonly item?: string | null;
  readonly after?: number;
  readonly limit?: number;
}

/** What to return besides the item. Default: everything. `none`: nothing. */
export interface LookQuery {
  /** What to return besides the item. */
  readonly include?: readonly ("drafts" | "here" | "mine" | "none" | "value")[];
}

/** The state up to which you have viewed the draft. */
export interface Looked {
  readonly etag: string;
  readonly item?: string | null;
}

/** Your mark. It never moves back, so it may be later than the state you sent. */
export interface LookedAt {
  readonly draft: string;
  readonly etag: string;
  readonly at: number;
}

/** A new key with its secret, which is shown only once. */
export interface MadeKey {
  readonly key: Key;
  readonly secret: string;
}

/** The value is stored. `marker` goes into documents of the item in its place. */
export interface MadeSecret {
  readonly secret: string;
  readonly item: string;
  readonly marker: Readonly<Record<string, string>>;
}

/** A webhook with its new signing secret, which is shown only once. */
export interface MadeWebhook {
  readonly webhook: Webhook;
  readonly secret: string;
}

/** A line that matches. `draft` and `seq` are set if it was found in a draft, not in the deployed value. */
export interface Match {
  readonly item: string;
  readonly at: string;
  readonly line: number;
  readonly text: string;
  readonly path?: string | null;
  readonly draft?: string | null;
  readonly seq?: number | null;
}

/**
 * The actor behind a token or key, and the workspace.
 *
 * `may` and `mode` are what the token leaves of the user's rights; in `mode` "suggest" only suggestions are
 * written. `run` is the run that the token names.
 */
export interface Me {
  readonly workspace: string;
  readonly workspace_name: string;
  readonly workspace_external_id: string | null;
  readonly actor: ActorInfo;
  readonly username: string;
  readonly role: "admin" | "editor" | "operator";
  readonly token_expires_at?: number | null;
  readonly may?: readonly ("admin" | "deploy" | "join" | "read_drafts" | "run" | "see" | "write")[];
  readonly mode?: "apply" | "suggest";
  readonly run?: string | null;
}

/** A member. Everyone sees names; only admins and the member see the rest. */
export interface Member {
  readonly id: string;
  readonly username: string;
  readonly name: string;
  readonly role?: "admin" | "editor" | "operator" | null;
  readonly external_id?: string | null;
  readonly removed?: boolean;
  readonly erased?: boolean;
  readonly groups?: readonly string[] | null;
}

/** A member that the old document doesn't have. */
export interface MemberAdded {
  readonly change: "member_added";
  readonly at: string;
  readonly label: string;
  readonly new: Json;
}

/** A value that changed. A plain array counts as one value. */
export interface MemberChanged {
  readonly change: "member_changed";
  readonly at: string;
  readonly label: string;
  readonly old: Json;
  readonly new: Json;
}

/** A page of members by username. `next` is the cursor of the next page. */
export interface MemberPage {
  readonly members: readonly Member[];
  readonly next?: string | null;
}

/** Filters. `search`: part of the name. `removed`: include removed members (admins only). */
export interface MemberQuery {
  readonly search?: string | null;
  readonly username?: string | null;
  readonly removed?: boolean;
  readonly cursor?: string | null;
  readonly limit?: number;
}

/** A member. Removed members are exported too, because history refers to them. */
export interface MemberRecord {
  readonly is: "member";
  readonly username: string;
  readonly name: string;
  readonly role: "admin" | "editor" | "operator";
  readonly external_id: string | null;
  readonly created_at: number;
  readonly removed_at?: number | null;
}

/** A member that the new document doesn't have. */
export interface MemberRemoved {
  readonly change: "member_removed";
  readonly at: string;
  readonly label: string;
  readonly old: Json;
}

/**
 * Your own draft. `etag` is what a save sends in `If-Match`, even before the draft is started.
 *
 * `stands` is false until you start the draft; its value is then the deployed one and is not repeated. `behind`: a
 * newer version than the draft's base has been deployed.
 */
export interface Mine {
  readonly draft: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
  readonly base_version: number;
  readonly behind: boolean;
  readonly stands?: boolean;
  readonly updated_at?: number | null;
  readonly value?: Json;
}

/** Moves an element into the keyed array `at`, placed in the same way. */
export interface MoveElement {
  readonly do: "move";
  readonly id: string;
  readonly at: string;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly read_seq?: number | null;
}

/**
 * The item of the draft in the address. Needed only while the draft has not been started.
 *
 * Until then the draft is not stored, and its id (the `mine` of an item) can't be found by itself.
 */
export interface NamedDraft {
  /** The draft's item; needed until the draft is started. */
  readonly item?: string | null;
}

/** A state with a name. It is kept until the name is removed, even if the log around it is shortened. */
export interface NamedState {
  readonly name: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
  readonly state_at: number;
  readonly by: ActorInfo;
  readonly at: number;
  readonly writer?: ActorInfo | null;
  readonly run?: string | null;
}

/** The named states of a draft, newest first. */
export interface NamedStates {
  readonly names: readonly NamedState[];
}

/** The access you request, and why. */
export interface NewAsk {
  readonly may?: "look" | "type";
  readonly note?: string;
}

/** A folder to create. */
export interface NewFolder {
  readonly name: string;
  readonly external_id?: string | null;
  readonly summary?: string;
  readonly owners?: readonly Holder[];
  readonly writers?: readonly Holder[];
  readonly readers?: readonly Holder[];
}

/**
 * Rights for a user or a group: on one `item`, or below a `prefix` (`f/payments/`; empty: everything).
 *
 * `until` is a Unix time.
 */
export interface NewGrant {
  readonly may: readonly ("admin" | "deploy" | "join" | "read_drafts" | "run" | "see" | "write")[];
  readonly user?: string | null;
  readonly group?: string | null;
  readonly item?: string | null;
  readonly prefix?: string | null;
  readonly until?: number | null;
}

/** A group to create. `members` are users, named as in `Holder.user`. */
export interface NewGroup {
  readonly name: string;
  readonly external_id?: string | null;
  readonly summary?: string;
  readonly members?: readonly string[];
}

/** An item to create. Without `value` it starts with its kind's initial value. */
export interface NewItem {
  readonly kind: string;
  readonly path?: string | null;
  readonly external_id?: string | null;
  readonly summary?: string | null;
  readonly value?: JsonObject | null;
}

/**
 * A key to create.
 *
 * `may`, `prefixes` and `items` narrow the user's rights. Only admins may set the following. `act_for`: users
 * the key may act for (`any`: all of them). `user`: the key's user, if not you. `reads_secrets`: the key may
 * read the secrets of deployed versions that it may run.
 */
export interface NewKey {
  readonly name: string;
  readonly may?: readonly ("admin" | "deploy" | "join" | "read_drafts" | "run" | "see" | "write")[] | null;
  readonly prefixes?: readonly string[] | null;
  readonly items?: readonly string[] | null;
  readonly expires_at?: number | null;
  readonly act_for?: readonly string[] | string;
  readonly user?: string | null;
  readonly reads_secrets?: boolean;
}

/** A member to create. `external_id` is the subject of their tokens. Their place is `u/<username>/`. */
export interface NewMember {
  readonly external_id: string;
  readonly name?: string | null;
  readonly username?: string | null;
  readonly role?: "admin" | "editor" | "operator";
}

/** A run to begin. In `mode` suggest, drafts change only when a person accepts a suggestion. */
export interface NewRun {
  readonly label: string;
  readonly model?: string | null;
  readonly mode?: "apply" | "suggest";
  readonly item?: string | null;
}

/** A value to store: any JSON except null and the empty text. */
export interface NewSecret {
  readonly value: Json;
}

/** A name for the state of an etag. */
export interface NewStateName {
  /** A name for a state: 1–100 characters, not an etag or a number. */
  readonly name: string;
  readonly etag: string;
}

/**
 * Where to write the text, in the text leaf `at` of the state that was read.
 *
 * One of: `line` (before it; the number of lines + 1: at the end), `after` or `before` a text that occurs once,
 * or lines `first` … `last`, which the first piece replaces. `lease_s`: after this time without a piece, the
 * agent has lost the stream; an empty piece renews it.
 */
export interface NewStream {
  readonly draft?: string | null;
  readonly item?: string | null;
  readonly path?: string | null;
  readonly at: string;
  readonly line?: number | null;
  readonly after?: string | null;
  readonly before?: string | null;
  readonly first?: number | null;
  readonly last?: number | null;
  readonly read_seq?: number | null;
  readonly lease_s?: number | null;
}

/**
 * A webhook to create. It gets the events that its owner can see.
 *
 * `types`: only these, as in `GET events`. `everything`: all events of the workspace, independent of its owner;
 * admins only. `after`: start after this event. Default: from now on.
 */
export interface NewWebhook {
  readonly address: string;
  readonly types?: readonly string[];
  readonly description?: string;
  readonly everything?: boolean;
  readonly active?: boolean;
  readonly after?: number | null;
}

/** The item that another one was forked from, and its version or draft state. Ids only. */
export interface Origin {
  readonly item: string;
  readonly version?: number | null;
  readonly draft?: string | null;
  readonly etag?: string | null;
}

/** The result of an edit: the batch `seq` and its current place; or why it was refused. */
export interface Outcome {
  readonly at: string;
  readonly seq?: number | null;
  readonly first?: number | null;
  readonly last?: number | null;
  readonly refused?: Refusal | null;
}

/** Use this value or text instead of either side. */
export interface OwnText {
  readonly value: Json;
}

/** Why one of many was refused. It was not changed. */
export interface PartRefused {
  readonly external_id: string;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retry?: boolean;
  readonly more?: Json;
}

/**
 * A past state of a draft, and who wrote the batch that led to it. Without an author, it is the generation's first
 * state.
 */
export interface PastState {
  readonly draft: string;
  readonly item: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
  readonly value: Json;
  readonly by?: ActorInfo | null;
  readonly run?: string | null;
  readonly kind?: string | null;
  readonly cause?: string | null;
  readonly at?: number | null;
  readonly names?: readonly string[];
}

/** One operation of RFC 6902: `add`, `replace`, `remove` or `test`. */
export interface PatchOp {
  readonly op: string;
  readonly path: string;
  readonly value?: Json;
}

/** The path to look up. */
export interface PathQuery {
  readonly path: string;
}

/** Edits of a person in all items, per minute. */
export interface PersonActivity {
  readonly actor: ActorInfo;
  readonly edits: readonly number[];
}

/** A value to store, and the address in the draft for its marker. */
export interface PlacedSecret {
  readonly at: string;
  readonly value: Json;
}

/**
 * An item as your platform has it. Fields that you leave out stay as they are.
 *
 * `path` null removes the path. `value` is the initial value of a new item. The value of an existing item changes
 * only by deploys; the answer then says `kept`.
 */
export interface PutItem {
  readonly kind: string;
  readonly path?: string | null;
  readonly summary?: string;
  readonly value?: JsonObject | null;
}

/** What to read: the document, an address, or lines of a text there. */
export interface Read {
  readonly draft?: string | null;
  readonly item?: string | null;
  readonly path?: string | null;
  readonly at?: string | null;
  readonly first?: number | null;
  readonly last?: number | null;
}

/** What was read. For a text leaf: `text`, the lines `first` … `last` of `lines`; otherwise `value`. */
export interface ReadAnswer {
  readonly draft: string;
  readonly item: string;
  readonly kind: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
  readonly may: "look" | "suggest" | "type";
  readonly at?: string;
  readonly path?: string | null;
  readonly value?: Json;
  readonly text?: string | null;
  readonly first?: number | null;
  readonly last?: number | null;
  readonly lines?: number | null;
  readonly leaves?: readonly Leaf[];
  readonly changes?: readonly ChangedBy[];
  readonly why?: string | null;
}

/** The version to rebase onto, and choices. `preview`: return the result without saving it. */
export interface Rebase {
  readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
  readonly rest?: "mine" | "theirs" | null;
  readonly version: number;
  readonly preview?: boolean;
}

/** A draft after a rebase or revert. With `preview`: as it would be. */
export interface Rebased {
  readonly draft: string;
  readonly item: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
  readonly base_version: number;
  readonly changed: boolean;
  readonly value: Json;
  readonly preview?: boolean;
  readonly hunks?: readonly Hunk[];
  readonly stash?: string | null;
}

/** The version that the older one replaces. */
export interface Redeploy {
  readonly expected_version: number;
  readonly message?: string;
  readonly override?: number | null;
}

/** Why an edit was refused. `retry`: try again after reading what `detail` shows. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly retry: boolean;
  readonly detail?: Json;
}

/** Why a draft was refused. It was not changed. */
export interface RefusedDraft {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retry?: boolean;
  readonly more?: Json;
}

/** Removes a member, or, with only an element's id, the element. */
export interface RemoveAt {
  readonly do: "remove";
  readonly at: string;
  readonly read_seq?: number | null;
}

/** Remove an empty folder. */
export interface RemoveFolder {
  readonly do: "remove_folder";
  readonly folder: string;
}

/** Remove a group. */
export interface RemoveGroup {
  readonly do: "remove_group";
  readonly group: string;
}

/** End a member's access. */
export interface RemoveMember {
  readonly do: "remove_member";
  readonly member: string;
}

/** The new name. */
export interface RenamedState {
  /** A name for a state: 1–100 characters, not an etag or a number. */
  readonly name: string;
}

/** Replaces the lines `first` … `last` by `text`. An empty text deletes them. */
export interface ReplaceLines {
  readonly do: "replace_lines";
  readonly at: string;
  readonly first: number;
  readonly last: number;
  readonly text: string;
  readonly read_seq?: number | null;
}

/** What to send again: the event with a `number`, or all events `after` one. Name one of them. */
export interface Replay {
  readonly number?: number | null;
  readonly after?: number | null;
}

/** These events, both ends included, are sent again if they match the webhook. */
export interface Replayed {
  readonly webhook: string;
  readonly first: number;
  readonly last: number;
}

/** Where the new item goes. */
export interface Restore {
  readonly path?: string | null;
  readonly external_id?: string | null;
  readonly summary?: string | null;
}

/** Restore a removed member. */
export interface RestoreMember {
  readonly do: "restore_member";
  readonly member: string;
}

/** The draft after the restore. `stash` is the entry with the replaced text. */
export interface Restored {
  readonly entry: string;
  readonly draft: string;
  readonly item: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
  readonly changed: boolean;
  readonly value: Json;
  readonly stash?: string | null;
}

/** The draft to restore into (default: the one the texts came from), and choices. */
export interface Restoring {
  readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
  readonly rest?: "mine" | "theirs" | null;
  readonly draft?: string | null;
}

/**
 * The target: a version (0: the initial value) or an earlier state of the draft. Name one of them.
 *
 * `only`: ids of parts of the difference from the target to the draft (`ItemDiff.parts`), made with the same
 * `context`. Everything else stays as it is.
 */
export interface Revert {
  readonly version?: number | null;
  readonly etag?: string | null;
  readonly only?: readonly string[] | null;
  readonly context?: number;
}

/** A revoked token, and until when the revocation is stored. */
export interface Revoked {
  readonly jti: string;
  readonly until: number;
}

/** A token to refuse from now on: by its `jti`, until it expires by itself (Unix seconds), or the token itself. */
export interface RevokedToken {
  readonly jti?: string | null;
  readonly expires_at?: number | null;
  readonly token?: string | null;
}

/** For how many seconds the old secret also signs. */
export interface Rotate {
  readonly overlap_s?: number;
}

/**
 * A run as you may see it: `drafts` lists those you can read.
 *
 * `events` is the number of its last event. `lost`: the agent has not been heard from for a while; the run
 * continues with the agent's next action. `controls`: whether you may stop it.
 */
export interface Run {
  readonly id: string;
  readonly actor: ActorInfo;
  readonly label: string;
  readonly mode: "apply" | "suggest";
  readonly state: "ended" | "lost" | "paused" | "running" | "stopped";
  readonly started_at: number;
  readonly seen_at: number;
  readonly events: number;
  readonly controls: boolean;
  readonly model?: string | null;
  readonly ended_at?: number | null;
  readonly drafts?: readonly RunDraft[];
  readonly streams?: readonly RunStream[];
}

/** What a run changed, in the drafts you can read. */
export interface RunChanges {
  readonly run: string;
  readonly drafts: readonly RunDraftChanges[];
}

/** Which changes: hunks by id, all changes of some items, or, with neither, all. */
export interface RunChosen {
  readonly items?: readonly string[] | null;
  readonly hunks?: readonly string[] | null;
}

/** A draft that a run has written in. */
export interface RunDraft {
  readonly item: string;
  readonly draft: string;
  readonly path?: string | null;
}

/**
 * What a run changed in one draft, at the state `etag`. `counts`: hunks by state.
 *
 * `too_old`: its changes are no longer stored. `discarded`: the draft was discarded since.
 */
export interface RunDraftChanges {
  readonly item: string;
  readonly draft: string;
  readonly etag: string;
  readonly may_undo: boolean;
  readonly state: "discarded" | "open" | "too_old";
  readonly counts?: Readonly<Record<string, number>>;
  readonly hunks?: readonly RunHunk[];
  readonly path?: string | null;
}

/**
 * The result for one draft: the hunks that were done, those that were left, and the new state.
 *
 * `etag` null: nothing to do. `problem`: the code with which this draft was refused.
 */
export interface RunDraftUndone {
  readonly item: string;
  readonly draft: string;
  readonly done?: readonly string[];
  readonly left?: readonly RunLeft[];
  readonly etag?: string | null;
  readonly problem?: string | null;
}

/** Events in order. `next` is the `after` of the next request. `told`: the last event acknowledged. */
export interface RunEventPage {
  readonly events: readonly RunEvent[];
  readonly next: number;
  readonly state: "ended" | "lost" | "paused" | "running" | "stopped";
  readonly told?: number;
}

/** Events after a number. If there are none, the request waits `wait_s` seconds, at most 25. */
export interface RunEventQuery {
  readonly after?: number;
  readonly wait_s?: number;
  readonly limit?: number;
}

/** The last event the agent knows about. */
export interface RunHeard {
  readonly event: number;
}

/**
 * A change by a run that can be undone by itself. `lines`: first and last, from 1, in the current text.
 *
 * `standing`: unchanged since the run. `changed`: others (`by`) have written there since. `undone`, `kept`:
 * decided by a person. `gone`: its place no longer exists. `inside`: the hunk it belongs to; they are undone
 * together. For a text, `after` is the whole lines as they are and `before` as they would be without the hunk.
 */
export interface RunHunk {
  readonly id: string;
  readonly at: string;
  readonly kind: "insert" | "move" | "remove" | "set" | "text";
  readonly state: "changed" | "gone" | "kept" | "standing" | "undone";
  readonly seq: number;
  readonly added?: Json;
  readonly removed?: Json;
  readonly by?: readonly ActorInfo[];
  readonly lines?: readonly [number, number] | null;
  readonly parts?: readonly RunHunkPart[];
  readonly inside?: string | null;
  readonly before?: string | null;
  readonly after?: string | null;
}

/**
 * One place of a text hunk, in UTF-16 units of the current text. `added`: the run's text there.
 *
 * `waits`: undo does not put `removed` back, because others have written there; only `restore` does.
 */
export interface RunHunkPart {
  readonly start: number;
  readonly end: number;
  readonly added: string;
  readonly removed: string;
  readonly state: "changed" | "gone" | "standing" | "undone";
  readonly waits?: boolean;
}

/**
 * A change that was left as it is. `restore`: the text that undo did not put back.
 *
 * `changed`: others (`by`) have changed it since; `restore` puts a text back next to theirs. `gone`: its place
 * no longer exists. `taken`: ids it needs are in use. `later`: a later change of the run covers it. `kept`: a
 * person decided to keep it. `unknown`: there is no such hunk any more.
 */
export interface RunLeft {
  readonly hunk: string;
  readonly why: "changed" | "gone" | "kept" | "later" | "taken" | "unknown";
  readonly at?: string;
  readonly by?: readonly ActorInfo[];
  readonly restore?: Json;
}

/** A note to the agent: "use the other table". */
export interface RunNote {
  readonly text: string;
}

/** A run after a change. `changed` false: it was already in that state. */
export interface RunNoted {
  readonly run: string;
  readonly state: "ended" | "lost" | "paused" | "running" | "stopped";
  readonly changed: boolean;
  readonly event: number;
}

/** Runs, newest first. `next` is the `before` of the next page. */
export interface RunPage {
  readonly runs: readonly Run[];
  readonly next?: string | null;
}

/** Filters: by state, by item, your own. `before` is the `next` of the previous page. */
export interface RunQuery {
  readonly state?: readonly ("ended" | "lost" | "paused" | "running" | "stopped")[];
  readonly item?: string | null;
  readonly mine?: boolean;
  readonly before?: string | null;
  readonly limit?: number;
}

/** A run, which the writers of drafts refer to. */
export interface RunRecord {
  readonly is: "run";
  readonly id: string;
  readonly by: By;
  readonly state: "ended" | "lost" | "paused" | "running" | "stopped";
  readonly started_at: number;
  readonly label?: string;
  readonly model?: string | null;
  readonly ended_at?: number | null;
}

/** A text that a run writes piece by piece. If it ended in any state except `closed`, it is unfinished. */
export interface RunStream {
  readonly id: string;
  readonly item: string;
  readonly draft: string;
  readonly at: string;
  readonly state: "aborted" | "broken" | "closed" | "lost" | "open" | "stopped";
  readonly units: number;
  readonly opened_at: number;
  readonly ended_at?: number | null;
  readonly reason?: string | null;
}

/** The results of an undo, redo, restore or keep, draft by draft. A refused draft does not stop the others. */
export interface RunUndone {
  readonly run: string;
  readonly drafts: readonly RunDraftUndone[];
}

/** Why the run is paused, stopped, resumed or ended. Optional. */
export interface RunWord {
  readonly text?: string | null;
}

/** The draft's state after a save. `value` is set only if it differs from what you sent. */
export interface Saved {
  readonly draft: string;
  readonly item: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
  readonly changed: boolean;
  readonly normalized?: boolean;
  readonly merged?: readonly CameIn[];
  readonly value?: Json;
}

/** Find a text, or a pattern within a line: in one draft, or in all items that the agent can see. */
export interface Search {
  readonly draft?: string | null;
  readonly item?: string | null;
  readonly path?: string | null;
  readonly query: string;
  readonly pattern?: boolean;
  readonly ignore_case?: boolean;
  readonly limit?: number;
}

/**
 * The matches. `truncated`: there are more. `items`: how many were searched.
 *
 * `drafts`: the one you asked for; in a search of all items, those that others changed since the run read them.
 */
export interface SearchAnswer {
  readonly matches: readonly Match[];
  readonly items: number;
  readonly truncated?: boolean;
  readonly drafts?: readonly Searched[];
}

/** A draft that was searched, at one state, and what others changed since the run last read it. */
export interface Searched {
  readonly draft: string;
  readonly item: string;
  readonly etag: string;
  readonly seq: number;
  readonly changes?: readonly ChangedBy[];
  readonly path?: string | null;
}

/** A secret: who set it and when. */
export interface Secret {
  readonly secret: string;
  readonly by: ActorInfo;
  readonly at: number;
}

/** The secrets of an item, newest first, including those that no document uses any more. */
export interface SecretList {
  readonly secrets: readonly Secret[];
}

/** See `FolderPerson`. */
export interface SetFolderRole {
  readonly do: "set_folder_role";
  readonly role: "owner" | "reader" | "writer" | null;
  readonly user?: string | null;
  readonly group?: string | null;
  readonly folder: string;
}

/** Sets a member, or a whole text, to `value`. */
export interface SetMember {
  readonly do: "set";
  readonly at: string;
  readonly value: Json;
  readonly read_seq?: number | null;
}

/** The value is stored and its marker is in the draft, which is now at `etag`. */
export interface SetSecret {
  readonly secret: string;
  readonly item: string;
  readonly draft: string;
  readonly at: string;
  readonly etag: string;
  readonly generation: number;
  readonly seq: number;
}

/** How a draft is shared. */
export interface Sharing {
  readonly draft: string;
  readonly item: string;
  readonly visibility: "open" | "private" | "readable";
  readonly guests: readonly GuestInfo[];
}

/** A compared value: a state of a draft, or a version (0: the initial value). */
export interface Side {
  readonly name: string;
  readonly draft?: string | null;
  readonly etag?: string | null;
  readonly version?: number | null;
}

/** Refuse tokens issued before this time (Unix seconds). Default: now. */
export interface SignOut {
  readonly issued_before?: number | null;
}

/** Tokens issued before this time are refused. */
export interface SignedOut {
  readonly issued_before: number;
}

/** A position in a keyed array, counted from 0, and the element to its left. */
export interface Spot {
  readonly array: string;
  readonly position: number;
  readonly after?: string | null;
}

/** An entry with its texts. `base_seq` counts in the draft's `generation`. */
export interface StashEntry {
  readonly id: string;
  readonly item: string;
  readonly draft: string;
  readonly generation: number;
  readonly base_seq: number;
  readonly reason: string;
  readonly at: number;
  readonly texts: readonly StashText[];
  readonly restored_at?: number | null;
  readonly dismissed_at?: number | null;
}

/** An entry in the list. `places` are the addresses of its texts, `preview` is the start of the first text. */
export interface StashLine {
  readonly id: string;
  readonly item: string;
  readonly draft: string;
  readonly reason: string;
  readonly at: number;
  readonly places: readonly string[];
  readonly preview: string;
  readonly restored_at?: number | null;
  readonly dismissed_at?: number | null;
}

/** A page of entries, newest first. `next` is the cursor of the next page. */
export interface StashPage {
  readonly entries: readonly StashLine[];
  readonly next?: string | null;
}

/** Filters: by item, by draft, with dismissed entries. Paged. */
export interface StashQuery {
  readonly item?: string | null;
  readonly draft?: string | null;
  readonly dismissed?: boolean;
  readonly cursor?: string | null;
  readonly limit?: number;
}

/** The current draft, and the draft with the entry's texts in place: two values to compare. */
export interface StashSides {
  readonly draft: string;
  readonly etag: string;
  readonly present: Json;
  readonly stashed: Json;
}

/** One text at its address (empty: the whole document), and the text it was based on. */
export interface StashText {
  readonly at: string;
  readonly mine: Json;
  readonly base?: Json;
}

/** Which state: an etag, a seq of the current generation or a name. Default: the current state. */
export interface StateQuery {
  /** The draft's item; needed until the draft is started. */
  readonly item?: string | null;
  /** An etag, a seq, or the name of a state. */
  readonly at?: string | null;
}

/** Replaces `old` by `new` in the text at `at`. `old` must occur exactly once. */
export interface StrReplace {
  readonly do: "str_replace";
  readonly at: string;
  readonly old: string;
  readonly new: string;
  readonly read_seq?: number | null;
}

/** A stream: how much of it is committed, and at which state of the draft. */
export interface Stream {
  readonly id: string;
  readonly run: string;
  readonly item: string;
  readonly draft: string;
  readonly at: string;
  readonly state: "aborted" | "broken" | "closed" | "lost" | "open" | "stopped";
  readonly units: number;
  readonly seq: number;
  readonly lease_s: number;
  readonly reason?: string | null;
}

/**
 * One place. `why` says why it does not apply: `changed`: the draft has changed there; `there`: the draft
 * already has it; `together`: it applies only with other hunks, so accept them together. `by` decided, at
 * `at_s`. `line` counts in the state that the suggestion is based on. `start` to `end` are UTF-16 units of the
 * draft's current text.
 */
export interface SuggestedHunk {
  readonly id: string;
  readonly at: string;
  readonly kind: "insert" | "move" | "remove" | "set" | "text";
  readonly state: "accepted" | "open" | "rejected";
  readonly applies: boolean;
  readonly old?: Json;
  readonly new?: Json;
  readonly why?: "changed" | "there" | "together" | null;
  readonly changed_by?: readonly ActorInfo[];
  readonly line?: number | null;
  readonly by?: ActorInfo | null;
  readonly at_s?: number | null;
  readonly start?: number | null;
  readonly end?: number | null;
}

/**
 * A run's suggestion for a draft, compared with the draft at `etag`. `hunks` is set only if you get a single
 * one.
 */
export interface Suggestion {
  readonly id: string;
  readonly run: string;
  readonly item: string;
  readonly draft: string;
  readonly etag: string;
  readonly begun_at: number;
  readonly changed_at: number;
  readonly may_accept: boolean;
  readonly actor?: ActorInfo | null;
  readonly hunks?: readonly SuggestedHunk[];
}

/** Hunks that were decided, hunks that were not, and the draft's new state (null: unchanged). */
export interface SuggestionDecided {
  readonly suggestion: string;
  readonly done: readonly string[];
  readonly left?: readonly SuggestedHunk[];
  readonly etag?: string | null;
}

/** The suggestions for a draft, newest first. */
export interface SuggestionPage {
  readonly suggestions: readonly Suggestion[];
}

/** Items as your platform has them, each at most once. They are processed in order. */
export interface SyncItems {
  readonly items: readonly SyncedItem[];
}

/** One result per item, in order, and counts. */
export interface SyncResult {
  readonly results: readonly Synced[];
  readonly made: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly refused: number;
}

/** The result of one item: either `put` or `refused`. */
export interface Synced {
  readonly put?: ItemPut | null;
  readonly refused?: PartRefused | null;
}

/** A folder as your platform has it, with people by external id. Lists that you leave out stay as they are. */
export interface SyncedFolder {
  readonly external_id: string;
  readonly name?: string | null;
  readonly summary?: string | null;
  readonly owners?: readonly Holder[] | null;
  readonly writers?: readonly Holder[] | null;
  readonly readers?: readonly Holder[] | null;
}

/** A group as your platform has it, with members by external id. Lists that you leave out stay as they are. */
export interface SyncedGroup {
  readonly external_id: string;
  readonly name?: string | null;
  readonly summary?: string | null;
  readonly members?: readonly string[] | null;
}

/** One of many items, with your external id. */
export interface SyncedItem {
  readonly kind: string;
  readonly path?: string | null;
  readonly summary?: string;
  readonly value?: JsonObject | null;
  readonly external_id: string;
}

/** A user as your platform has them. Members that you leave out stay as they are. */
export interface SyncedMember {
  readonly external_id: string;
  readonly name?: string | null;
  readonly username?: string | null;
  readonly role?: "admin" | "editor" | "operator" | null;
}

/** The result of a test message, a `webhook.test` without an event. */
export interface Tested {
  readonly delivered: boolean;
  readonly attempt: Attempt;
}

/** A text leaf. `coarse`: too large for a line-by-line diff; everything between the equal ends is one block. */
export interface TextChanged {
  readonly change: "text_changed";
  readonly at: string;
  readonly label: string;
  readonly removed_lines: number;
  readonly added_lines: number;
  readonly hunks: readonly TextHunk[];
  readonly coarse?: boolean;
}

/** Replaces `old` by `new` in the text leaf `at`. `old` must occur exactly once. */
export interface TextEdit {
  readonly at: string;
  readonly old: string;
  readonly new: string;
}

/**
 * Changed lines with the lines around them: `old_lines` from `old_from` became `new_lines` from `new_from`.
 *
 * If a side has no lines, its number is the line that would follow.
 */
export interface TextHunk {
  readonly old_from: number;
  readonly old_lines: number;
  readonly new_from: number;
  readonly new_lines: number;
  readonly lines: readonly TextLine[];
}

/**
 * One line without its line feed (`ended` false: it has none), numbered from 1 on each side that has it.
 *
 * `words` are the spans that differ, in UTF-16 units. Without them the whole line is new or removed.
 */
export interface TextLine {
  readonly kind: "added" | "removed" | "same";
  readonly text: string;
  readonly old?: number | null;
  readonly new?: number | null;
  readonly words?: readonly (readonly [number, number])[] | null;
  readonly ended?: boolean;
}

/** Choices for places that both drafts changed. */
export interface Together {
  readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
  readonly rest?: "mine" | "theirs" | null;
}

/**
 * Edits of one draft. `read_seq`: the state they were made for, of each edit or of all. Default: as last read.
 *
 * `atomic`: all or none, as one batch, where each edit sees the result of the ones before it. Otherwise each is
 * applied or refused by itself.
 */
export interface ToolEdits {
  readonly draft?: string | null;
  readonly item?: string | null;
  readonly path?: string | null;
  readonly edits?: readonly (StrReplace | InsertText | ReplaceLines | SetMember | RemoveAt | AddElement | MoveElement)[];
  readonly read_seq?: number | null;
  readonly generation?: number | null;
  readonly atomic?: boolean;
}

/** The item's path (default: its old one; null: no path). */
export interface Unarchive {
  readonly path?: string | null;
}

/** The item's path and external id (default: its old ones; null: none). */
export interface Undelete {
  readonly path?: string | null;
  readonly external_id?: string | null;
}

/**
 * A page of items by path. `next` is the cursor of the next page.
 *
 * `complete` is false while some versions are still being examined: imported ones, those deployed by an earlier
 * release, and those whose kind has just changed.
 */
export interface UsedBy {
  readonly items: readonly ItemUse[];
  readonly next?: string | null;
  readonly complete?: boolean;
}

/** A page of items. */
export interface UsedByQuery {
  /** `next` of the previous page. */
  readonly cursor?: string | null;
  /** Items per page, at most 200. */
  readonly limit?: number;
}

/** A version. `hash` identifies it for good; `content_hash` is shared by all versions with the same value. */
export interface Version {
  readonly item: string;
  readonly number: number;
  readonly hash: string;
  readonly content_hash: string;
  readonly at: number;
  readonly author: ActorInfo;
  readonly deployer: ActorInfo;
  readonly message?: string;
  readonly source_etag?: string | null;
  readonly override?: number | null;
  readonly redeploy_of?: number | null;
  readonly value?: Json;
  readonly run?: string | null;
  readonly shares?: readonly AuthorShare[];
}

/** A page of versions without their values. `next` is the `before` of the next page. */
export interface VersionPage {
  readonly versions: readonly Version[];
  readonly head: number;
  readonly next?: number | null;
}

/** Versions below a number, newest first. */
export interface VersionQuery {
  readonly before?: number | null;
  readonly limit?: number;
}

/** A version with its value. Both hashes are checked. */
export interface VersionRecord {
  readonly is: "version";
  readonly item: string;
  readonly number: number;
  readonly hash: string;
  readonly content_hash: string;
  readonly author: By;
  readonly deployer: By;
  readonly at: number;
  readonly value: Json;
  readonly message?: string;
  readonly source_etag?: string | null;
  readonly override?: number | null;
  readonly redeploy_of?: number | null;
  readonly run?: string | null;
}

/** The draft's new visibility. */
export interface Visible {
  readonly visibility: "open" | "private" | "readable";
}

/**
 * A webhook without its signing secret. `owner`: whose rights decide what is sent; none: everything.
 *
 * `cursor`: events up to here are delivered or on their way. `failing_since`: no attempt has succeeded since then.
 */
export interface Webhook {
  readonly id: string;
  readonly address: string;
  readonly types: readonly string[];
  readonly description: string;
  readonly active: boolean;
  readonly cursor: number;
  readonly made_at: number;
  readonly changed_at: number;
  readonly owner?: HolderInfo | null;
  readonly failing_since?: number | null;
}

/** Webhooks: all of them for admins, otherwise your own. */
export interface WebhookList {
  readonly webhooks: readonly Webhook[];
}

/**
 * The body of a PUT: the whole document, made from the state that `If-Match` names.
 *
 * `made_from`: what the session saved on that state before, if the answer was a merged value that the session does
 * not show. Others' text that is missing from the document then counts as unseen, not as deleted.
 */
export interface WholeDraft {
  readonly value: JsonObject;
  readonly made_from?: JsonObject | null;
}

/** Remove a user from a group. */
export interface Withdraw {
  readonly do: "withdraw";
  readonly group: string;
  readonly user: string;
}

/** `counts_people`: `GET activity` also counts each person's edits. Off by default; admins can switch it on. */
export interface WorkspaceSettings {
  readonly counts_people?: boolean;
}

/** How many batches of a writer the log holds. */
export interface WriterCount {
  readonly w: number;
  readonly sid: string;
  readonly actor: string;
  readonly run: string | null;
  readonly batches: number;
  readonly last_no: number;
}

/** How many batches each session has in the log. */
export interface WriterCounts {
  readonly writers: readonly WriterCount[];
  readonly seq: number;
  readonly etag: string;
}

/** A session that wrote in a draft, and its last batch number before the batches of the record. */
export interface WriterRecord {
  readonly w: number;
  readonly by: By;
  readonly joined_at: number;
  readonly run?: string | null;
  readonly last_no?: number;
  readonly approved_by?: By | null;
}
