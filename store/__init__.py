"""The database and the archive of raw mail. SQLAlchemy Core, `conn` first; rows come back as frozen values.

What runs for every mail is a statement of its module, built once with bound parameters: building it anew costs five
times what running it does. Parameters named `the_…` say which row, the others are columns to be set.
"""
