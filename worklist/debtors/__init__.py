"""The debtor's page: one person with all his accounts that the user may see."""
