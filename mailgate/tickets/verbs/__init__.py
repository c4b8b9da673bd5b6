"""The commands of the desk: a table for staff, one for customers, one for each list that is answered."""
