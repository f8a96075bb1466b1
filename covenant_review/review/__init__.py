"""Decisions of reviewers, the proposed verdict, and the sign-off by a second person."""
