"""The commands of `covenant-review …`, by what they work on."""
