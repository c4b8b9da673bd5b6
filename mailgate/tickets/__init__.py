"""The rules of the desk: tickets, their threads, states, commands and notices."""
