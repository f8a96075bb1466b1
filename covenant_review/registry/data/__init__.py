"""Facts shipped with the system: the communes of Bắc Ninh since 1/7/2025 (NSO codes)."""
