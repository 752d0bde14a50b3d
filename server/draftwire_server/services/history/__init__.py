"""A draft's past: its states, who wrote what, what others changed; and how long it is kept."""
