"""Bytes to parts: headers, MIME, transfer encodings, charsets, defects. Never raises."""
