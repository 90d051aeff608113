"""Excel forms of the XLSForm standard, read as definitions; what does not come over is named."""
