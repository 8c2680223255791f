-- settings: a webhooks.v1.DeliverySettings, sealed for the webhook's id.
-- deactivation: a webhooks.v1.Deactivation. resumed_at: when it last became
-- able to receive again. failing_since: when the first of the attempts began
-- that failed since the last success.
ALTER TABLE webhooks ADD COLUMN settings BLOB;
ALTER TABLE webhooks ADD COLUMN deactivation BLOB;
ALTER TABLE webhooks ADD COLUMN resumed_at INTEGER;
ALTER TABLE webhooks ADD COLUMN failing_since INTEGER;

-- The column webhooks.scope, the other way round. '' stands for every type.
CREATE TABLE subscriptions (
  project_id BLOB NOT NULL,
  event_type TEXT NOT NULL,
  webhook_id BLOB NOT NULL,
  PRIMARY KEY (project_id, event_type, webhook_id)
) STRICT, WITHOUT ROWID;
INSERT INTO subscriptions
  WITH RECURSIVE listed (project_id, id, type, rest) AS (
    SELECT project_id, id, '', scope || ','
    FROM webhooks WHERE scope IS NOT NULL
    UNION ALL
    SELECT project_id, id, substr(rest, 1, instr(rest, ',') - 1),
           substr(rest, instr(rest, ',') + 1)
    FROM listed WHERE rest <> ''
  )
  SELECT project_id, type, id FROM listed WHERE type <> ''
  UNION ALL
  SELECT project_id, '', id FROM webhooks WHERE scope IS NULL;

-- deliveries: the ids of the event's deliveries, 16 bytes each.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  project_id BLOB NOT NULL,
  id BLOB NOT NULL CHECK (length(id) = 16),
  type TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  deliver_at INTEGER,
  deliveries BLOB NOT NULL,
  data TEXT,
  UNIQUE (project_id, id)
) STRICT;
CREATE INDEX events_by_time ON events (project_id, created_at);
CREATE INDEX events_by_age ON events (ifnull(deliver_at, created_at));

-- state: a webhooks.v1.Delivery.State; 1 waits, whatever for. queue_at: when
-- the next attempt is due; of an ordered webhook, when the first was, and
-- retry_at when the next is. schedule_base: the attempts made before the
-- schedule began anew. An id begins with the milliseconds of the event's
-- created_at (UUID version 7).
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
CREATE INDEX deliveries_by_project ON deliveries (project_id, id);
CREATE INDEX deliveries_by_webhook ON deliveries (webhook_id, id);
CREATE INDEX waiting_deliveries ON deliveries (webhook_id, queue_at, event_seq)
  WHERE state = 1;

-- attempt: a webhooks.v1.Attempt.
CREATE TABLE attempts (
  delivery_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  attempt BLOB NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;

-- job: a webhooks.v1.RetryJob, whole; position: the last delivery that it has
-- looked at.
CREATE TABLE retry_jobs (
  id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
  project_id BLOB NOT NULL,
  is_running INTEGER NOT NULL CHECK (is_running IN (0, 1)),
  position BLOB NOT NULL,
  job BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX retry_jobs_by_project ON retry_jobs (project_id, id);
CREATE INDEX running_retry_jobs ON retry_jobs (id) WHERE is_running = 1;

-- Webhooks that are gone, and whose deliveries may still wait.
CREATE TABLE removed_webhooks (
  id BLOB NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
