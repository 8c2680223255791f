-- Answers are taken out in the order of their end, whenever they were made.
CREATE INDEX answers_by_end ON answers (expires_at);
