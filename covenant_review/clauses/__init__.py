"""Document → clause tree. Pure: no Flask, no database."""
