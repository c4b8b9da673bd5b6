"""Where mail goes out: composed once, then handed to the smarthost."""
