-- What a probe writes and takes out again.
CREATE TABLE probe (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  data BLOB NOT NULL
) STRICT;
