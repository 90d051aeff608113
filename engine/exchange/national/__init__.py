"""The information texts of the national database, their flattened tables rebuilt."""
