"""The generated citizen: makes answers that reach every branch of a procedure and walks them over HTTP."""
