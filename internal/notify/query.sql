-- name: Add :execrows
INSERT INTO mails (org_id, id, about, subject_id, to_name, to_email, reply_name, reply_email, subject, body, action_text, action_path, state, error, created_at, sent_at, application_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'queued', '', $13, 0, $14) ON CONFLICT (org_id, about, subject_id) DO NOTHING;

-- name: Mail :one
SELECT id, about, subject_id, to_name, to_email, reply_name, reply_email, subject, body, action_text, action_path, state, error, created_at, sent_at, application_id FROM mails WHERE org_id = $1 AND id = $2;

-- name: Newest :many
SELECT id, about, subject_id, to_name, to_email, reply_name, reply_email, subject, body, action_text, action_path, state, error, created_at, sent_at, application_id FROM mails
WHERE org_id = sqlc.arg(org_id) AND (created_at < sqlc.arg(before_at) OR (created_at = sqlc.arg(before_at) AND id < sqlc.arg(before_id))) ORDER BY created_at DESC, id DESC LIMIT 50;

-- name: Settle :execrows
UPDATE mails SET state = $3, error = $4, sent_at = $5 WHERE org_id = $1 AND id = $2 AND state = 'queued';

-- name: Erase :execrows
DELETE FROM mails WHERE org_id = $1 AND to_email = $2 AND application_id = '';

-- name: Count :one
SELECT COUNT(*) FROM mails WHERE org_id = $1 AND to_email = $2 AND application_id = '';

-- name: EraseAbout :execrows
DELETE FROM mails WHERE org_id = $1 AND application_id = $2;

-- name: CountAbout :one
SELECT COUNT(*) FROM mails WHERE org_id = $1 AND application_id = $2;

-- name: Older :one
SELECT COUNT(*) AS n, CAST(COALESCE(MIN(created_at), 0) AS BIGINT) AS oldest FROM mails WHERE org_id = $1 AND application_id = '' AND created_at < $2;

-- name: Forget :execrows
DELETE FROM mails WHERE org_id = $1 AND application_id = '' AND created_at < $2;

-- name: OfBatch :many
SELECT m.state, COUNT(*) AS n FROM batch_rows r
JOIN mails m ON m.org_id = r.org_id AND m.application_id = r.application_id AND m.about = sqlc.arg(about) AND m.subject_id LIKE r.invitation_id || '#%'
WHERE r.org_id = sqlc.arg(org_id) AND r.batch_id = sqlc.arg(batch_id) AND r.verdict = 'invited' AND NOT EXISTS (SELECT 1 FROM mails n WHERE n.org_id = m.org_id AND n.application_id = m.application_id
	AND n.about = m.about AND n.subject_id LIKE r.invitation_id || '#%' AND (n.created_at > m.created_at OR n.created_at = m.created_at AND n.id > m.id))
GROUP BY m.state;

-- name: RefusedOfBatch :many
SELECT m.application_id, m.to_email, m.error FROM batch_rows r
JOIN mails m ON m.org_id = r.org_id AND m.application_id = r.application_id AND m.about = sqlc.arg(about) AND m.subject_id LIKE r.invitation_id || '#%' AND m.state = 'refused'
WHERE r.org_id = sqlc.arg(org_id) AND r.batch_id = sqlc.arg(batch_id) AND r.verdict = 'invited' AND NOT EXISTS (SELECT 1 FROM mails n WHERE n.org_id = m.org_id AND n.application_id = m.application_id
	AND n.about = m.about AND n.subject_id LIKE r.invitation_id || '#%' AND (n.created_at > m.created_at OR n.created_at = m.created_at AND n.id > m.id))
ORDER BY r.position LIMIT 100;
