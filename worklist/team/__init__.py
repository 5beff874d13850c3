"""The team: desks, loads, and how accounts are shared out."""
