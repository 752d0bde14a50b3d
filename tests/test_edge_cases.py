"""What products of this kind have got wrong, and which of our tests hold each case.

The numbers are those of the list of edge cases that the project is held to; a case that belongs to a part which is not
built yet says so. This test only looks that the named tests are there.
"""

import ast
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parent

HELD_BY: dict[int, tuple[str, ...]] = {
    1: ("system/test_saves.py::test_two_sessions_of_one_user_and_token_are_told_apart",),
    2: (
        "system/test_saves.py::test_a_retry_gets_the_first_answer_byte_for_byte",
        "live/test_delivery.py::test_every_acked_batch_is_in_the_log_once_after_kills_a_flush_and_a_restart",
    ),
    3: (
        "live/test_delivery.py::test_every_acked_batch_is_in_the_log_once_after_kills_a_flush_and_a_restart",
        "browser/test_session.py::test_the_session_keeps_its_rules",
        "browser/test_vectors.py::test_a_session_goes_as_the_python_one_whatever_happens",
    ),
    4: ("system/test_saves.py::test_without_a_precondition_nothing_is_written",),
    5: ("system/test_saves.py::test_of_two_forced_saves_at_once_one_wins",),
    6: (
        "core/test_log.py::test_another_history_has_another_mark_at_the_same_seq",
        "drafts/test_adopting.py::test_an_earlier_state_is_adopted_as_it_was",
    ),
    7: (
        "system/test_saves.py::test_a_base_of_another_history_is_refused_with_the_text_kept",
        "drafts/test_stash.py::test_dismissed_entries_leave_the_list_are_kept_and_then_dropped",
        "items/test_lives.py::test_what_editors_had_under_way_at_a_delete_is_in_the_log_or_in_their_stash",
        "items/test_lives.py::test_a_deleted_item_is_gone_with_all_its_drafts_and_comes_back_with_them",
        "items/test_lives.py::test_of_two_workers_that_delete_and_bring_back_at_once_the_last_one_counts",
    ),
    8: (
        "drafts/test_adopting.py::test_without_changes_of_ones_own_the_draft_becomes_the_others_text",
        "system/test_saves.py::test_saving_what_is_there_makes_no_seq_and_no_event",
        "system/test_saves.py::test_saving_the_deployed_value_begins_no_draft",
    ),
    9: (
        "browser/test_session.py::test_the_session_keeps_its_rules",
        "system/test_saves.py::test_a_session_never_conflicts_with_itself",
    ),
    10: (
        "browser/test_bindings.py::test_a_textarea_keeps_caret_selection_and_scroll_while_others_type_above",
        "browser/test_bindings.py::test_codemirror_keeps_caret_and_scroll_shows_names_and_undoes_ones_own",
        "browser/test_demo.py::test_a_remote_edit_leaves_caret_selection_scroll_and_undo_alone",
        "browser/test_undo.py::test_undo_takes_what_is_mine_and_nothing_of_others",
        "browser/editor/test_together.py::test_caret_and_scroll_stay_while_another_types_above",
        "browser/editor/test_away.py::test_case_10_what_comes_in_replaces_nothing_unsent_and_moves_nothing",
    ),
    11: (
        "browser/test_bindings.py::test_autosave_saves_whole_documents_and_a_conflict_is_no_dead_end",
        "browser/editor/test_conflicts.py::test_case_11_a_save_that_met_other_text_is_a_banner_with_a_way_out",
        "system/test_saves.py::test_a_stale_save_over_theirs_is_refused_with_both_sides_and_stashed",
        "drafts/test_stash.py::test_a_refused_save_is_compared_and_restored_with_choices_and_its_alert_ends",
        "drafts/test_adopting.py::test_conflicts_are_told_with_both_sides_and_chosen_hunk_by_hunk",
        "history/test_retention.py::test_old_batches_go_up_to_a_snapshot_and_what_stays_reads_as_before",
    ),
    12: (
        "browser/editor/test_conflicts.py::test_case_11_a_save_that_met_other_text_is_a_banner_with_a_way_out",
        "browser/editor/test_conflicts.py::test_case_12_a_conflict_is_told_in_every_part_of_the_editor",
    ),
    13: (
        "system/test_saves.py::test_crlf_in_text_becomes_lf_and_the_answer_says_so",
        "system/test_saves.py::test_a_document_that_can_not_be_kept_is_refused",
        "live/test_delivery.py::test_a_large_document_comes_in_pieces_and_small_messages_between",
        "protocol/test_compare.py::test_a_text_that_is_too_large_is_one_block_and_says_so",
    ),
    14: (
        "browser/test_client.py::test_a_page_that_dies_with_unsent_edits_is_given_back",
        "browser/test_client.py::test_two_hundred_keystrokes_without_a_network_are_all_there",
        "browser/editor/test_away.py::test_case_14_a_tab_that_is_killed_with_unsent_edits_gives_them_back",
    ),
    15: ("live/test_delivery.py::test_who_opens_while_others_type_misses_nothing_and_gets_nothing_twice",),
    16: (
        "live/test_delivery.py::test_a_workspace_channel_gets_every_event_once_in_order",
        "events/test_reading.py::test_while_many_write_through_two_workers_no_reader_meets_a_gap",
    ),
    17: ("live/test_delivery.py::test_messages_of_two_workers_that_race_arrive_in_one_order_everywhere",),
    18: ("live/test_delivery.py::test_while_redis_is_away_edits_still_arrive_and_readiness_says_so",),
    19: (
        "live/test_presence.py::test_a_flushed_valkey_makes_nobody_leave_and_is_filled_again",
        "live/test_delivery.py::test_every_acked_batch_is_in_the_log_once_after_kills_a_flush_and_a_restart",
    ),
    20: (
        "live/test_delivery.py::test_events_are_numbered_without_gaps_while_many_write_them",
        "events/test_reading.py::test_while_many_write_through_two_workers_no_reader_meets_a_gap",
        "events/test_reading.py::test_a_consumer_that_is_killed_anywhere_deals_with_every_event_in_order",
    ),
    21: ("live/test_delivery.py::test_every_acked_batch_is_in_the_log_once_after_kills_a_flush_and_a_restart",),
    22: ("live/test_delivery.py::test_while_postgres_is_away_nothing_is_acked_and_readiness_says_so",),
    25: (
        "deploys/test_behind.py::test_saving_does_not_hide_that_a_draft_is_behind",
        "deploys/test_behind.py::test_a_state_from_before_a_rebase_is_not_deployed_over_what_it_lacks",
        "deploys/test_owners.py::test_an_owner_hears_of_a_deploy_in_every_tab_without_having_the_draft_open",
    ),
    26: (
        "deploys/test_deploying.py::test_behind_tells_who_deployed_and_what_a_merge_would_give",
        "deploys/test_deploying.py::test_two_deploys_at_once_make_one_version_and_the_other_is_told_why",
    ),
    27: (
        "deploys/test_deploying.py::test_a_deploy_ships_the_state_of_its_etag_and_says_what_came_later",
        "deploys/test_deploying.py::test_while_somebody_streams_each_of_twenty_deploys_is_exactly_its_etag",
        "history/test_parts.py::test_a_part_that_reads_differently_by_now_is_refused_with_the_difference_as_it_is",
    ),
    28: ("deploys/test_deploying.py::test_a_deploy_of_anothers_draft_names_the_author_and_who_deployed",),
    29: (
        "deploys/test_deploying.py::test_what_is_head_already_makes_no_version",
        "deploys/test_versions.py::test_an_older_version_is_deployed_again_and_the_head_is_not",
    ),
    30: (
        "events/test_webhooks.py::test_events_of_a_killed_worker_are_sent_by_another",
        "deploys/test_deploying.py::test_a_worker_killed_at_a_step_of_a_deploy_leaves_one_version_or_none",
        "deploys/test_deploying.py::test_a_worker_killed_at_any_moment_of_a_deploy_leaves_one_version",
        "deploys/test_owners.py::test_what_a_dead_worker_left_to_follow_is_done_by_another_one_in_bounded_steps",
    ),
    31: (
        "items/test_lives.py::test_a_move_is_told_to_open_editors_and_what_they_type_meanwhile_goes_on",
        "items/test_lives.py::test_editors_open_at_an_archive_are_told_at_once_and_what_is_under_way_is_kept",
        "items/test_lives.py::test_an_edit_that_races_an_archive_is_in_the_log_before_it_or_refused",
        "items/test_lives.py::test_the_owners_of_drafts_are_told_in_every_tab_and_find_their_texts",
        "items/test_lives.py::test_what_editors_had_under_way_at_a_delete_is_in_the_log_or_in_their_stash",
        "items/test_lives.py::test_a_path_used_again_by_another_item_is_asked_for_at_the_undelete",
        "items/test_lives.py::test_whoever_has_an_item_open_stays_with_it_when_another_one_takes_its_path",
    ),
    32: (
        "items/test_syncing.py::test_a_chain_of_moves_passes_in_any_order",
        "items/test_lives.py::test_an_old_path_leads_to_where_the_item_is_now_through_any_chain_of_moves",
        "items/test_lives.py::test_a_path_that_another_item_took_leads_to_that_one_and_stays_with_it",
        "items/test_lives.py::test_a_taken_path_is_told_and_nothing_of_what_lies_there",
    ),
    23: ("live/test_newer_server.py::test_a_client_ignores_messages_and_members_that_only_a_later_release_knows",),
    33: (
        "drafts/test_sharing.py::test_a_guest_looks_types_and_is_withdrawn_while_typing_and_what_was_typed_stays",
        "drafts/test_stash.py::test_an_entry_stays_readable_to_its_author_who_lost_the_item_and_nothing_else_does",
        "rights/test_system.py::test_a_right_taken_away_ends_subscriptions_within_a_second_on_every_worker",
        "rights/test_system.py::test_a_write_that_starts_after_the_revocation_committed_is_refused",
    ),
    34: (
        "drafts/test_sharing.py::test_a_question_reaches_the_owners_tabs_on_every_worker_and_the_answer_the_asker",
        "rights/test_system.py::test_a_right_gained_needs_no_new_login",
        "rights/test_members.py::test_group_membership_counts_for_reading_and_for_writing_at_once",
    ),
    35: (
        "items/test_syncing.py::test_an_id_of_the_platform_may_hold_slashes_and_commas_wherever_it_stands",
        "rights/test_system.py::test_what_each_user_gets_over_http_and_websocket_is_what_the_design_says",
        "rights/test_system.py::test_a_token_of_one_workspace_reaches_nothing_of_another",
        "rights/test_sources_system.py::test_what_every_source_gives_over_http_is_what_the_oracle_says",
        "rights/test_identity.py::test_an_issuer_opens_its_own_workspace_and_no_other",
    ),
    36: (
        "rights/test_system.py::test_what_one_may_not_read_answers_byte_for_byte_as_what_never_was",
        "rights/test_members.py::test_the_new_routes_answer_of_what_one_may_not_see_as_of_what_never_was",
        "rights/test_members.py::test_a_taken_path_is_refused_and_tells_nothing_of_what_lies_there",
        "items/test_syncing.py::test_an_id_of_the_platform_is_given_by_admins_alone_and_others_learn_nothing",
        "items/test_search.py::test_one_finds_what_one_may_see",
        "history/test_history.py::test_what_one_may_not_read_has_no_past",
        "items/test_lives.py::test_a_redirect_needs_run_alone_and_is_nothing_to_who_may_not_read_the_new_place",
        "items/test_lives.py::test_what_one_may_not_see_at_a_path_never_was_there",
        "drafts/test_draft_list.py::test_a_conflict_is_found_by_who_may_read_the_draft_alone",
    ),
    37: (
        "vault/test_secrets.py::test_a_secret_stands_in_no_table_no_answer_and_no_log",
        "vault/test_secrets.py::test_a_marker_names_a_secret_of_its_own_item_only",
        "system/test_seams.py::test_plain_secrets_reach_no_table_and_no_log",
    ),
    38: (
        "rights/test_members.py::test_group_membership_counts_for_reading_and_for_writing_at_once",
        "rights/test_members.py::test_another_username_moves_what_lies_in_its_place",
        "rights/test_members.py::test_another_external_id_ends_old_tokens_and_no_session",
        "rights/test_system.py::test_a_removed_user_is_signed_out_and_their_last_edit_holds_nobody_up",
    ),
    39: (
        "rights/test_system.py::test_a_token_is_renewed_in_band_and_the_connection_goes_on",
        "rights/test_system.py::test_a_token_that_is_not_renewed_ends_the_connection_after_the_grace",
        "rights/test_keys.py::test_a_renewal_counts_with_its_own_narrowing",
    ),
    40: ("rights/test_system.py::test_a_page_of_another_origin_can_not_connect",),
    41: (
        "live/test_presence.py::test_a_vanished_client_is_gone_after_silence_and_grace",
        "live/test_presence.py::test_sessions_of_a_killed_worker_are_gone_within_its_lease",
        "live/test_presence.py::test_a_quick_reconnect_is_no_leave",
        "live/test_presence.py::test_a_flushed_valkey_makes_nobody_leave_and_is_filled_again",
    ),
    42: ("live/test_presence.py::test_one_user_in_five_tabs_is_one_person_with_five_sessions",),
    43: ("live/test_presence.py::test_a_hidden_tab_is_no_editor_and_an_edit_makes_one",),
    44: ("live/test_crowd.py::test_two_hundred_people_at_one_item_are_all_seen_and_all_gone_again",),
    45: ("live/test_presence.py::test_a_programmatic_edit_takes_no_focus_and_no_lock",),
    54: ("live/test_delivery.py::test_a_worker_that_is_told_to_stop_tells_its_sockets_when_to_come_back",),
    57: (
        "system/test_bad_input.py::test_huge_frames_end_the_connection_before_they_are_kept",
        "system/test_bad_input.py::test_ten_thousand_subscribes_end_the_connection_and_nobody_elses",
    ),
    56: ("live/test_delivery.py::test_a_slow_reader_holds_nobody_up_and_is_served_from_the_log_when_it_reads_again",),
    58: ("rights/test_erasure.py::test_an_erased_user_is_gone_and_history_keeps_a_stable_anonymous_actor",),
}


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


@pytest.mark.parametrize("case", sorted(HELD_BY))
def test_the_tests_that_hold_a_case_are_there(case: int) -> None:
    for held in HELD_BY[case]:
        path, _, name = held.partition("::")
        assert name in functions(path), f"case {case} names {held}"
