"""The knowledge base: its files, its pages, and which article an acknowledgement names."""
