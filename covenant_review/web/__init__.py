"""The site: application factory, navigation, errors, shared view parts."""
