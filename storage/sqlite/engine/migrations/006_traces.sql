-- The trace that deliveries go on with, as HTTP headers have it (W3C Trace
-- Context). NULL: there is none.
ALTER TABLE events ADD COLUMN traceparent TEXT;
ALTER TABLE events ADD COLUMN tracestate TEXT;
