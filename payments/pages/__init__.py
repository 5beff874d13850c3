"""What do the pages about payments show? Words, rows and figures, ready for the templates."""
