import type { Json, JsonObject, Op } from "../document/ops.js";
import type { ActorInfo, Alert, AskInfo, Diagnostic, DraftInfo, EventInfo, PresenceEntry, RunEvent, VersionInfo, WriterInfo } from "../wire/messages.js";
/**
 * Batches of edits in the drafts that the asker may read; of single people only where the workspace counts them.
 *
 * Those with the most edits come first. `truncated`: more was edited than is counted. `counts_people`: people are
 * counted here, also if nobody has edited yet.
 */
export interface Activity {
    readonly until: number;
    readonly items: readonly ItemActivity[];
    readonly agents: readonly AgentActivity[];
    readonly truncated?: boolean;
    readonly people?: readonly PersonActivity[];
    readonly counts_people?: boolean;
}
/** How far to look back. */
export interface ActivityQuery {
    /** How many minutes, the one that runs included. */
    readonly minutes?: number;
}
/** Put an element into the keyed array `at`, behind `after` or before `before`; neither: at the end. */
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
/** What a draft has taken from another one, up to which state of that. */
export interface Adopted {
    readonly source: string;
    readonly etag: string;
}
/** Which draft, as of which etag (none: as it is), and how if one's own draft has changes. */
export interface Adoption {
    readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
    readonly rest?: "mine" | "theirs" | null;
    readonly from: string;
    readonly etag?: string | null;
    readonly how?: "merge" | "replace" | null;
}
/** Edits of an AI session in an item, in each minute; `run` if it works for one. */
export interface AgentActivity {
    readonly actor: ActorInfo;
    readonly item: string;
    readonly edits: readonly number[];
    readonly last_at: number;
    readonly run?: string | null;
}
/**
 * Whose text shall stand: `mine` or `theirs`; nothing said: the alert is dealt with, the draft stays.
 *
 * Where the place has changed since, 409 `merge_conflict` asks; `resolutions` and `rest` then answer, `mine`
 * being the kept side and `theirs` the draft as it is.
 */
export interface AlertChoice {
    readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
    readonly rest?: "mine" | "theirs" | null;
    readonly keep?: "mine" | "theirs" | null;
}
/** A person has dealt with an alert. */
export interface AlertEnded {
    readonly alert: string;
    readonly state?: "resolved";
}
/** An alert and how it ended. */
export interface AlertInfo {
    readonly alert: Alert;
    readonly item: string;
    readonly resolution?: string | null;
    readonly resolver?: ActorInfo | null;
}
/** A page of the list, newest first; `next` is the cursor of the following one. */
export interface AlertPage {
    readonly alerts: readonly AlertInfo[];
    readonly next?: string | null;
}
/** Which alerts: of a draft, of an item, or (neither, or `mine`) those that one is a party of; a page of them. */
export interface AlertQuery {
    readonly draft?: string | null;
    readonly item?: string | null;
    readonly mine?: boolean;
    readonly state?: "all" | "closed" | "open" | "resolved";
    readonly cursor?: string | null;
    readonly limit?: number;
}
/** The draft after it. `stash` is an entry of the asker's that was made by it, if any. */
export interface AlertResolved {
    readonly alert: string;
    readonly draft: string;
    readonly etag: string;
    readonly changed: boolean;
    readonly value: Json;
    readonly state?: "resolved";
    readonly stash?: string | null;
}
/** A piece of the text. `offset` None: what follows on all that this worker has taken in. */
export interface AppendToStream {
    readonly text: string;
    readonly offset?: number | null;
    readonly wait?: boolean;
}
/** Which questions: open ones, or all of the last 30 days. */
export interface AskQuery {
    readonly draft?: string | null;
    readonly state?: "all" | "open";
}
/** Questions that wait for an answer of mine, and my own. */
export interface Asks {
    readonly to_me: readonly AskInfo[];
    readonly by_me: readonly AskInfo[];
}
/** Where an item stands. `moved_from`: the path that was asked for, if it is not there any more. */
export interface At {
    readonly item: string;
    readonly kind: string;
    readonly path: string;
    readonly moved_from?: string | null;
}
/** One try: what was answered, or why nothing was, after how long. */
export interface Attempt {
    readonly at: number;
    readonly duration_ms: number;
    readonly status?: number | null;
    readonly error?: string | null;
}
/**
 * Be at an item for `lease_s` seconds; sent again before that is over, it goes on, perhaps elsewhere in it.
 *
 * `doing` says what one does ("reading", "editing lines 40–52", "waiting for review"), `label` what it is for
 * where no `run` says it. `at`, `anchor`, `head`, `seq` and `lines` are a place in `draft`, as in the
 * WebSocket message `focus`: only who may read that draft is shown it, and what one does there.
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
/** One is present as session `sid` until the lease ends. */
export interface Attending {
    readonly sid: string;
    readonly ends_in_s: number;
}
/** How much of a version's text an author wrote, in UTF-16 units that stand; of an agent, in which run. */
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
 * Who wrote something, and when: `seq` … `to` are batches of the draft's present generation.
 *
 * Older text has the first `version` that holds it. `kind` is not `edit` where nothing is known but who brought it
 * in: with an adoption, a revert, a version (`deploy`). `approved_by`: who accepted it, of what an agent suggested.
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
/** Of which state, and (`address`) of which leaf, member or element alone. */
export interface BlameQuery {
    /** The draft's item; needed while nobody has begun the draft. */
    readonly item?: string | null;
    /** An etag, a seq, or the name of a state. */
    readonly at?: string | null;
    /** One leaf, member or element, with all inside it. */
    readonly address?: string | null;
}
/** Of which part of the version's value. */
export interface BlameVersionQuery {
    /** One leaf, member or element, with all inside it. */
    readonly address?: string | null;
}
/** Lines `first` … `last`: `origin` wrote in them last, `others` as well. Indexes of `origins`. */
export interface BlamedLines {
    readonly first: number;
    readonly last: number;
    readonly origin: number;
    readonly others?: readonly number[];
}
/** A member that is no text leaf, or an element: who set it, or put it there. */
export interface BlamedMember {
    readonly at: string;
    readonly origin: number;
}
/** A text leaf, by lines; `spans` are lengths in UTF-16 units and indexes of `origins`, from the beginning. */
export interface BlamedText {
    readonly at: string;
    readonly lines: readonly BlamedLines[];
    readonly spans: readonly (readonly [number, number])[];
}
/** Which generation (none: the one that was discarded last), and choices. */
export interface BringBack {
    readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
    readonly rest?: "mine" | "theirs" | null;
    readonly generation?: number | null;
}
/** From which draft, up to which etag (none: as it is). */
export interface Bringing {
    readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
    readonly rest?: "mine" | "theirs" | null;
    readonly from: string;
    readonly etag?: string | null;
}
/** The draft that was written into, after it. `stash` holds what was replaced. */
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
 * Who did something: a user, or an agent or API key (`label`) for them.
 *
 * `imported`: who said so, by an import. An export tells it; an import does not read it, and names who imports now.
 */
export interface By {
    readonly user: string;
    readonly kind?: "agent" | "api_key" | "user";
    readonly label?: string;
    readonly imported?: string | null;
}
/** Batches `seq_from` … `seq_to` of somebody else, which are in the merged value. */
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
/** What became of one change; `id` of what it was about. */
export interface ChangeResult {
    readonly outcome: "changed" | "created" | "emptied" | "removed" | "unchanged";
    readonly id: string;
}
/** What became of every change, in order. */
export interface ChangeResults {
    readonly results: readonly ChangeResult[];
}
/** What one person, or one run of an agent, changed: how often, when, where. Places read as in the present state. */
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
/** What to change of a folder; lists of people are replaced. Another `name` moves what lies in it. */
export interface ChangedFolder {
    readonly name?: string;
    readonly summary?: string;
    readonly external_id?: string | null;
    readonly owners?: readonly Holder[];
    readonly writers?: readonly Holder[];
    readonly readers?: readonly Holder[];
}
/** What to change of a group. Another `name` moves what lies in its place with it. */
export interface ChangedGroup {
    readonly name?: string;
    readonly summary?: string;
    readonly external_id?: string | null;
}
/** What to change of an item itself. Another `path` moves it, and with it who may see it; null: it has none. */
export interface ChangedItem {
    readonly path?: string | null;
    readonly summary?: string;
    readonly external_id?: string | null;
}
/** What to change of a member. Another `username` moves what lies in their place with them. */
export interface ChangedMember {
    readonly name?: string;
    readonly username?: string;
    readonly role?: "admin" | "editor" | "operator";
    readonly external_id?: string;
}
/** An address that was changed; of a text with the lines, as they read after the last of the changes. */
export interface ChangedPlace {
    readonly at: string;
    readonly lines?: readonly (readonly [number, number])[];
}
/** What is to change; what is left out stays. */
export interface ChangedSettings {
    readonly counts_people?: boolean;
}
/** What to change. Switched off, nothing is sent; switched on again it goes on where it stopped. */
export interface ChangedWebhook {
    readonly address?: string;
    readonly types?: readonly string[];
    readonly description?: string;
    readonly active?: boolean;
}
/** Changes to make in this order, all or none. A refusal tells which one by `index`. */
export interface Changes {
    readonly changes: readonly (AddMember | ChangeMember | RemoveMember | RestoreMember | AddGroup | ChangeGroup | RemoveGroup | Enrol | Withdraw | AddFolder | ChangeFolder | RemoveFolder | SetFolderRole | GiveGrant | EndGrant)[];
}
/** Since when: `looked`, an etag, a seq of the present generation, or the name of a state. */
export interface ChangesQuery {
    /** The draft's item; needed while nobody has begun the draft. */
    readonly item?: string | null;
    /** looked, an etag, a seq, or the name of a state. */
    readonly since?: string;
    /** Lines around changed ones in texts, at most 100. */
    readonly context?: number;
}
/** The end of the text; `units`: all that was sent, to be sure that nothing of it is missing. */
export interface CloseStream {
    readonly units?: number | null;
}
/** All that differs; no changes: the same content. */
export interface Comparison {
    readonly changes: readonly (MemberAdded | MemberRemoved | MemberChanged | ElementAdded | ElementRemoved | ElementMoved | TextChanged)[];
}
/** Which hunks are meant: by their ids, all at some addresses, or `all` that are open. */
export interface Deciding {
    readonly hunks?: readonly string[] | null;
    readonly at?: readonly string[] | null;
    readonly all?: boolean;
}
/** A deleted item that one may bring back. `drafts`: how many hold anything and come back with it. */
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
/** A page of deleted items, the latest first; `next` is the cursor of the following one. */
export interface DeletedPage {
    readonly items: readonly DeletedItem[];
    readonly next?: string | null;
}
/** A page of what one may bring back. */
export interface DeletedQuery {
    /** `next` of the page before. */
    readonly cursor?: string | null;
    /** Items in a page, at most 200. */
    readonly limit?: number;
}
/** One event on its way. `withheld`: the owner may no longer see it. `next_at`: when it is tried again. */
export interface Delivery {
    readonly number: number;
    readonly type: string;
    readonly state: "delivered" | "failed" | "waiting" | "withheld";
    readonly begun_at: number;
    readonly tries: number;
    readonly attempts?: readonly Attempt[];
    readonly next_at?: number | null;
}
/** A page of deliveries; `next` is the `before` of the following one. */
export interface DeliveryPage {
    readonly deliveries: readonly Delivery[];
    readonly next?: number | null;
}
/** Deliveries of events below a number, the latest first; of one state. */
export interface DeliveryQuery {
    readonly state?: "delivered" | "failed" | "waiting" | "withheld" | null;
    readonly before?: number | null;
    readonly limit?: number;
}
/**
 * Which state of a draft goes on which version (0: nothing is deployed yet).
 *
 * `if_moved`: what to do if the draft has moved on since. `override` names the head that is to be replaced
 * although it is not `expected_version`. `item` helps to find a draft that nobody has begun.
 */
export interface Deploy {
    readonly etag: string;
    readonly expected_version: number;
    readonly message?: string;
    readonly if_moved?: "refuse" | "ship";
    readonly override?: number | null;
    readonly item?: string | null;
}
/** Drafts to deploy, at most 50, in this order, each by itself. */
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
 * What is live now. `unchanged`: it was already. `later` came after the etag and stays in the draft.
 *
 * `conflicts`: alerts that are open in the draft; where two texts met unseen, both may have been shipped.
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
/** A result for each draft, in their order. */
export interface DeployedMany {
    readonly results: readonly DraftDeployed[];
    readonly deployed: number;
    readonly unchanged: number;
    readonly refused: number;
}
/** What a runtime wants: the version live at a path, or the one of a hash. */
export interface DeployedQuery {
    readonly path?: string | null;
    readonly hash?: string | null;
}
/** The values that the markers of a version stand for, by the JSON pointers of their places. */
export interface DeployedSecrets {
    readonly item: string;
    readonly version: number;
    readonly hash: string;
    readonly values: JsonObject;
}
/** A version as a runtime reads it: nothing in it ever changes. */
export interface DeployedValue {
    readonly item: string;
    readonly kind: string;
    readonly version: number;
    readonly hash: string;
    readonly content_hash: string;
    readonly value: Json;
}
/**
 * A change by its index, or one hunk of a changed text, with an id: what `revert` can bring back by itself.
 *
 * The id stays the same as long as both sides read the same there.
 */
export interface DiffPart {
    readonly id: string;
    readonly at: string;
    readonly change: number;
    readonly hunk?: number | null;
}
/**
 * What is compared: `mine`, `shared`, `deployed`, `version:<number>`, a draft's id; all but versions may go
 * on with `@<etag>`, and an etag alone is one of `mine`.
 */
export interface DiffQuery {
    /** The old value: by default what is deployed. */
    readonly from?: string;
    /** The new value: by default one's own draft. */
    readonly to?: string;
    /** Lines around changed ones in texts, at most 100. */
    readonly context?: number;
}
/**
 * Users, groups and folders as the platform has them; a part that is not given is left alone.
 *
 * `absent`: what becomes of those that have an external id and are not named: `keep`, or `remove`. The same
 * request twice changes nothing the second time.
 */
export interface Directory {
    readonly members?: readonly SyncedMember[] | null;
    readonly groups?: readonly SyncedGroup[] | null;
    readonly folders?: readonly SyncedFolder[] | null;
    readonly absent?: "keep" | "remove";
}
/** What became of every entry, in order, and of those that were not named behind them. */
export interface DirectoryResult {
    readonly members: readonly DirectorySynced[];
    readonly groups: readonly DirectorySynced[];
    readonly folders: readonly DirectorySynced[];
}
/** What became of one entry. */
export interface DirectorySynced {
    readonly external_id: string;
    readonly id: string;
    readonly outcome: "changed" | "created" | "emptied" | "removed" | "unchanged";
}
/** Which state is given up; it must be the present one. */
export interface Discard {
    readonly etag: string;
}
/** Drafts to discard, at most 50, in this order, each by itself. */
export interface DiscardMany {
    readonly drafts: readonly DiscardOne[];
}
/** One of many that are given up. */
export interface DiscardOne {
    readonly etag: string;
    readonly draft: string;
}
/** The draft is gone; until a time it can be brought back. */
export interface Discarded {
    readonly draft: string;
    readonly item: string;
    readonly generation: number;
    readonly until: number;
}
/** A result for each draft, in their order. */
export interface DiscardedMany {
    readonly results: readonly DraftDiscarded[];
    readonly discarded: number;
    readonly refused: number;
}
/** What a change came to. */
export interface Done {
    readonly outcome: "changed" | "created" | "emptied" | "removed" | "unchanged";
    readonly id?: string | null;
}
/** Who wrote what of a state, or of a version. */
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
 * What others changed between two states. `looked_at` is None where nobody has said that they looked.
 *
 * `followed_from`: after very many batches `by` tells of those from this seq on only; `comparison` then holds
 * all that changed, by whomever.
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
/** What became of one draft: one of the two. */
export interface DraftDeployed {
    readonly draft: string;
    readonly deployed?: Deployed | null;
    readonly refused?: RefusedDraft | null;
}
/** What became of one draft: one of the two. */
export interface DraftDiscarded {
    readonly draft: string;
    readonly discarded?: Discarded | null;
    readonly refused?: RefusedDraft | null;
}
/**
 * Which drafts are wanted; all that is named must hold.
 *
 * Drafts that equal their version count as none. A cursor continues the very query that gave it, of the same user.
 */
export interface DraftListQuery {
    /** One's own, all others, or all. */
    readonly whose?: "any" | "mine" | "others";
    /** Of a user: an id, `ext:` and the platform's id, or `me`. */
    readonly owner?: string | null;
    /** Of this purpose. */
    readonly purpose?: "own" | "shared" | "suggestion" | null;
    /** Of an item: its id, or `ext:` and the platform's. */
    readonly item?: string | null;
    /** Of items below a folder, as `f/payments`. */
    readonly folder?: string | null;
    /** Of items whose paths begin so. */
    readonly prefix?: string | null;
    /** Of items of one of these kinds. */
    readonly kind?: readonly string[];
    /** On an older version than is deployed; of those that one may read. */
    readonly behind?: boolean;
    /** With an open alert; of those that one may read. */
    readonly conflict?: boolean;
    /** Whether drafts of archived items are listed. */
    readonly archived?: "only" | "with" | "without";
    /** `changed`: the latest change first; `age`: the oldest draft first. */
    readonly order?: "age" | "changed";
    /** `next` of the page before. */
    readonly cursor?: string | null;
    /** Drafts in a page, at most 200. */
    readonly limit?: number;
}
/** A stretch of a draft's log, and who wrote it. */
export interface DraftLog {
    readonly draft: string;
    readonly etag: string;
    readonly seq: number;
    readonly batches: readonly LogBatch[];
    readonly writers: readonly WriterInfo[];
}
/** A page of the list; `next` is the cursor of the following one. A page may be short although more follow. */
export interface DraftPage {
    readonly drafts: readonly ListedDraft[];
    readonly next?: string | null;
}
/** What a PATCH carries: one of the three. A bare array is an RFC 6902 patch as well. */
export interface DraftPatch {
    readonly ops?: readonly Op[] | null;
    readonly patch?: readonly PatchOp[] | null;
    readonly edits?: readonly TextEdit[] | null;
}
/** Which of an item's drafts: own, shared, or (none) the one that an editor would open. */
export interface DraftQuery {
    readonly purpose?: "own" | "shared" | null;
}
/**
 * A draft: the state at `from_seq`, and the batches after it up to the head.
 *
 * A long log is exported from a snapshot on. Marks, and so etags, belong to the workspace: they are made anew.
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
/** A draft as of one etag. */
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
/** The draft after the edits; `diagnostics` is what stands in the way of its deploy now. */
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
/** An element that the old document has nowhere; `to` counts in the new one. */
export interface ElementAdded {
    readonly change: "element_added";
    readonly at: string;
    readonly label: string;
    readonly to: Spot;
    readonly new: Json;
}
/** An element that stands elsewhere: in another array, or past others of its own that stayed. */
export interface ElementMoved {
    readonly change: "element_moved";
    readonly at: string;
    readonly label: string;
    readonly was: Spot;
    readonly to: Spot;
}
/** An element that the new document has nowhere; `was` counts in the old one. */
export interface ElementRemoved {
    readonly change: "element_removed";
    readonly at: string;
    readonly label: string;
    readonly was: Spot;
    readonly old: Json;
}
/** Take a grant away. */
export interface EndGrant {
    readonly do: "end_grant";
    readonly grant: string;
}
/** Put a user into a group. */
export interface Enrol {
    readonly do: "enrol";
    readonly group: string;
    readonly user: string;
}
/** What an erasure took away. */
export interface Erased {
    readonly id: string;
    readonly drafts: number;
    readonly stash: number;
    readonly grants: number;
    readonly keys: number;
}
/**
 * Events that the reader may see, in commit order.
 *
 * `next` is the `after` of the following request: the last number that was looked at, whether or not anything up
 * to it may be seen. `head` is the workspace's last number, `oldest` the first that is kept.
 */
export interface EventPage {
    readonly events: readonly EventInfo[];
    readonly next: number;
    readonly oldest: number;
    readonly head: number;
}
/**
 * Which events: those `after` a number (none: from now on), of one of these `types`.
 *
 * A type is written whole (`version.deployed`), or by its beginning (`version.*`). With `wait_s` an answer that
 * would be empty waits for something to tell, 25 s at the most. `limit`: 500 at the most.
 */
export interface EventQuery {
    readonly after?: number | null;
    readonly types?: readonly string[];
    readonly wait_s?: number;
    readonly limit?: number;
}
/** Who is where in the workspace, of the items that the asker may see; `truncated`: there are more items. */
export interface Everywhere {
    readonly items: readonly Here[];
    readonly unknown?: boolean;
    readonly truncated?: boolean;
}
/** Begins an export. */
export interface ExportHeader {
    readonly is: "draftwire";
    readonly format: number;
}
/**
 * Some records; `next` is the cursor of what follows.
 *
 * `items` of `total` are done. `withheld` drafts of this page are for their owners alone and are not in it.
 */
export interface ExportPage {
    readonly records: readonly (ExportHeader | MemberRecord | GroupRecord | FolderRecord | KindRecord | RunRecord | ItemRecord | VersionRecord | DraftRecord | GrantRecord)[];
    readonly items: number;
    readonly total: number;
    readonly next?: string | null;
    readonly withheld?: number;
}
/**
 * Where to go on, and which items: below `folder` alone, if it is named, and without `drafts` if they are not
 * wanted.
 */
export interface ExportQuery {
    /** `next` of the page before. */
    readonly cursor?: string | null;
    /** Items below this folder alone, as `f/payments`. */
    readonly folder?: string | null;
    /** Whether drafts are wanted. */
    readonly drafts?: boolean;
}
/** A folder, as one may see it: its people are shown to admins and owners, the platform's id to admins. */
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
/** The folders that one may see, by name. */
export interface FolderList {
    readonly folders: readonly Folder[];
}
/** Somebody who is to have a role in a folder, or (None) none any more. */
export interface FolderPerson {
    readonly role: "owner" | "reader" | "writer" | null;
    readonly user?: string | null;
    readonly group?: string | null;
}
/** A folder and its people. */
export interface FolderRecord {
    readonly is: "folder";
    readonly name: string;
    readonly roles: readonly Holding[];
    readonly summary?: string;
    readonly external_id?: string | null;
}
/**
 * From what an item is made: `deployed`, `version:<number>`, or a draft (`mine`, `shared`, an id), as of
 * `@<etag>` if that follows.
 */
export interface Fork {
    readonly from?: string;
    readonly path?: string | null;
    readonly external_id?: string | null;
    readonly summary?: string | null;
}
/** The new item; at `dropped_secrets` (JSON pointers) a marker was left out: who forks did not set that secret. */
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
/** Rights that were given. */
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
/** Which grants are wanted. */
export interface GrantQuery {
    readonly user?: string | null;
    readonly group?: string | null;
    readonly item?: string | null;
}
/** Rights of a user or a group, below a prefix, on an item, or (neither) on everything. */
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
/** What an owner allows: as asked if nothing is said. */
export interface Granted {
    readonly may?: "look" | "type" | null;
    readonly agents?: boolean | null;
    readonly until?: number | null;
}
/** A group. Who is in it is shown to admins and to its members, the platform's id to admins. */
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
/** All members that a group is to have. */
export interface GroupMembers {
    readonly members: readonly string[];
}
/** A group and who is in it. */
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
/** Who is at an item. `unknown`: the server is cut off from Redis, others may be here. */
export interface Here {
    readonly item: string;
    readonly here: readonly PresenceEntry[];
    readonly unknown?: boolean;
}
/**
 * Batches of one person, or one run of an agent, without a long pause: `from` … `to`, with others' in between.
 *
 * `etag` is the state after the last of them, `sids` the sessions that they came from. `came` and `went` count
 * UTF-16 units of text.
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
/** A page of history. `begins`: the first seq that is still kept; `next`: the `before` of the next page. */
export interface HistoryPage {
    readonly draft: string;
    readonly etag: string;
    readonly generation: number;
    readonly begins: number;
    readonly groups: readonly HistoryGroup[];
    readonly next?: number | null;
}
/** Groups that end before a seq, the latest first; of a generation that was discarded, if one is named. */
export interface HistoryQuery {
    /** The draft's item; needed while nobody has begun the draft. */
    readonly item?: string | null;
    /** Groups whose last batch lies before this seq. */
    readonly before?: number | null;
    readonly limit?: number;
    /** An earlier generation, if it still exists. */
    readonly generation?: number | null;
}
/**
 * Where the words of a search stand: in the path, in the summary, or in line `line` (from 1) of the text `at`
 * a JSON pointer into the deployed value.
 *
 * `spans` are what matched in the excerpt, in UTF-16 units.
 */
export interface Hit {
    readonly where: "content" | "path" | "summary";
    readonly excerpt: string;
    readonly spans: readonly (readonly [number, number])[];
    readonly at?: string | null;
    readonly line?: number | null;
}
/**
 * Who holds a right: a user or a group, never both.
 *
 * Both are named by id or by the platform's id (`ext:` before it is allowed); a user also as `u/<username>`, a
 * group also as `g/<name>`.
 */
export interface Holder {
    readonly user?: string | null;
    readonly group?: string | null;
}
/** Who holds a right, with the names that stand for them now. */
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
 * What both sides changed differently. `start` and `end` count in the text leaf of the preview's value.
 *
 * `kind` `place`: where an element stands (addresses of arrays). The id stays the same while both sides do.
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
/** What the workspace sets, and what holds together with the server's defaults. */
export interface Identity {
    readonly set: IdentitySettings;
    readonly holds: IdentitySettings;
}
/**
 * A workspace's own issuer; what is not given is as the server's settings say.
 *
 * With a `jwks_url` an `issuer` is needed. HS256 stands for the server's own keys: leave it out, and only tokens
 * of the issuer count (and API keys).
 */
export interface IdentitySettings {
    readonly issuer?: string | null;
    readonly audience?: string | null;
    readonly jwks_url?: string | null;
    readonly algorithms?: readonly ("ES256" | "HS256" | "RS256")[] | null;
}
/** Records in the order of their export. `dry_run`: only say what would become of them. */
export interface ImportRecords {
    readonly records: readonly (ExportHeader | MemberRecord | GroupRecord | FolderRecord | KindRecord | RunRecord | ItemRecord | VersionRecord | DraftRecord | GrantRecord)[];
    readonly dry_run?: boolean;
    readonly known?: Known;
}
/**
 * What became of a record: `made`, it was there already (`same`), something else of that name is there and
 * stays (`kept`), or it was `refused`, with a code.
 *
 * `left_out`: what of a draft of somebody else was not taken: who may see it. `unset_secrets`: pointers to markers
 * of secrets that the item does not have here: secrets are in no export, and are to be set again.
 */
export interface ImportResult {
    readonly outcome: "kept" | "made" | "refused" | "same";
    readonly code?: string | null;
    readonly message?: string | null;
    readonly left_out?: readonly ("guests" | "visibility")[];
    readonly unset_secrets?: readonly string[];
}
/** A result for each record, in their order. */
export interface Imported {
    readonly results: readonly ImportResult[];
}
/** Put `text` before a line (the number of lines + 1: at the end), or right after or before a text found once. */
export interface InsertText {
    readonly do: "insert";
    readonly at: string;
    readonly text: string;
    readonly line?: number | null;
    readonly after?: string | null;
    readonly before?: string | null;
    readonly read_seq?: number | null;
}
/** What a guest may do: until a time (Unix seconds), or until it is withdrawn. `agents`: theirs as well. */
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
/** Edits of an item, by whomever, in each minute, the oldest first; the last minute is the one that runs. */
export interface ItemActivity {
    readonly item: string;
    readonly edits: readonly number[];
}
/**
 * The item is gone with all its drafts; until a time it can be brought back.
 *
 * `used_by`: how many items that one may see name it in their live versions, and find nothing now.
 */
export interface ItemDeleted {
    readonly item: string;
    readonly until: number;
    readonly used_by?: number;
}
/** What differs between two values of an item, and which states these were. */
export interface ItemDiff {
    readonly item: string;
    readonly from: Side;
    readonly to: Side;
    readonly comparison: Comparison;
    readonly parts?: readonly DiffPart[];
}
/** A page of the list, all of one moment (that of `event`); `next` is the cursor of the following one. */
export interface ItemPage {
    readonly items: readonly ListedItem[];
    readonly next?: string | null;
    readonly event?: number;
    readonly presence_unknown?: boolean;
}
/**
 * What putting an item came to.
 *
 * `value`: `set` the item begins with what was sent; `initial` it begins as its kind says; `same` what was
 * sent is what is deployed; `kept` it is not, and the deployed value stays: only deploys change it; `not_sent`.
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
 * Which items are wanted; all that is named must hold.
 *
 * Several values of one name (repeated, or separated by commas; `external_id` is repeated) are alternatives.
 * Archived items are listed only if asked for. A cursor continues the very query that gave it, of the same user.
 */
export interface ItemQuery {
    /** The item at this path, or the one that has moved from there. */
    readonly path?: string | null;
    /** Paths that begin so. */
    readonly prefix?: string | null;
    /** Paths below a folder, as `f/payments`. */
    readonly folder?: string | null;
    /** Of one of these kinds. */
    readonly kind?: readonly string[];
    /** With one of these ids of the platform; repeated, ids may hold commas. */
    readonly external_id?: readonly string[];
    /** Made by a user: an id, `ext:` and the platform's id, or `me`. */
    readonly creator?: string | null;
    /** With such a draft, of those that one may know of. */
    readonly drafts?: "any" | "mine" | "others" | null;
    /** That draft (mine, if `drafts` names none) stands on an older version than is deployed. */
    readonly behind?: boolean;
    /** Whether archived items are listed. */
    readonly archived?: "only" | "with" | "without";
    /** Made, changed, moved or deployed since, in Unix seconds; keystrokes don't count. */
    readonly changed_since?: number | null;
    /** Words, or beginnings of words, which all must stand there; at most 10. */
    readonly q?: string | null;
    /** `path`, the default; `changed`: the latest first; `rank`, of a search, and only that. */
    readonly order?: "changed" | "path" | "rank" | null;
    /** What to show around each item. */
    readonly include?: readonly ("drafts" | "here" | "mine" | "value")[];
    /** `next` of the page before. */
    readonly cursor?: string | null;
    /** Items in a page, at most 200. */
    readonly limit?: number;
}
/** An item. Its head is its highest version; until there is one, `initial` is its value. */
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
 * An item and what stands around it, all of one moment, which is that of the event number `event`.
 *
 * `here` alone is of the moment of the answer; `presence_unknown`: the server is cut off from Redis, others may
 * be here. `value` is the deployed value, or the initial one while nothing is deployed.
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
 * An item whose live version names another one, `times` times; `at`: pointers to the first 20 places.
 *
 * `former`: the paths that stand there where they are not its present one, and lead on to it.
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
/** For which head a draft stays as it is. */
export interface Keep {
    readonly version: number;
}
/** It is remembered. */
export interface Kept {
    readonly draft: string;
    readonly version: number;
}
/** An API key, without its secret; `hint` is how it ends. */
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
/** Keys: all for admins, else one's own; revoked ones stay listed. */
export interface KeyList {
    readonly keys: readonly Key[];
}
/** What a change of a kind came to, and how much is of that kind. Open drafts keep the shape they began with. */
export interface KindChange {
    readonly name: string;
    readonly revision: number;
    readonly changed: boolean;
    readonly items: number;
    readonly drafts: number;
}
/** A kind. `source`: the server's own, or defined by the workspace, then with its revision. */
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
/** `revision`: change it only if it stands there; 0: only if the workspace has never defined it. */
export interface KindQuery {
    readonly revision?: number | null;
}
/** A revision of a kind that the workspace defined; without a definition it was taken back. */
export interface KindRecord {
    readonly is: "kind";
    readonly name: string;
    readonly revision: number;
    readonly definition: JsonObject | null;
    readonly changed_at: number;
    readonly by?: By | null;
}
/** What an import would have made before: only for `dry_run`, which leaves nothing behind for what comes after. */
export interface Known {
    readonly members?: readonly string[];
    readonly groups?: readonly string[];
    readonly items?: readonly string[];
    readonly kinds?: Readonly<Record<string, string>>;
}
/** A text of a document, and how long it is. */
export interface Leaf {
    readonly at: string;
    readonly lines: number;
    readonly units: number;
}
/**
 * A line of the list. Of a draft that one may not read (`may`: no) owner and age are told, and nothing else.
 *
 * `conflicts` counts open alerts. `kept`: it was said to stay as it is behind this head.
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
 * A line of the list; `value`, `mine`, `drafts` and `here` if they were asked for.
 *
 * `left_out`: values that would make the answer too large; look at the item itself. `moved_from`: the path that
 * was asked for, if the item has moved from there.
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
/** Batches after a seq, at most so many. */
export interface LogQuery {
    /** The draft's item; needed while nobody has begun the draft. */
    readonly item?: string | null;
    readonly after?: number;
    readonly limit?: number;
}
/** What of an item is wanted beside itself; everything, if nothing is named. `none` is nothing. */
export interface LookQuery {
    /** What to show around it. */
    readonly include?: readonly ("drafts" | "here" | "mine" | "none" | "value")[];
}
/** Up to which state somebody has looked. */
export interface Looked {
    readonly etag: string;
    readonly item?: string | null;
}
/** It is remembered. The mark never goes back, so it may lie beyond what was said. */
export interface LookedAt {
    readonly draft: string;
    readonly etag: string;
    readonly at: number;
}
/** A new key, and the secret that is shown this once. */
export interface MadeKey {
    readonly key: Key;
    readonly secret: string;
}
/** It is kept. `marker` is what documents of the item hold in its place. */
export interface MadeSecret {
    readonly secret: string;
    readonly item: string;
    readonly marker: Readonly<Record<string, string>>;
}
/** A webhook, and its new signing secret, which is shown this once. */
export interface MadeWebhook {
    readonly webhook: Webhook;
    readonly secret: string;
}
/** A line that matches; `draft` and `seq` where it was found in a draft and not in what is deployed. */
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
 * Who is behind a token, and in which workspace.
 *
 * `may` and `mode` are what the token leaves of the user's rights; with `mode` "suggest" only suggestions are
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
/** A member. Everybody sees names; the rest is for admins, and of oneself. */
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
/** A member that the old document has not. */
export interface MemberAdded {
    readonly change: "member_added";
    readonly at: string;
    readonly label: string;
    readonly new: Json;
}
/** A value that became another; a plain array is one value. */
export interface MemberChanged {
    readonly change: "member_changed";
    readonly at: string;
    readonly label: string;
    readonly old: Json;
    readonly new: Json;
}
/** A page of members, by username; `next` is the cursor of the following one. */
export interface MemberPage {
    readonly members: readonly Member[];
    readonly next?: string | null;
}
/** Which members are wanted: those whose name holds `search`; removed ones only if admins ask for them. */
export interface MemberQuery {
    readonly search?: string | null;
    readonly username?: string | null;
    readonly removed?: boolean;
    readonly cursor?: string | null;
    readonly limit?: number;
}
/** A member, removed ones too: history names them. */
export interface MemberRecord {
    readonly is: "member";
    readonly username: string;
    readonly name: string;
    readonly role: "admin" | "editor" | "operator";
    readonly external_id: string | null;
    readonly created_at: number;
    readonly removed_at?: number | null;
}
/** A member that the new document has not. */
export interface MemberRemoved {
    readonly change: "member_removed";
    readonly at: string;
    readonly label: string;
    readonly old: Json;
}
/**
 * One's own draft. `etag` is what a save names in `If-Match`, also before the draft has begun.
 *
 * `stands`: false while nobody has begun it; its value is then the deployed one and is not repeated.
 * `behind`: something was deployed after the version on which it stands.
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
/** Move an element into the keyed array `at`, placed likewise. */
export interface MoveElement {
    readonly do: "move";
    readonly id: string;
    readonly at: string;
    readonly after?: string | null;
    readonly before?: string | null;
    readonly read_seq?: number | null;
}
/**
 * The item of the draft that the address names: needed only while nobody has begun that draft.
 *
 * Until then it is no row, and its id, which `mine` of an item tells, leads to nothing by itself.
 */
export interface NamedDraft {
    /** The draft's item; needed while nobody has begun the draft. */
    readonly item?: string | null;
}
/** A state with a name: kept until the name is removed, whatever becomes of the log around it. */
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
/** The named states of a draft, the latest first. */
export interface NamedStates {
    readonly names: readonly NamedState[];
}
/** What somebody wants to be allowed, and why. */
export interface NewAsk {
    readonly may?: "look" | "type";
    readonly note?: string;
}
/** A folder to be. */
export interface NewFolder {
    readonly name: string;
    readonly external_id?: string | null;
    readonly summary?: string;
    readonly owners?: readonly Holder[];
    readonly writers?: readonly Holder[];
    readonly readers?: readonly Holder[];
}
/** Rights to give, to a user or a group: on one `item`, or below a `prefix` (`f/payments/`; empty: all). */
export interface NewGrant {
    readonly may: readonly ("admin" | "deploy" | "join" | "read_drafts" | "run" | "see" | "write")[];
    readonly user?: string | null;
    readonly group?: string | null;
    readonly item?: string | null;
    readonly prefix?: string | null;
    readonly until?: number | null;
}
/** A group to be; `members` are users, as `Holder.user` names them. */
export interface NewGroup {
    readonly name: string;
    readonly external_id?: string | null;
    readonly summary?: string;
    readonly members?: readonly string[];
}
/** What makes an item. Without a value it begins as its kind says. */
export interface NewItem {
    readonly kind: string;
    readonly path?: string | null;
    readonly external_id?: string | null;
    readonly summary?: string | null;
    readonly value?: JsonObject | null;
}
/**
 * A key to be.
 *
 * `may`, `prefixes` and `items` narrow what its user holds. `act_for`: users for whom it may act beside
 * (`any`: all), for admins to say; `user`: whose key it is, if not the asker's, likewise;
 * `reads_secrets`: it may read the secrets of deployed versions that it may run, likewise.
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
/** A member to be. `external_id` is the subject of their tokens; their place is `u/<username>/`. */
export interface NewMember {
    readonly external_id: string;
    readonly name?: string | null;
    readonly username?: string | null;
    readonly role?: "admin" | "editor" | "operator";
}
/** What an agent is about to do. `mode` suggest: nothing changes in anybody's draft until a person accepts it. */
export interface NewRun {
    readonly label: string;
    readonly model?: string | null;
    readonly mode?: "apply" | "suggest";
    readonly item?: string | null;
}
/** A value to keep: any JSON but null and the empty text. */
export interface NewSecret {
    readonly value: Json;
}
/** A name for the state of an etag. */
export interface NewStateName {
    /** A name for a state: 1–100 characters, no etag and no number. */
    readonly name: string;
    readonly etag: string;
}
/**
 * Where a text is to be written in the text leaf `at`, of the state that was read.
 *
 * One of: `line` (before it; the number of lines + 1: at the end), `after` or `before` a text that stands there
 * once, or lines `first` … `last`, which its first piece replaces. `lease_s`: an agent that is not heard of for
 * so long has lost the stream; an empty piece renews it.
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
 * A webhook to be: it gets the events that its maker may see.
 *
 * `types`: only these, as in `GET events`. `everything`: all events of the workspace, whoever leaves it;
 * for admins to make. `after`: begin behind this event; none: with what happens from now on.
 */
export interface NewWebhook {
    readonly address: string;
    readonly types?: readonly string[];
    readonly description?: string;
    readonly everything?: boolean;
    readonly active?: boolean;
    readonly after?: number | null;
}
/** From which item one was forked, and from which version or state of a draft. Ids only. */
export interface Origin {
    readonly item: string;
    readonly version?: number | null;
    readonly draft?: string | null;
    readonly etag?: string | null;
}
/** What became of an edit: the batch `seq` and where it stands now; or why it was refused. */
export interface Outcome {
    readonly at: string;
    readonly seq?: number | null;
    readonly first?: number | null;
    readonly last?: number | null;
    readonly refused?: Refusal | null;
}
/** Neither side: this value, or text, shall stand there. */
export interface OwnText {
    readonly value: Json;
}
/** Why one of many was refused; nothing of it was done. */
export interface PartRefused {
    readonly external_id: string;
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly retry?: boolean;
    readonly more?: Json;
}
/** A draft as it was, and whose batch led to that; without them it is what the generation began with. */
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
/** Which path is looked up. */
export interface PathQuery {
    readonly path: string;
}
/** Edits of a person in all items, in each minute. */
export interface PersonActivity {
    readonly actor: ActorInfo;
    readonly edits: readonly number[];
}
/** A value to keep, and the address in the draft where its marker shall stand. */
export interface PlacedSecret {
    readonly at: string;
    readonly value: Json;
}
/**
 * An item as the platform has it. What is left out stays as it is.
 *
 * `path`: null takes it away. `value` is what a new item begins with; of one that is there, only deploys change
 * the value, and the answer says that it was `kept`.
 */
export interface PutItem {
    readonly kind: string;
    readonly path?: string | null;
    readonly summary?: string;
    readonly value?: JsonObject | null;
}
/** What to read: the document, what stands at an address, or lines of a text there. */
export interface Read {
    readonly draft?: string | null;
    readonly item?: string | null;
    readonly path?: string | null;
    readonly at?: string | null;
    readonly first?: number | null;
    readonly last?: number | null;
}
/** What was read. Of a text leaf `text` with the lines `first` … `last` of `lines`; else `value`. */
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
/** On which version a draft shall stand, and choices. `preview`: only tell. */
export interface Rebase {
    readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
    readonly rest?: "mine" | "theirs" | null;
    readonly version: number;
    readonly preview?: boolean;
}
/** A draft after a rebase or revert, or (`preview`) as it would be. */
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
/** On which version an older one goes. */
export interface Redeploy {
    readonly expected_version: number;
    readonly message?: string;
    readonly override?: number | null;
}
/** Why an edit was refused, and whether trying again makes sense, after reading what `detail` shows. */
export interface Refusal {
    readonly code: string;
    readonly message: string;
    readonly retry: boolean;
    readonly detail?: Json;
}
/** Why one of many was refused; nothing of it was done. */
export interface RefusedDraft {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly retry?: boolean;
    readonly more?: Json;
}
/** Remove a member; with an element's id alone, the element. */
export interface RemoveAt {
    readonly do: "remove";
    readonly at: string;
    readonly read_seq?: number | null;
}
/** Remove a folder in which no items are left. */
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
/** Another name for the same state. */
export interface RenamedState {
    /** A name for a state: 1–100 characters, no etag and no number. */
    readonly name: string;
}
/** The lines `first` … `last` become `text`; an empty one deletes them. */
export interface ReplaceLines {
    readonly do: "replace_lines";
    readonly at: string;
    readonly first: number;
    readonly last: number;
    readonly text: string;
    readonly read_seq?: number | null;
}
/** What is sent again: the event of a `number`, or all `after` one. One of them. */
export interface Replay {
    readonly number?: number | null;
    readonly after?: number | null;
}
/** These events, both included, are on their way again, as far as they are the webhook's. */
export interface Replayed {
    readonly webhook: string;
    readonly first: number;
    readonly last: number;
}
/** Where a version shall stand as a new item. */
export interface Restore {
    readonly path?: string | null;
    readonly external_id?: string | null;
    readonly summary?: string | null;
}
/** Bring a removed member back. */
export interface RestoreMember {
    readonly do: "restore_member";
    readonly member: string;
}
/** The draft after it. `stash` holds what was replaced. */
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
/** Into which draft of the item (none: the one that the texts are from), and choices. */
export interface Restoring {
    readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
    readonly rest?: "mine" | "theirs" | null;
    readonly draft?: string | null;
}
/**
 * Back to what: a version (0: the initial value), or an earlier state of the draft. One of them.
 *
 * `only`: ids of parts of the difference from that to the draft (`ItemDiff.parts`), made with the same `context`;
 * all else stays as it is.
 */
export interface Revert {
    readonly version?: number | null;
    readonly etag?: string | null;
    readonly only?: readonly string[] | null;
    readonly context?: number;
}
/** A token that counts no more, and how long that is remembered. */
export interface Revoked {
    readonly jti: string;
    readonly until: number;
}
/** A token to refuse from now on: by its `jti`, until it expires by itself (Unix seconds), or as it is. */
export interface RevokedToken {
    readonly jti?: string | null;
    readonly expires_at?: number | null;
    readonly token?: string | null;
}
/** For how long the old secret signs beside the new one. */
export interface Rotate {
    readonly overlap_s?: number;
}
/**
 * A run as its reader may know it: of the drafts that it wrote in, those that the reader may read.
 *
 * `events` is the number of its last event. `lost`: its agent was not heard of for a while; it goes on with the
 * next thing that the agent does. `controls`: whether the reader may stop it.
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
/** What a run did, in the drafts that the asker may read. */
export interface RunChanges {
    readonly run: string;
    readonly drafts: readonly RunDraftChanges[];
}
/** Which changes of a run are meant: hunks by their ids, or all of some items, or (neither) all. */
export interface RunChosen {
    readonly items?: readonly string[] | null;
    readonly hunks?: readonly string[] | null;
}
/** A draft in which a run has written. */
export interface RunDraft {
    readonly item: string;
    readonly draft: string;
    readonly path?: string | null;
}
/**
 * What a run did to one draft, at the state `etag`. `counts`: hunks by their state.
 *
 * `too_old`: what it did is no longer kept. `discarded`: the draft was discarded and begun again since.
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
 * What came of one draft: the hunks that were dealt with, what was left, and the state that it led to.
 *
 * `etag` None: nothing was to be done. `problem`: the code with which this draft was refused.
 */
export interface RunDraftUndone {
    readonly item: string;
    readonly draft: string;
    readonly done?: readonly string[];
    readonly left?: readonly RunLeft[];
    readonly etag?: string | null;
    readonly problem?: string | null;
}
/** Events in their order; `next` goes into `after`. `told`: up to which its agent has said that it knows. */
export interface RunEventPage {
    readonly events: readonly RunEvent[];
    readonly next: number;
    readonly state: "ended" | "lost" | "paused" | "running" | "stopped";
    readonly told?: number;
}
/** Events after a number; an empty answer waits for `wait_s` seconds, at most 30. */
export interface RunEventQuery {
    readonly after?: number;
    readonly wait_s?: number;
    readonly limit?: number;
}
/** Up to which event an agent knows what happened to its run. */
export interface RunHeard {
    readonly event: number;
}
/**
 * Something that a run did and that can be undone by itself; `lines`: first and last, from 1, as they are now.
 *
 * `standing`: as the run left it. `changed`: others (`by`) have written there since. `undone`, `kept`:
 * decided by a person. `gone`: its place does not exist any more. `inside`: it goes with that other hunk.
 * `after`: of a text, those whole lines as they are; `before`: as they would be without the hunk.
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
 * One place of a text hunk, in UTF-16 units of the text as it is now; `added`: the run's text that stands there.
 *
 * `waits`: `removed` does not come back by an undo, because others have written there; only by `restore`.
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
 * What was left as it is, and why; `restore`: what would have come back.
 *
 * `changed`: others (`by`) have changed it since; a text comes back beside theirs by `restore`. `gone`: its
 * place is gone. `taken`: ids of what would come back are in use. `later`: a later change of the run lies over
 * it. `kept`: a person has decided to keep it. `unknown`: there is no such hunk any more.
 */
export interface RunLeft {
    readonly hunk: string;
    readonly why: "changed" | "gone" | "kept" | "later" | "taken" | "unknown";
    readonly at?: string;
    readonly by?: readonly ActorInfo[];
    readonly restore?: Json;
}
/** What a person tells the agent: "use the other table". */
export interface RunNote {
    readonly text: string;
}
/** A run after a change; `changed` False: it was so already. */
export interface RunNoted {
    readonly run: string;
    readonly state: "ended" | "lost" | "paused" | "running" | "stopped";
    readonly changed: boolean;
    readonly event: number;
}
/** Runs, the latest first. `next` goes into `before` for those that follow. */
export interface RunPage {
    readonly runs: readonly Run[];
    readonly next?: string | null;
}
/** Which runs: by state, of an item, one's own; `before` continues a list after its last run. */
export interface RunQuery {
    readonly state?: readonly ("ended" | "lost" | "paused" | "running" | "stopped")[];
    readonly item?: string | null;
    readonly mine?: boolean;
    readonly before?: string | null;
    readonly limit?: number;
}
/** A piece of an agent's work, which drafts' writers name. */
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
/** A text that a run writes piece by piece. What ended otherwise than `closed` is unfinished. */
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
/** What came of an undo, a redo, a restore or a keep, draft by draft; one that is refused stops no other. */
export interface RunUndone {
    readonly run: string;
    readonly drafts: readonly RunDraftUndone[];
}
/** Why a run is paused, stopped, resumed or ended; it may stay empty. */
export interface RunWord {
    readonly text?: string | null;
}
/** The draft's state after a save. `value` only if it is not what was sent. */
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
/** Find a text, or what a pattern matches within a line: in one draft, or in all items that the agent may see. */
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
 * What was found. `truncated`: there is more; `items` were looked through.
 *
 * `drafts`: the one that was asked for; of all, those that others changed since the run read them.
 */
export interface SearchAnswer {
    readonly matches: readonly Match[];
    readonly items: number;
    readonly truncated?: boolean;
    readonly drafts?: readonly Searched[];
}
/** A draft that was looked through, as of a state, and what others changed since the run read it last. */
export interface Searched {
    readonly draft: string;
    readonly item: string;
    readonly etag: string;
    readonly seq: number;
    readonly changes?: readonly ChangedBy[];
    readonly path?: string | null;
}
/** A secret: that it is there, who set it and when. */
export interface Secret {
    readonly secret: string;
    readonly by: ActorInfo;
    readonly at: number;
}
/** The secrets of an item, the latest first, also those that no document names any more. */
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
/** A member, or a whole text, becomes `value`. */
export interface SetMember {
    readonly do: "set";
    readonly at: string;
    readonly value: Json;
    readonly read_seq?: number | null;
}
/** It is kept, and its marker stands in the draft, whose state `etag` is now. */
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
/** A value that was compared: a state of a draft, or a version (0: the initial value). */
export interface Side {
    readonly name: string;
    readonly draft?: string | null;
    readonly etag?: string | null;
    readonly version?: number | null;
}
/** End all tokens of a member that were issued before a time (Unix seconds); none: before now. */
export interface SignOut {
    readonly issued_before?: number | null;
}
/** From when on a token must be to count. */
export interface SignedOut {
    readonly issued_before: number;
}
/** A position in a keyed array, counted from 0, and the element left of it there. */
export interface Spot {
    readonly array: string;
    readonly position: number;
    readonly after?: string | null;
}
/** An entry with its texts. `base_seq` counts in `generation` of the draft. */
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
/** An entry in the list. `places` are the addresses of its texts, `preview` the beginning of the first. */
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
/** A page of the list, newest first; `next` is the cursor of the following one. */
export interface StashPage {
    readonly entries: readonly StashLine[];
    readonly next?: string | null;
}
/** Which entries: of an item, of a draft, dismissed ones too; a page of them. */
export interface StashQuery {
    readonly item?: string | null;
    readonly draft?: string | null;
    readonly dismissed?: boolean;
    readonly cursor?: string | null;
    readonly limit?: number;
}
/** The draft as it is, and as it would be with the entry's texts in place: two values to compare. */
export interface StashSides {
    readonly draft: string;
    readonly etag: string;
    readonly present: Json;
    readonly stashed: Json;
}
/** One text at its address (empty: the whole document), and what it was written on. */
export interface StashText {
    readonly at: string;
    readonly mine: Json;
    readonly base?: Json;
}
/** Which state: an etag, a seq of the present generation or a name; none: the present one. */
export interface StateQuery {
    /** The draft's item; needed while nobody has begun the draft. */
    readonly item?: string | null;
    /** An etag, a seq, or the name of a state. */
    readonly at?: string | null;
}
/** In the text at `at`, `old`, which must stand there exactly once, becomes `new`. */
export interface StrReplace {
    readonly do: "str_replace";
    readonly at: string;
    readonly old: string;
    readonly new: string;
    readonly read_seq?: number | null;
}
/** A stream: how much of it is committed, and as of which state of the draft. */
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
 * One place. `applies`, or `why` not: `changed` (the draft reads otherwise there), `there` (it reads so
 * already), `together` (it makes sense only with others: take them at once). `by` decided, at `at_s`. `line`
 * is that of what the suggestion began with; `start` to `end` are UTF-16 units of the draft's text as it is.
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
/** A run's suggestion for a draft, against that draft at `etag`; `hunks` only if one is asked for by itself. */
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
/** What was decided, what could not be, and the state of the draft that it led to (None: unchanged). */
export interface SuggestionDecided {
    readonly suggestion: string;
    readonly done: readonly string[];
    readonly left?: readonly SuggestedHunk[];
    readonly etag?: string | null;
}
/** The suggestions for a draft, the latest first. */
export interface SuggestionPage {
    readonly suggestions: readonly Suggestion[];
}
/** Items as the platform has them, each once; they are taken one after the other. */
export interface SyncItems {
    readonly items: readonly SyncedItem[];
}
/** A result for each item, in their order, and how many of each sort there are. */
export interface SyncResult {
    readonly results: readonly Synced[];
    readonly made: number;
    readonly updated: number;
    readonly unchanged: number;
    readonly refused: number;
}
/** What became of one item: one of the two. */
export interface Synced {
    readonly put?: ItemPut | null;
    readonly refused?: PartRefused | null;
}
/** A folder as the platform has it; people by the platform's ids. No list: they stay as they are. */
export interface SyncedFolder {
    readonly external_id: string;
    readonly name?: string | null;
    readonly summary?: string | null;
    readonly owners?: readonly Holder[] | null;
    readonly writers?: readonly Holder[] | null;
    readonly readers?: readonly Holder[] | null;
}
/** A group as the platform has it; members by the platform's ids. No list: they stay as they are. */
export interface SyncedGroup {
    readonly external_id: string;
    readonly name?: string | null;
    readonly summary?: string | null;
    readonly members?: readonly string[] | null;
}
/** One item of many, by the platform's id. */
export interface SyncedItem {
    readonly kind: string;
    readonly path?: string | null;
    readonly summary?: string;
    readonly value?: JsonObject | null;
    readonly external_id: string;
}
/** A user as the platform has them. What is not given stays as it is. */
export interface SyncedMember {
    readonly external_id: string;
    readonly name?: string | null;
    readonly username?: string | null;
    readonly role?: "admin" | "editor" | "operator" | null;
}
/** What became of a test message, a `webhook.test` without an event. */
export interface Tested {
    readonly delivered: boolean;
    readonly attempt: Attempt;
}
/** A text leaf. `coarse`: too large to be compared line by line, what lies between equal ends is one block. */
export interface TextChanged {
    readonly change: "text_changed";
    readonly at: string;
    readonly label: string;
    readonly removed_lines: number;
    readonly added_lines: number;
    readonly hunks: readonly TextHunk[];
    readonly coarse?: boolean;
}
/** In the text leaf `at`, `old`, which must stand there exactly once, becomes `new`. */
export interface TextEdit {
    readonly at: string;
    readonly old: string;
    readonly new: string;
}
/**
 * Lines that changed, with those around them: `old_lines` from `old_from` on became `new_lines`.
 *
 * Of no lines, `old_from` or `new_from` is the line before which they would stand.
 */
export interface TextHunk {
    readonly old_from: number;
    readonly old_lines: number;
    readonly new_from: number;
    readonly new_lines: number;
    readonly lines: readonly TextLine[];
}
/**
 * One line, without its line feed (`ended` False: it has none), numbered from 1 on each side that has it.
 *
 * `words` are the spans of it that differ, in UTF-16 units; without them the line is new, or gone, as a whole.
 */
export interface TextLine {
    readonly kind: "added" | "removed" | "same";
    readonly text: string;
    readonly old?: number | null;
    readonly new?: number | null;
    readonly words?: readonly (readonly [number, number])[] | null;
    readonly ended?: boolean;
}
/** How what can't go together is chosen. */
export interface Together {
    readonly resolutions?: Readonly<Record<string, "mine" | "theirs" | OwnText>>;
    readonly rest?: "mine" | "theirs" | null;
}
/**
 * Edits of one draft. `read_seq`: the state that they were made for, of each or of all; none: as last read.
 *
 * `atomic`: all or none, as one batch, each made for what the ones before it leave. Otherwise each lands or is
 * refused by itself.
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
/** Where an archived item shall stand again: where it was, if nothing is said; null: without a path. */
export interface Unarchive {
    readonly path?: string | null;
}
/** Where a deleted item shall stand again, and with which id of the platform: as it was, if nothing is said. */
export interface Undelete {
    readonly path?: string | null;
    readonly external_id?: string | null;
}
/**
 * A page of the items that name an item, by path; `next` is the cursor of the following one.
 *
 * `complete` is false while versions that were imported, or deployed by an earlier release, or whose kind has just
 * changed, are still being looked through.
 */
export interface UsedBy {
    readonly items: readonly ItemUse[];
    readonly next?: string | null;
    readonly complete?: boolean;
}
/** A page of what uses an item. */
export interface UsedByQuery {
    /** `next` of the page before. */
    readonly cursor?: string | null;
    /** Items in a page, at most 200. */
    readonly limit?: number;
}
/** A version. Its `hash` is its own for ever; `content_hash` is that of every version of the same value. */
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
/** A page of versions without their values; `next` is the `before` of the following one. */
export interface VersionPage {
    readonly versions: readonly Version[];
    readonly head: number;
    readonly next?: number | null;
}
/** Versions below a number, the latest first. */
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
/** What a PATCH of a draft changes. */
export interface Visible {
    readonly visibility: "open" | "private" | "readable";
}
/**
 * A webhook, without its signing secret. `owner`: whose rights decide what is sent; none: everything is.
 *
 * `cursor`: events up to here are delivered or on their way. `failing_since`: no attempt has passed since then.
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
/** Webhooks: all for admins, else one's own. */
export interface WebhookList {
    readonly webhooks: readonly Webhook[];
}
/**
 * What a PUT carries: the whole document, made on the state that `If-Match` names.
 *
 * `made_from` is what the session saved on that state before, where the answer was a merged value that it does not
 * show: what others wrote stays unseen, and is not taken for deleted.
 */
export interface WholeDraft {
    readonly value: JsonObject;
    readonly made_from?: JsonObject | null;
}
/** Take a user out of a group. */
export interface Withdraw {
    readonly do: "withdraw";
    readonly group: string;
    readonly user: string;
}
/** `counts_people`: `GET activity` also tells how much each person edits. Off unless an admin switches it on. */
export interface WorkspaceSettings {
    readonly counts_people?: boolean;
}
/** How much of a writer's work the log holds. */
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
/** A session that wrote in a draft, and its last number there before the batches of the record. */
export interface WriterRecord {
    readonly w: number;
    readonly by: By;
    readonly joined_at: number;
    readonly run?: string | null;
    readonly last_no?: number;
    readonly approved_by?: By | null;
}
