"""What keeps: SQL on Postgres, one aggregate a file. No SQL stands outside of this package."""
