-- Versions before this one do not set them. The first three are for operators.
ALTER TABLE servers
  ADD COLUMN version text NOT NULL DEFAULT '',
  ADD COLUMN started_at bigint,
  ADD COLUMN leaving smallint NOT NULL DEFAULT 0 CHECK (leaving IN (0, 1)),
  -- The newest version of the schema that the server knows.
  ADD COLUMN schema int NOT NULL DEFAULT 1;
