"""`make bench`: every measure beside its limit; the exit code says whether a bar is broken."""

import sys

from tests.bench import (
    account_page,
    dashboard,
    exports,
    hundred_users,
    imports,
    next_account,
    queue,
    search,
    sftp,
    under_import,
    vitals,
    webhook,
    worklist,
)


def main() -> int:
    quick = "--quick" in sys.argv[1:]
    pages = (worklist, account_page, search, next_account, dashboard, hundred_users, vitals)
    measures = (imports, *pages, webhook, queue, exports, under_import, sftp)
    fine = [measure.run(quick=quick) for measure in measures]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    raise SystemExit(main())
