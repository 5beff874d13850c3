"""The figures of the reports: each module answers one question, for the days and desks of a Scope, in one statement."""
