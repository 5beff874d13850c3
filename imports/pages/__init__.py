"""What the pages of the imports show and ask: their forms, lists and words."""
