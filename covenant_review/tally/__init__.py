"""Indicator 2.4: what is counted, and the list behind every number."""
