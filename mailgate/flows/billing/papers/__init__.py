"""Papers: the files of documents, receipts and statements, and what draws them."""
