"""What leaves the system: CSV and JSON."""
