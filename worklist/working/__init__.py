"""The working day: the next account, the way back, how far one has come."""
