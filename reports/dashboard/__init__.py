"""What does the dashboard show? The figures in words, each with the list that makes it up; no figure is worked out here."""
