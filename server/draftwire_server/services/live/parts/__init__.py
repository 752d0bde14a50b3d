"""What a `LiveDraft` is made of: state, queue, followers, where its commits stand, what may enter."""
