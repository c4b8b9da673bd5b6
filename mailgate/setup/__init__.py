"""Set-up: `mailgate init` makes what a gate needs, `mailgate doctor` finds out what is wrong with one."""
