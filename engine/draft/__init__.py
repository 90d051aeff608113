"""A citizen's draft until it is sent: its answers, files and confirmations, and the limits on them."""
