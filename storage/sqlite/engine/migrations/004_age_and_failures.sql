-- An event can be delivered no earlier than it is published, whatever
-- deliver_at says: its age counts from then.
DROP INDEX events_by_age;
CREATE INDEX events_by_age ON events (max(created_at, ifnull(deliver_at, 0)));

-- What operators look for, and retry jobs work on.
CREATE INDEX failed_deliveries ON deliveries (project_id, id) WHERE state = 4;
