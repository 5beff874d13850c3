"""Which invariants do the imports add to the books?"""

from core.books import Rule

RULES = (
    Rule(
        "an import job's counts are its records",
        """
        SELECT j.file_name AS file, j.processed_ok + j.processed_errors AS told, coalesce(r.records, 0) AS records
        FROM imports_sftpimportjob j LEFT JOIN (
            SELECT job_id, count(*) AS records,
                   count(*) FILTER (WHERE outcome = 'created') AS created,
                   count(*) FILTER (WHERE outcome = 'updated') AS updated,
                   count(*) FILTER (WHERE outcome = 'unchanged') AS unchanged,
                   count(*) FILTER (WHERE outcome = 'rejected') AS rejected
            FROM imports_importedrecord WHERE agency_id = %(agency)s GROUP BY 1
        ) r ON r.job_id = j.id
        WHERE j.agency_id = %(agency)s
          AND (j.created_count, j.updated_count, j.unchanged_count, j.processed_errors)
              <> (coalesce(r.created, 0), coalesce(r.updated, 0), coalesce(r.unchanged, 0), coalesce(r.rejected, 0))
        """,
        "The import of {file} counts {told} records, {records} are kept, or with other outcomes.",
    ),
    Rule(
        "a completed import has a record for every row",
        """
        SELECT file_name AS file, total_records AS total, processed_ok + processed_errors AS done
        FROM imports_sftpimportjob
        WHERE agency_id = %(agency)s AND status = 'completed'
          AND total_records IS DISTINCT FROM processed_ok + processed_errors
        """,
        "The import of {file} is completed with {done} of {total} records.",
    ),
    Rule(
        "an imported row and its account are of one agency",
        """
        SELECT j.file_name AS file, r.line_number AS line
        FROM imports_importedrecord r JOIN imports_sftpimportjob j ON j.id = r.job_id
        LEFT JOIN core_account a ON a.id = r.account_id AND a.agency_id = r.agency_id
        WHERE r.agency_id = %(agency)s
          AND ((r.outcome <> 'rejected' AND r.account_id IS NULL) OR (r.account_id IS NOT NULL AND a.id IS NULL))
        """,
        "{file}, line {line}: its account is missing or not of this agency.",
    ),
)
