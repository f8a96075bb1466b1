"""Background work on a lease table: nothing is lost when a worker dies, nothing is recorded twice."""
