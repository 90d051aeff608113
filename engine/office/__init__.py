"""Who the offices are, who works there, and which moves they may make."""
