"""What the running program was told, its keys, and what lies around every request."""
