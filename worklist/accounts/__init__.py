"""The account page: one account with all that is known and all that can be done."""
