"""The operator's own words beside the shipped ones: what there is, what is wrong with it, copies, differences."""
