-- In milliseconds. Versions before this one do not set it; their default was
-- this one.
ALTER TABLE servers
  ADD COLUMN beat_interval bigint NOT NULL DEFAULT 3000
    CHECK (beat_interval > 0);
