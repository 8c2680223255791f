-- What limits a project, and how many webhooks it has. One with deleted_at is
-- gone for every call; what it owned is taken out by and by.
ALTER TABLE projects ADD COLUMN max_webhooks INTEGER;
ALTER TABLE projects ADD COLUMN max_requests_per_second INTEGER;
ALTER TABLE projects ADD COLUMN webhook_count INTEGER NOT NULL DEFAULT 0;
ALTER TABLE projects ADD COLUMN deleted_at INTEGER;
CREATE INDEX deleted_projects ON projects (id) WHERE deleted_at IS NOT NULL;

-- The project that the database was begun with; the row stays when that goes.
CREATE TABLE first_project (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
INSERT INTO first_project SELECT id FROM projects ORDER BY id LIMIT 1;

ALTER TABLE api_keys ADD COLUMN last_used_at INTEGER;
ALTER TABLE api_keys ADD COLUMN expires_at INTEGER;
ALTER TABLE api_keys ADD COLUMN revoked_at INTEGER;
CREATE INDEX api_keys_by_project ON api_keys (project_id, id);

-- The ids of the keys that something here is sealed under.
CREATE TABLE secret_keys (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 8)
) STRICT, WITHOUT ROWID;
INSERT INTO secret_keys VALUES (sealing_key());

-- As 001 has it, but for secrets: a webhooks.v1.WebhookSecrets, sealed for the
-- webhook's id.
CREATE TABLE sealed_webhooks (
  project_id BLOB NOT NULL REFERENCES projects (id),
  id BLOB NOT NULL CHECK (length(id) = 16),
  description TEXT,
  url TEXT,
  secrets BLOB NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  scope TEXT,
  created_at INTEGER NOT NULL,
  last_update INTEGER NOT NULL,
  PRIMARY KEY (project_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO sealed_webhooks
  SELECT project_id, id, description, url, seal_secret(secret, created_at, id),
         active, scope, created_at, last_update
  FROM webhooks;
DROP TABLE webhooks;
ALTER TABLE sealed_webhooks RENAME TO webhooks;

UPDATE projects SET webhook_count =
  (SELECT count(*) FROM webhooks WHERE project_id = projects.id);
CREATE TRIGGER webhook_inserted AFTER INSERT ON webhooks BEGIN
  UPDATE projects SET webhook_count = webhook_count + 1
    WHERE id = NEW.project_id;
END;
CREATE TRIGGER webhook_deleted AFTER DELETE ON webhooks BEGIN
  UPDATE projects SET webhook_count = webhook_count - 1
    WHERE id = OLD.project_id;
END;

-- Answers kept for repeats of a call; ids ascend with expires_at. answer: the
-- message, sealed for the key.
CREATE TABLE answers (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE CHECK (length(key) = 32),
  request BLOB NOT NULL CHECK (length(request) = 32),
  project_id BLOB NOT NULL,
  answer BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX answers_by_project ON answers (project_id);
