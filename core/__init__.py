"""The kernel: agencies, people, debtors, accounts and their states, balances, timeline, audit, tenancy."""
