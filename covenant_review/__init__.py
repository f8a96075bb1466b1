"""Rà soát hương ước, quy ước: read covenants, judge their clauses, prove the tally of target 2.4."""

__version__ = "0.1.0"
