"""Where do the rows of a batch wait, and what does the planner know meanwhile?"""

from collections.abc import Iterable

STAGING = """
CREATE TEMPORARY TABLE IF NOT EXISTS imports_staging (
    line integer NOT NULL, errors jsonb, ref text, debtor_ref text, speaks boolean, creditor integer,
    name text, amount numeric(12, 2), due_date date, account_type text, particulars jsonb, ssn text, birth text,
    address text, city text, state text, zip text, zones text[], zip_zones text[], phone text, phone_zones text[],
    email text,
    -- what the database finds out
    new_id uuid NOT NULL DEFAULT uuidv7(), account_id uuid, debtor_id uuid,
    debtor_is_new boolean NOT NULL DEFAULT false,
    account_differs boolean NOT NULL DEFAULT false, debtor_differs boolean NOT NULL DEFAULT false,
    ssn_differs boolean NOT NULL DEFAULT false, birth_differs boolean NOT NULL DEFAULT false,
    point_added boolean NOT NULL DEFAULT false, changes jsonb NOT NULL DEFAULT '{}'
) ON COMMIT DELETE ROWS
"""

# The last batches may be lost with a crash of the server, the job's progress with them: they are done again. Whatever
# tells the world of them (the end of the job) is committed for good, and everything before it too.
COMMIT_WITHOUT_WAITING = "SET LOCAL synchronous_commit = off"

# A commit empties it; a caller with an outer transaction may come twice before it.
CLEAR_STAGING = "DELETE FROM imports_staging"

# Once a session: without it the planner takes a thousand rows for a handful, and compares each with each.
ANALYZE_STAGING = "ANALYZE imports_staging"

# The same for the tables that it goes into, once they are many times what they were when last looked at.
REFRESH_STATISTICS = "SELECT imports_refresh_statistics()"


def copy_into_staging(columns: Iterable[str]) -> str:
    return f"COPY imports_staging ({', '.join(columns)}) FROM STDIN (NULL '')"
