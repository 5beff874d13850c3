"""How files get here: who is due, one visit to a server, and what happens to a file afterwards."""
