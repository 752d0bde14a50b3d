"""How much one answer holds, and one request of many parts."""

from typing import Final

from draftwire_server.limits.units import MIB

# ---- agents

RUNS_PER_PAGE: Final = 100
RUNS_SCANNED: Final = 2_000
"""Runs that are looked through for one page, most of which its reader may not see."""

RUN_EVENTS: Final = 100
"""Events of a run in one answer, and drafts whose readers are told of what happened to it."""

EDITS_PER_CALL: Final = 100
"""Edits of one tool call: a model that has more to say writes the file."""


# ---- what is kept

ALERT_TEXT_CHARS: Final = 2_000
"""Each side's text in an alert; the whole of what was lost is in the stash."""


# ---- sharing a draft

RESOLUTIONS: Final = 5_000
"""Hunks chosen in one request; a merge with more conflicts is taken or left as a whole."""

STASH_PREVIEW_CHARS: Final = 200
"""Of each entry in a list; the whole text is in the entry itself."""

STASH_PLACES: Final = 50
"""Addresses named by a line of the list of stash entries."""

USED_AT_SHOWN: Final = 20
"""Places told of each item that uses another; `times` counts all."""


# ---- names and texts

BULK_DRAFTS: Final = 50
"""Drafts deployed or discarded in one request, each in a transaction of its own: some seconds."""


# ---- rights

RIGHTS_CHANGES: Final = 1_000
"""Changes of rights in one request: one transaction, in which the workspace's other changes of rights wait."""

DIRECTORY_ENTRIES: Final = 20_000
"""Members, groups and folders in one sync."""

PRESENT_ITEMS: Final = 1_000
"""Items in one view of who is where; a wall screen shows fewer."""


# ---- lists and pools

PAGE_ITEMS: Final = 200
"""Items in one answer of a list."""

FILTER_VALUES: Final = 100
"""Values of one filter of a list; a page shows no more than twice as many items."""

SEARCH_WORDS: Final = 10
"""Words of one search. Each is looked up by its beginning, which may read much of the index."""

PAGE_VALUE_BYTES: Final = 8 * MIB
"""Deployed values, and likewise one's own drafts, in one page. What does not fit is left out and said to be."""

SEARCHED_BYTES: Final = 2 * MIB
"""Values of one page that are looked through for the lines of its hits: some 20 ms."""

SYNC_ITEMS: Final = 200
"""Items in one `items/sync`; each is a transaction of its own."""

EXPORT_PAGE_RECORDS: Final = 1_000
EXPORT_PAGE_BYTES: Final = 2 * MIB
"""A page of an export ends after so much; one record is never cut."""

EXPORT_LOG_BATCHES: Final = 2_000
EXPORT_LOG_BYTES: Final = 4 * MIB
"""The last batches of a draft's log that an export holds, like `TAIL_OPS`; before them stands a snapshot's state."""


# ---- events

EVENTS_PER_ANSWER: Final = 500

EVENTS_SCANNED: Final = 10_000
"""Events that one answer looks through for what its reader wants and may see: some tens of ms."""

ACTIVITY_DRAFTS: Final = 200
"""Drafts that one look at the activity counts, the ones written last: more than a wall has room for."""

ACTIVITY_BATCHES: Final = 2_000
"""Batches of one draft that are counted, the last ones: an hour of a writer who never stops is about as many."""

EVENT_TYPES: Final = 50
"""Types and beginnings of types in one filter; there are about as many types."""
