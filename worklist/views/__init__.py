"""The collector's pages and the small resources that change an account, one a file."""
