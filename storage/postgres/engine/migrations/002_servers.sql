-- For operators. Versions before this one do not set them.
ALTER TABLE servers
  ADD COLUMN version text NOT NULL DEFAULT '',
  ADD COLUMN started_at bigint,
  ADD COLUMN leaving smallint NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1));
