"""Province, commune, community, covenant, and the legal life of a covenant."""
