"""SFTP feeds, file formats, validation, the importer, job tracking."""
