"""The statements of `imports.applying`, by what they find out or do.

In the staging table `s`, NULL is an empty cell: it says nothing, so it never erases what we know. A row with `errors`
is rejected and no statement but the last looks at it. A row `speaks` when it has the last word on its debtor.

A fact of a debtor that the agency corrected stays (`core.debtors`). The same file again changes nothing then; a file
that says something else than the last one is reported in the line's changes as not taken over, once: what it said is
written down in `corrected`.
"""
