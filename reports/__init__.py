"""The numbers of the agency: reports, the lists behind every figure, and exports."""
