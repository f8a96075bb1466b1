"""The log that cannot be rewritten: what was done, by whom, to what, in the same transaction as the deed."""
