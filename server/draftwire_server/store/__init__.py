"""All SQL: one aggregate a module, and the migrations."""
