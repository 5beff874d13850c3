"""Django's PostgreSQL backend, which asks a connection that has just been used no more whether it stands."""
