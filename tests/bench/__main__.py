"""`make bench`: every measure beside its limit; the exit code says whether a bar is broken."""

import sys

from tests.bench import imports, sftp, under_import, worklist


def main() -> int:
    quick = "--quick" in sys.argv[1:]
    fine = [measure.run(quick=quick) for measure in (imports, worklist, under_import, sftp)]
    return 0 if all(fine) else 1


if __name__ == "__main__":
    raise SystemExit(main())
