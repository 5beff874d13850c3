"""The pages of money: lists, one payment, refunds, processors, and the door for Stripe's events."""
