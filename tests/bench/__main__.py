"""`make bench`: every measure beside its limit; the exit code says whether a bar is broken."""

import sys

from tests.bench import account_page, hundred_users, imports, next_account, search, sftp, under_import, worklist


def main() -> int:
    quick = "--quick" in sys.argv[1:]
    measures = (imports, worklist, account_page, search, next_account, hundred_users, under_import, sftp)
    fine = [measure.run(quick=quick) for measure in measures]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    raise SystemExit(main())
