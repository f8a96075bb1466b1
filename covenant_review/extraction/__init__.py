"""File bytes → Document. Pure: no Flask, no database."""
