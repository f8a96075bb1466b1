"""Clauses against the rule set. Pure: no Flask, no database."""
