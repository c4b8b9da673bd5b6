"""Pictures of every page of the web view, to be looked at: `make shots`."""
