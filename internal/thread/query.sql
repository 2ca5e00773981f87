-- Open begins a conversation, or holds it.
-- name: Open :execrows
INSERT INTO threads (org_id, application_id, opening_id, waits_since, unread_since, last_at) VALUES ($1, $2, $3, 0, 0, $4)
ON CONFLICT (org_id, application_id) DO UPDATE SET last_at = excluded.last_at;

-- name: Thread :one
SELECT waits_since, unread_since, last_at FROM threads WHERE org_id = $1 AND application_id = $2;

-- name: Wait :execrows
UPDATE threads SET waits_since = $3 WHERE org_id = $1 AND application_id = $2 AND waits_since = 0;

-- name: Answered :execrows
UPDATE threads SET waits_since = 0 WHERE org_id = $1 AND application_id = $2;

-- name: Unread :execrows
UPDATE threads SET unread_since = $3 WHERE org_id = $1 AND application_id = $2 AND unread_since = 0;

-- name: Read :execrows
UPDATE threads SET unread_since = 0 WHERE org_id = $1 AND application_id = $2 AND unread_since > 0;

-- name: Add :exec
INSERT INTO messages (org_id, id, application_id, member_id, kind, version_id, item, notice_id, body, at, waited) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: Messages :many
SELECT id, member_id, kind, version_id, item, notice_id, body, at FROM messages WHERE org_id = $1 AND application_id = $2 ORDER BY at DESC, id DESC LIMIT 500;

-- name: CountMessages :one
SELECT COUNT(*) FROM messages WHERE org_id = $1 AND application_id = $2;

-- name: CountSince :one
SELECT COUNT(*) FROM messages WHERE org_id = $1 AND application_id = $2 AND member_id = '' AND at > $3;

-- name: Took :many
SELECT waited FROM messages WHERE org_id = $1 AND waited > 0 AND at > $2 ORDER BY at DESC LIMIT 50;

-- name: Waiting :many
SELECT waits_since FROM threads WHERE org_id = $1 AND waits_since > 0 ORDER BY waits_since LIMIT 50;

-- name: Waits :many
SELECT t.application_id, t.waits_since, o.contact_id FROM threads t JOIN openings o ON o.org_id = t.org_id AND o.id = t.opening_id
WHERE t.org_id = $1 AND t.waits_since > 0 ORDER BY t.waits_since, t.application_id LIMIT 500;

-- name: Hours :many
SELECT member_id, hours FROM message_hours WHERE org_id = $1 ORDER BY member_id LIMIT 1000;

-- name: SetHours :exec
INSERT INTO message_hours (org_id, member_id, hours) VALUES ($1, $2, $3) ON CONFLICT (org_id, member_id) DO UPDATE SET hours = excluded.hours;

-- name: DropHours :execrows
DELETE FROM message_hours WHERE org_id = $1 AND member_id = $2;

-- name: AddNotice :exec
INSERT INTO notices (org_id, id, version_id, item, question, answer, member_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: Notices :many
SELECT id, item, question, answer, at FROM notices WHERE org_id = $1 AND version_id = $2 AND item = $3 ORDER BY at, id LIMIT 50;

-- name: SaveDraft :execrows
INSERT INTO message_drafts (org_id, application_id, writer, item, client, seq, body, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (org_id, application_id, writer, item, client) DO UPDATE SET seq = excluded.seq, body = excluded.body, at = excluded.at WHERE excluded.seq > message_drafts.seq;

-- name: Drafts :many
SELECT client, body, at FROM message_drafts WHERE org_id = $1 AND application_id = $2 AND writer = $3 AND item = $4 ORDER BY at DESC, client;

-- name: DropDraft :execrows
DELETE FROM message_drafts WHERE org_id = $1 AND application_id = $2 AND writer = $3 AND item = $4 AND client = $5;

-- name: DropDrafts :execrows
DELETE FROM message_drafts WHERE org_id = $1 AND application_id = $2 AND writer = $3 AND item = $4;

-- name: EraseDrafts :execrows
DELETE FROM message_drafts WHERE org_id = $1 AND application_id = $2;

-- name: EraseMessages :execrows
DELETE FROM messages WHERE org_id = $1 AND application_id = $2;

-- name: EraseThread :execrows
DELETE FROM threads WHERE org_id = $1 AND application_id = $2;

-- name: AddFile :exec
INSERT INTO message_files (org_id, id, application_id, writer, item, message_id, upload_id, name, type, bytes, at) VALUES ($1, $2, $3, $4, $5, '', $6, $7, $8, $9, $10);

-- name: Files :many
SELECT id, writer, item, message_id, upload_id, name, type, bytes, at FROM message_files WHERE org_id = $1 AND application_id = $2 ORDER BY at, id;

-- name: FilesOf :many
SELECT id FROM message_files WHERE org_id = $1 AND application_id = $2 AND writer = $3 AND item = $4 AND message_id = '';

-- name: File :one
SELECT upload_id FROM message_files WHERE org_id = $1 AND application_id = $2 AND writer = $3 AND id = $4 AND message_id = '';

-- name: FileBytes :one
SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM message_files WHERE org_id = $1 AND application_id = $2;

-- name: SendFiles :execrows
UPDATE message_files SET message_id = sqlc.arg(message_id) WHERE org_id = sqlc.arg(org_id) AND application_id = sqlc.arg(application_id) AND writer = sqlc.arg(writer) AND item = sqlc.arg(item) AND message_id = '';

-- name: DropFile :execrows
DELETE FROM message_files WHERE org_id = $1 AND application_id = $2 AND id = $3 AND message_id = '';

-- name: EraseFiles :execrows
DELETE FROM message_files WHERE org_id = $1 AND application_id = $2;
