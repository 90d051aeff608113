"""A procedure as one frozen value: read from its file, its blocks expanded, checked, with all it refers to."""
