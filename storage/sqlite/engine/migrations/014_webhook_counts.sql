-- The statements that insert and delete a webhook count it.
DROP TRIGGER webhook_inserted;
DROP TRIGGER webhook_deleted;
