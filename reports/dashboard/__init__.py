"""What does the dashboard show? Figures in words, each with the list that makes it up; none is worked out here."""
