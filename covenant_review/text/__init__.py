"""Vietnamese text: normal form, folding, syllables. Pure: no Flask, no database."""
