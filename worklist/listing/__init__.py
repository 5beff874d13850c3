"""Lists of accounts: which, in which order, what a row says, what is done to many at once."""
