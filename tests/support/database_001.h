#ifndef WEBHOOKS_TESTS_SUPPORT_DATABASE_001_H_
#define WEBHOOKS_TESTS_SUPPORT_DATABASE_001_H_

namespace webhooks::testing {

// The SQL dump of a SQLite database of schema version 1: a project, its key and
// two webhooks, with their secrets in clear text.
inline constexpr char kDatabase001[] = R"sql(
PRAGMA journal_mode = WAL;
PRAGMA foreign_keys = OFF;
BEGIN TRANSACTION;
CREATE TABLE api_keys (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  project_id BLOB NOT NULL REFERENCES projects (id),
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "api_keys" VALUES(X'01A20C3B62117FB2B46EB0D140771A5B',X'01A20C3B621177B2A67E925869048751','default','whk_4dEJ',X'BD50E165C5765D70F5B7C372F1B8C53204AB3D5FBBF5327783508FB4E12C20D2',1795501548049);
CREATE TABLE projects (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO "projects" VALUES(X'01A20C3B621177B2A67E925869048751','default',1795501548049);
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
INSERT INTO "webhooks" VALUES(X'01A20C3B621177B2A67E925869048751',X'01A20C3B69ED794FA192E76C01B8CFB1','Webhook to receive connection events','https://acme.com/webhook_receiver','whsec_KnYtJ91P8d81//EFZv9cGtpok2eLx89scB1WFKnVrLM=',1,'connection.created,crm.contact.updated',1795501550061,1795501550061);
INSERT INTO "webhooks" VALUES(X'01A20C3B621177B2A67E925869048751',X'01A20C3B69F570349CE2BE197DD09894',NULL,NULL,'whsec_HcMDs2X7kFYrcJ73OTCJD7UMdt+8boYF18Q2LGNb0b4=',1,NULL,1795501550069,1795501550069);
COMMIT;
PRAGMA application_id = 2003331955;
PRAGMA user_version = 1;
)sql";

}  // namespace webhooks::testing

#endif  // WEBHOOKS_TESTS_SUPPORT_DATABASE_001_H_
