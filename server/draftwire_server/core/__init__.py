"""What decides: pure functions and structs, without I/O, clock or randomness."""
