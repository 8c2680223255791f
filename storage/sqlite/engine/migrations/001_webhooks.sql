-- Ids are the 16 bytes of a UUID; times are Unix milliseconds.

CREATE TABLE projects (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- hash is the SHA-256 of the key, which is itself kept nowhere.
CREATE TABLE api_keys (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  project_id BLOB NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A project's webhooks lie together and in the order they were made, so a new
-- one goes to the right edge of its project's range. scope: event types with
-- commas between them; NULL listens to every type.
CREATE TABLE webhooks (
  project_id BLOB NOT NULL REFERENCES projects (id),
  id BLOB NOT NULL CHECK (length(id) = 16),
  description TEXT,
  url TEXT,
  secret TEXT NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  scope TEXT,
  created_at INTEGER NOT NULL,
  last_update INTEGER NOT NULL,
  PRIMARY KEY (project_id, id)
) STRICT, WITHOUT ROWID;
