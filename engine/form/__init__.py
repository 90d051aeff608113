"""A definition compiled: answers, the way through them, and the pages."""
