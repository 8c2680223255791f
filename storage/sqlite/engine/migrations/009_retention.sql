-- Retention counts from `kept_from`: for a delivery that waits, when its next
-- attempt is or was due; for one that has ended, when it did. 0: the age of the
-- event decides. `failure` is a Delivery.FailureReason, NULL for the usual one.
ALTER TABLE deliveries ADD COLUMN kept_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN failure INTEGER;
UPDATE deliveries SET kept_from = max(queue_at, ifnull(retry_at, 0))
  WHERE state = 1;

-- Retention looks at an event no earlier than `look_at`: until then it has to
-- keep deliveries of it.
ALTER TABLE events ADD COLUMN look_at INTEGER;
DROP INDEX events_by_age;
CREATE INDEX events_by_age ON events
  (max(created_at, ifnull(deliver_at, 0), ifnull(look_at, 0)));

-- The time that retention goes by: see Upkeep::AdvanceRetention.
CREATE TABLE retention_clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  time INTEGER NOT NULL
) STRICT;
INSERT INTO retention_clock
  SELECT 1, max(created_at) FROM events HAVING max(created_at) IS NOT NULL;
