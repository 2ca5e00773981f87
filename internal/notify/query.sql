-- name: Add :execrows
INSERT INTO mails (org_id, id, about, subject_id, to_name, to_email, reply_name, reply_email, subject, body, action_text, action_path, state, error, created_at, sent_at, application_id, zone, due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'queued', '', $13, 0, $14, $15, $16) ON CONFLICT (org_id, about, subject_id) DO NOTHING;

-- name: Mail :one
SELECT id, about, subject_id, to_name, to_email, reply_name, reply_email, subject, body, action_text, action_path, state, error, created_at, sent_at, application_id, zone, due_at, tries FROM mails WHERE org_id = $1 AND id = $2;

-- name: Newest :many
SELECT id, about, subject_id, to_name, to_email, reply_name, reply_email, subject, body, action_text, action_path, state, error, created_at, sent_at, application_id, zone, due_at, tries FROM mails
WHERE org_id = sqlc.arg(org_id) AND (created_at < sqlc.arg(before_at) OR (created_at = sqlc.arg(before_at) AND id < sqlc.arg(before_id))) ORDER BY created_at DESC, id DESC LIMIT 50;

-- name: Settle :execrows
UPDATE mails SET state = $3, error = $4, sent_at = $5, tries = tries + 1 WHERE org_id = $1 AND id = $2 AND state = 'queued';

-- name: Postpone :execrows
UPDATE mails SET error = $3, due_at = $4, tries = tries + $5 WHERE org_id = $1 AND id = $2 AND state = 'queued';

-- name: Bounce :execrows
UPDATE mails SET state = 'bounced', error = $3 WHERE org_id = $1 AND id = $2 AND state IN ('queued', 'sent');

-- name: LastHeld :one
SELECT CAST(COALESCE(MAX(due_at), 0) AS BIGINT) FROM mails WHERE org_id = $1 AND state = 'queued' AND zone <> '' AND due_at > $2;

-- name: AboutApplication :many
SELECT id, about, subject_id, to_name, to_email, reply_name, reply_email, subject, body, action_text, action_path, state, error, created_at, sent_at, application_id, zone, due_at, tries FROM mails
WHERE org_id = $1 AND application_id = $2 ORDER BY created_at DESC, id DESC LIMIT 50;

-- name: AddText :execrows
INSERT INTO mail_texts (org_id, opening_id, letter, lang, number, subject, body, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING;

-- name: Texts :many
SELECT opening_id, number, subject, body, created_at, created_by FROM mail_texts
WHERE org_id = sqlc.arg(org_id) AND opening_id IN ('', sqlc.arg(opening_id)) AND letter = sqlc.arg(letter) AND lang = sqlc.arg(lang) ORDER BY number DESC LIMIT 40;

-- name: Changed :many
SELECT t.opening_id, t.letter, t.body, t.created_at, t.created_by FROM mail_texts t
WHERE t.org_id = sqlc.arg(org_id) AND t.opening_id IN ('', sqlc.arg(opening_id)) AND t.lang = sqlc.arg(lang)
	AND NOT EXISTS (SELECT 1 FROM mail_texts n WHERE n.org_id = t.org_id AND n.opening_id = t.opening_id AND n.letter = t.letter AND n.lang = t.lang AND n.number > t.number);

-- name: SetReminders :exec
INSERT INTO mail_reminders (org_id, opening_id, active, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, opening_id) DO UPDATE SET active = excluded.active, changed_at = excluded.changed_at, changed_by = excluded.changed_by;

-- name: Reminders :one
SELECT active, changed_at, changed_by FROM mail_reminders WHERE org_id = $1 AND opening_id = $2;

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
JOIN mails m ON m.org_id = r.org_id AND m.application_id = r.application_id AND m.about = sqlc.arg(about) AND m.subject_id LIKE r.invitation_id || '#%' AND m.state IN ('refused', 'bounced')
WHERE r.org_id = sqlc.arg(org_id) AND r.batch_id = sqlc.arg(batch_id) AND r.verdict = 'invited' AND NOT EXISTS (SELECT 1 FROM mails n WHERE n.org_id = m.org_id AND n.application_id = m.application_id
	AND n.about = m.about AND n.subject_id LIKE r.invitation_id || '#%' AND (n.created_at > m.created_at OR n.created_at = m.created_at AND n.id > m.id))
ORDER BY r.position LIMIT 100;

-- name: Wrote :one
SELECT COUNT(*) FROM mails WHERE org_id = $1 AND about = $2 AND subject_id = $3;

-- name: MailAbout :one
SELECT id FROM mails WHERE org_id = $1 AND about = $2 AND subject_id = $3;

-- name: Reading :many
SELECT DISTINCT member_id FROM reviews WHERE org_id = $1 AND application_id = $2 AND state = 'assigned' ORDER BY member_id;

-- name: ToRead :one
SELECT COUNT(*) AS n, CAST(COALESCE(MIN(due_at), 0) AS BIGINT) AS due FROM reviews WHERE org_id = $1 AND member_id = $2 AND state = 'assigned';
