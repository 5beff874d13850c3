"""The lists behind the figures: every figure leads to one whose total it is."""
