"""Which facts does a row tell of an account `a` and of a debtor `d`, and do they differ from ours?"""

# ruff: noqa: S608  (only our own fragments are joined; values are parameters)

CREDITOR = "(%(creditors)s::uuid[])[s.creditor + 1]"

ACCOUNT_FACTS = (
    "(s.amount, coalesce(s.account_type, a.account_type), coalesce(s.due_date, a.due_date),"
    " a.particulars || coalesce(s.particulars, '{}'))"
)

# Fact of a debtor, its column here, its name in a file.
OF_DEBTOR = (
    ("full_name", "name", "debtor_name"),
    ("address_line1", "address", "address_line1"),
    ("city", "city", "city"),
    ("state", "state", "state"),
    ("zip", "zip", "zip"),
)

# What a file says now of the facts that are the agency's; almost no debtor has such.
_CORRECTED = f"""CASE WHEN d.corrected = '{{}}' THEN d.corrected ELSE d.corrected || (
    SELECT coalesce(jsonb_object_agg(v.fact, v.said), '{{}}')
    FROM (VALUES {", ".join(f"('{fact}', s.{column})" for fact, column, _ in OF_DEBTOR)}) AS v (fact, said)
    WHERE v.said IS NOT NULL AND d.corrected ? v.fact) END"""

DEBTOR_COLUMNS = f"({', '.join(fact for fact, _, _ in OF_DEBTOR)}, corrected)"

DEBTOR_FACTS = f"""({
    ", ".join(
        f"CASE WHEN d.corrected ? '{fact}' THEN d.{fact} ELSE coalesce(s.{column}, d.{fact}) END"
        for fact, column, _ in OF_DEBTOR
    )
}, {_CORRECTED})"""

_KNOWN = ", ".join(f"d.{fact}" for fact, _, _ in OF_DEBTOR)

# First the debtors of whom nothing was corrected, which is almost all: a re-import compares every row of a file.
DEBTOR_DIFFERS = f"""CASE WHEN d.corrected = '{{}}'
    THEN ({_KNOWN}) IS DISTINCT FROM ({", ".join(f"coalesce(s.{column}, d.{fact})" for fact, column, _ in OF_DEBTOR)})
    ELSE ({_KNOWN}, d.corrected) IS DISTINCT FROM {DEBTOR_FACTS} END"""
