"""From the rows of the back office to immutable versions, and how the public finds them."""
