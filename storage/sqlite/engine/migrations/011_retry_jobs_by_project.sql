-- Projects take turns with their jobs: the next one that runs is found by its
-- project.
DROP INDEX running_retry_jobs;
CREATE INDEX running_retry_jobs ON retry_jobs (project_id, id)
  WHERE is_running = 1;
