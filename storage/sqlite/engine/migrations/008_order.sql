-- What is due at once waits in the order of `place`, which no change of the clock
-- disturbs: its queue_at is 0. A place is twice an event's seq, so that a delivery
-- that is retried after its end finds one behind all events that there are.
ALTER TABLE deliveries ADD COLUMN place INTEGER NOT NULL DEFAULT 0;
UPDATE deliveries SET place = 2 * event_seq WHERE state = 1;
DROP INDEX waiting_deliveries;
-- retry_at is another time than queue_at for a retry of an ordered webhook.
UPDATE deliveries SET queue_at = 0
  WHERE state = 1 AND retry_at IS NOT NULL AND retry_at <> queue_at;
UPDATE deliveries SET queue_at = 0
  WHERE state = 1 AND retry_at IS NULL AND attempts = 0
    AND queue_at <= (SELECT created_at FROM events WHERE seq = event_seq);
CREATE INDEX waiting_deliveries ON deliveries (webhook_id, queue_at, place)
  WHERE state = 1;
