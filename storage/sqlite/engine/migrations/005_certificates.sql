-- Which project the certificate with a name opens.
CREATE TABLE certificates (
  name TEXT NOT NULL PRIMARY KEY,
  project_id BLOB NOT NULL REFERENCES projects (id),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX certificates_by_project ON certificates (project_id, name);
