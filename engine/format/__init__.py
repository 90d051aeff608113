"""How a file of the format is read: its texts, its lines, and what is wrong with it."""
