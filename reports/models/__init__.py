"""What do reports keep of their own?"""

from reports.models.tally import Level, Tally

__all__ = ["Level", "Tally"]
