#ifndef WEBHOOKS_TESTS_SUPPORT_DATABASE_006_H_
#define WEBHOOKS_TESTS_SUPPORT_DATABASE_006_H_

namespace webhooks::testing {

// The SQL dump of a SQLite database of schema version 6: a project with one
// webhook and five events. The first event is delivered. The second and the
// third wait; the clock was set back between them. The fourth is to be
// delivered later. The fifth waits for its second attempt. Secrets are sealed
// under TestKey().
inline constexpr char kDatabase006[] = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE answers (
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL UNIQUE CHECK (length(key) = 32),
  request BLOB NOT NULL CHECK (length(request) = 32),
  project_id BLOB NOT NULL,
  answer BLOB NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT;
CREATE TABLE api_keys (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  project_id BLOB NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  created_at INTEGER NOT NULL
, last_used_at INTEGER, expires_at INTEGER, revoked_at INTEGER) STRICT, WITHOUT ROWID;
CREATE TABLE attempts (
  delivery_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  attempt BLOB NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE certificates (
  name TEXT NOT NULL PRIMARY KEY,
  project_id BLOB NOT NULL REFERENCES projects (id),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE deliveries (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  project_id BLOB NOT NULL,
  webhook_id BLOB NOT NULL,
  event_seq INTEGER NOT NULL,
  state INTEGER NOT NULL,
  queue_at INTEGER NOT NULL,
  retry_at INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  schedule_base INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
INSERT INTO "deliveries" VALUES(X'02020202020202020202020202020201',X'01a2105375a6797ea81018bcadc3fc26',X'01a210537c0b74b9b15a9b28305592c8',1,3,1795570300000,NULL,0,0);
INSERT INTO "deliveries" VALUES(X'02020202020202020202020202020202',X'01a2105375a6797ea81018bcadc3fc26',X'01a210537c0b74b9b15a9b28305592c8',2,1,1795570305000,NULL,0,0);
INSERT INTO "deliveries" VALUES(X'02020202020202020202020202020203',X'01a2105375a6797ea81018bcadc3fc26',X'01a210537c0b74b9b15a9b28305592c8',3,1,1795570302000,NULL,0,0);
INSERT INTO "deliveries" VALUES(X'02020202020202020202020202020204',X'01a2105375a6797ea81018bcadc3fc26',X'01a210537c0b74b9b15a9b28305592c8',4,1,1795573900000,NULL,0,0);
INSERT INTO "deliveries" VALUES(X'02020202020202020202020202020205',X'01a2105375a6797ea81018bcadc3fc26',X'01a210537c0b74b9b15a9b28305592c8',5,1,1795572100000,NULL,1,0);
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  project_id BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  type TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  deliver_at INTEGER,
  deliveries BLOB NOT NULL,
  data TEXT, traceparent TEXT, tracestate TEXT,
  UNIQUE (project_id, id)
) STRICT;
INSERT INTO "events" VALUES(1,X'01a2105375a6797ea81018bcadc3fc26',X'01010101010101010101010101010101','connection.created',1795570300000,NULL,X'02020202020202020202020202020201','{}',NULL,NULL);
INSERT INTO "events" VALUES(2,X'01a2105375a6797ea81018bcadc3fc26',X'01010101010101010101010101010102','connection.created',1795570305000,NULL,X'02020202020202020202020202020202','{}',NULL,NULL);
INSERT INTO "events" VALUES(3,X'01a2105375a6797ea81018bcadc3fc26',X'01010101010101010101010101010103','connection.created',1795570302000,NULL,X'02020202020202020202020202020203','{}',NULL,NULL);
INSERT INTO "events" VALUES(4,X'01a2105375a6797ea81018bcadc3fc26',X'01010101010101010101010101010104','connection.created',1795570306000,1795573900000,X'02020202020202020202020202020204','{}',NULL,NULL);
INSERT INTO "events" VALUES(5,X'01a2105375a6797ea81018bcadc3fc26',X'01010101010101010101010101010105','connection.created',1795570307000,NULL,X'02020202020202020202020202020205','{}',NULL,NULL);
CREATE TABLE first_project (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
INSERT INTO "first_project" VALUES(X'01a2105375a6797ea81018bcadc3fc26');
CREATE TABLE projects (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
, max_webhooks INTEGER, max_requests_per_second INTEGER, webhook_count INTEGER NOT NULL DEFAULT 0, deleted_at INTEGER) STRICT, WITHOUT ROWID;
INSERT INTO "projects" VALUES(X'01a2105375a6797ea81018bcadc3fc26','default',1795570234790,NULL,NULL,1,NULL);
CREATE TABLE removed_webhooks (
  id BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE retry_jobs (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  project_id BLOB NOT NULL,
  is_running INTEGER NOT NULL CHECK (is_running IN (0, 1)),
  position BLOB NOT NULL,
  job BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE secret_keys (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 8)
) STRICT, WITHOUT ROWID;
INSERT INTO "secret_keys" VALUES(X'72cd6e8422c407fb');
CREATE TABLE subscriptions (
  project_id BLOB NOT NULL,
  event_type TEXT NOT NULL,
  webhook_id BLOB NOT NULL,
  PRIMARY KEY (project_id, event_type, webhook_id)
) STRICT, WITHOUT ROWID;
INSERT INTO "subscriptions" VALUES(X'01a2105375a6797ea81018bcadc3fc26','connection.created',X'01a210537c0b74b9b15a9b28305592c8');
INSERT INTO "subscriptions" VALUES(X'01a2105375a6797ea81018bcadc3fc26','crm.contact.updated',X'01a210537c0b74b9b15a9b28305592c8');
CREATE TABLE "webhooks" (
  project_id BLOB NOT NULL REFERENCES projects (id),
  id BLOB NOT NULL CHECK (length(id) = 16),
  description TEXT,
  url TEXT,
  secrets BLOB NOT NULL,
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  scope TEXT,
  created_at INTEGER NOT NULL,
  last_update INTEGER NOT NULL, settings BLOB, deactivation BLOB, resumed_at INTEGER, failing_since INTEGER,
  PRIMARY KEY (project_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO "webhooks" VALUES(X'01a2105375a6797ea81018bcadc3fc26',X'01a210537c0b74b9b15a9b28305592c8','Webhook to receive connection events','https://acme.com/webhook_receiver',X'0172cd6e8422c407fb42ba85698d48665712ac040788a332410dd63ead199863f7aa69820e14ab78a1347a4028ffaaaf81a5308bb16b308661f77b240d4a1073ce561f3ff606ea9ec7e68054f52211d77004f122cd8117e0e3ee2344bc1f7fbaf1d9647a1fe50a13b3',1,'connection.created,crm.contact.updated',1795570236427,1795570236427,NULL,NULL,NULL,NULL);
CREATE INDEX deleted_projects ON projects (id) WHERE deleted_at IS NOT NULL;
CREATE INDEX api_keys_by_project ON api_keys (project_id, id);
CREATE TRIGGER webhook_inserted AFTER INSERT ON webhooks BEGIN
  UPDATE projects SET webhook_count = webhook_count + 1
    WHERE id = NEW.project_id;
END;
CREATE TRIGGER webhook_deleted AFTER DELETE ON webhooks BEGIN
  UPDATE projects SET webhook_count = webhook_count - 1
    WHERE id = OLD.project_id;
END;
CREATE INDEX answers_by_project ON answers (project_id);
CREATE INDEX events_by_time ON events (project_id, created_at);
CREATE INDEX deliveries_by_project ON deliveries (project_id, id);
CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, id);
CREATE INDEX waiting_deliveries ON deliveries (webhook_id, queue_at, event_seq)
  WHERE state = 1;
CREATE INDEX retry_jobs_by_project ON retry_jobs (project_id, id);
CREATE INDEX running_retry_jobs ON retry_jobs (id) WHERE is_running = 1;
CREATE INDEX events_by_age ON events (max(created_at, ifnull(deliver_at, 0)));
CREATE INDEX failed_deliveries ON deliveries (project_id, id) WHERE state = 4;
CREATE INDEX certificates_by_project ON certificates (project_id, name);
COMMIT;
PRAGMA application_id = 2003331955;
PRAGMA user_version = 6;
)sql";

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_DATABASE_006_H_
