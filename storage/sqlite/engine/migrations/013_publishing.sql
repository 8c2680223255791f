-- The seqs of events whose deliveries are inserted ahead of them, in steps. Until
-- the event is there, nobody sees its deliveries.
CREATE TABLE publishing (
  seq INTEGER PRIMARY KEY
) STRICT;
