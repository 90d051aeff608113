"""A dossier from its filing to its result."""
