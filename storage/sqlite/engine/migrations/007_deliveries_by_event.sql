-- An event's deliveries are found by an index. Their ids stood in a column of the
-- event: everything that read the event read all of them.
CREATE INDEX deliveries_by_event ON deliveries (event_seq, id);
ALTER TABLE events ADD COLUMN matched_webhooks INTEGER NOT NULL DEFAULT 0;
UPDATE events SET matched_webhooks = length(deliveries) / 16;
ALTER TABLE events DROP COLUMN deliveries;
