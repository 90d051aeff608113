"""The engine: from a definition to a dossier, without the pages around it."""
