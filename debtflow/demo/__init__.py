"""Demo data, made through the same functions as real life; never part of production."""
