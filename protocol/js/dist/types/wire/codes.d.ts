/** Why a request is refused: stable codes. A newer server may know more of them. */
export type ErrorCode = "bad_json" | "bad_message" | "unknown_message" | "duplicate_key" | "bad_number" | "bad_text" | "bad_member" | "too_deep" | "too_large" | "too_much_work" | "too_many" | "quota" | "too_fast" | "unauthenticated" | "token_expired" | "forbidden" | "read_only" | "mode_forbids" | "origin_refused" | "host_refused" | "not_found" | "method_not_allowed" | "taken" | "archived" | "bad_path" | "bad_name" | "no_such_holder" | "bad_record" | "differs" | "last_admin" | "not_empty" | "bad_jwks" | "locks_out" | "kind_differs" | "bad_cursor" | "cursor_expired" | "cursor_ahead" | "bad_webhook" | "unknown_kind" | "bad_kind" | "kind_changed" | "kind_in_use" | "bad_op" | "bad_address" | "bad_splice" | "out_of_range" | "half_surrogate" | "patch_unsupported" | "no_single_match" | "not_text" | "not_keyed" | "no_such_place" | "bad_place" | "id_fixed" | "not_an_object" | "root_fixed" | "keyed_array_fixed" | "plain_array" | "bad_id" | "duplicate_id" | "plain_secret" | "unknown_secret" | "secret_in_use" | "secrets_off" | "bad_session" | "op_no_gap" | "run_stopped" | "run_paused" | "run_ended" | "stale_region" | "overlaps_own_edit" | "no_match" | "many_matches" | "stream_gap" | "stream_over" | "anchor_gone" | "suggest_only" | "too_old" | "op_no_reused" | "own_op_unseen" | "base_ahead" | "base_expired" | "seen_ahead" | "generation_changed" | "rewound" | "precondition_required" | "bad_etag" | "stale" | "test_failed" | "override_moved" | "session_is_live" | "draft_exists" | "merge_conflict" | "parts_changed" | "draft_moved" | "behind" | "not_deployable" | "not_adopted" | "already_may" | "ask_over" | "alert_over" | "bad_guest" | "idempotency_reused" | "busy" | "unavailable" | "draining" | "internal";
/** After these the same request may pass later. */
export declare const MAY_PASS: ReadonlySet<string>;
/** What happened: the types of events. A newer server may know more of them. */
export type EventType = "item.created" | "item.imported" | "item.moved" | "item.changed" | "item.archived" | "item.unarchived" | "item.deleted" | "item.undeleted" | "draft.begun" | "draft.imported" | "draft.discarded" | "draft.kept" | "draft.visibility" | "draft.guests" | "ask.made" | "ask.granted" | "ask.declined" | "ask.withdrawn" | "run.began" | "run.paused" | "run.resumed" | "run.stopped" | "run.ended" | "run.stream_ended" | "suggestion.begun" | "suggestion.accepted" | "suggestion.rejected" | "alert.opened" | "alert.closed" | "alert.resolved" | "secret.set" | "secret.removed" | "secret.read" | "secret.dropped" | "version.deployed" | "version.imported" | "kind.changed" | "member.added" | "member.imported" | "member.changed" | "member.removed" | "member.restored" | "member.erased" | "member.signed_out" | "group.added" | "group.changed" | "group.removed" | "folder.added" | "folder.changed" | "folder.removed" | "grant.given" | "grant.ended" | "key.made" | "key.revoked" | "token.revoked" | "identity.changed" | "directory.synced" | "workspace.changed" | "webhook.made" | "webhook.changed" | "webhook.deleted" | "webhook.rotated" | "webhook.failed";
/** Why a connection ended. Below 4500: come back; from 4500 on: don't, as you are. */
export declare const CLOSE: {
    readonly GOING_AWAY: 1001;
    readonly MESSAGE_TOO_BIG: 1009;
    readonly SERVICE_RESTART: 1012;
    readonly DRAINING: 4000;
    readonly SILENT: 4001;
    readonly SLOW: 4002;
    readonly OVERLOADED: 4003;
    readonly TOKEN_EXPIRED: 4010;
    readonly BAD_FRAME: 4500;
    readonly NO_AUTH: 4501;
    readonly FORBIDDEN: 4503;
    readonly ORIGIN: 4504;
    readonly TOO_LARGE: 4508;
    readonly REPLACED: 4509;
    readonly TOO_MUCH: 4529;
};
