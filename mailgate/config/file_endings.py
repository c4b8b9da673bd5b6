"""Endings of the files that a support desk takes unless its operator says otherwise."""

_PICTURES = ("png", "jpg", "jpeg", "jfif", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif", "avif")
_TEXTS = ("pdf", "txt", "text", "log", "csv", "tsv", "md", "rtf", "diff", "patch")
_OFFICE = ("doc", "docx", "odt", "xls", "xlsx", "ods", "ppt", "pptx", "odp", "pages", "numbers", "key")
_DATA = ("json", "xml", "yaml", "yml", "ini", "conf", "cfg", "sql", "har", "pcap", "pcapng")
_MAIL = ("eml", "ics", "vcf", "asc", "sig", "p7s", "p7m", "pem", "crt", "cer", "csr", "pub")
_ARCHIVES = ("zip", "gz", "tgz", "tar", "bz2", "xz", "7z", "rar", "zst")
_RECORDINGS = ("mp4", "mov", "webm", "mp3", "m4a")

ALLOWED = (*_PICTURES, *_TEXTS, *_OFFICE, *_DATA, *_MAIL, *_ARCHIVES, *_RECORDINGS)
"""No programs, and nothing that a browser would run: html, svg and scripts."""
