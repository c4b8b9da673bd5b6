"""Real servers for the tests, each private: its own directory, a free loopback port, its own process group."""
