"""Who speaks to a processor? `over_stripe` alone; `troubles` says what may go wrong, `seen` what it tells."""
