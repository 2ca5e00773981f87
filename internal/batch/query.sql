-- name: Add :exec
INSERT INTO batches (org_id, id, opening_id, state, why, charset, head, meanings, note, zone, finish_by, per_hour, next_at, created_at, created_by, touched_at)
VALUES ($1, $2, $3, 'draft', '', $4, $5, $6, '', $7, $8, $9, 0, $10, $11, $10);

-- name: One :one
SELECT id, opening_id, state, why, charset, head, meanings, note, zone, finish_by, per_hour, next_at, created_at, created_by, touched_at FROM batches WHERE org_id = $1 AND id = $2;

-- name: OfOpening :many
SELECT b.id, b.opening_id, b.state, b.why, b.charset, b.head, b.meanings, b.note, b.zone, b.finish_by, b.per_hour, b.next_at, b.created_at, b.created_by, b.touched_at,
	(SELECT COUNT(*) FROM batch_rows r WHERE r.org_id = b.org_id AND r.batch_id = b.id AND r.verdict <> 'head') AS people,
	(SELECT COUNT(*) FROM batch_rows r WHERE r.org_id = b.org_id AND r.batch_id = b.id AND r.verdict = 'invited') AS invited
FROM batches b WHERE b.org_id = sqlc.arg(org_id) AND b.opening_id = sqlc.arg(opening_id) AND (b.state <> 'draft' OR b.created_by = sqlc.arg(member)) ORDER BY b.created_at DESC, b.id DESC LIMIT 100;

-- name: Hold :execrows
UPDATE batches SET touched_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND opening_id = sqlc.arg(opening_id) AND created_by = sqlc.arg(member) AND state = 'draft';

-- name: SetMeanings :exec
UPDATE batches SET head = $3, meanings = $4 WHERE org_id = $1 AND id = $2;

-- name: SetPlan :exec
UPDATE batches SET note = $3, zone = $4, finish_by = $5, per_hour = $6, next_at = $7 WHERE org_id = $1 AND id = $2;

-- name: Run :execrows
UPDATE batches SET state = 'running', next_at = $3, touched_at = $4 WHERE org_id = $1 AND id = $2 AND state = 'draft';

-- name: Confirm :exec
UPDATE batch_rows SET cells = '', name = CASE WHEN verdict IN ('twice', 'here', 'left') THEN '' ELSE name END, email = CASE WHEN verdict IN ('twice', 'here', 'left') THEN '' ELSE email END,
	email_key = CASE WHEN verdict IN ('twice', 'here', 'left') THEN '' ELSE email_key END, zone = CASE WHEN verdict IN ('twice', 'here', 'left') THEN '' ELSE zone END,
	verdict = CASE WHEN verdict = 'earlier' THEN 'new' ELSE verdict END, application_id = CASE WHEN verdict = 'earlier' THEN '' ELSE application_id END
WHERE org_id = $1 AND batch_id = $2;

-- name: Step :execrows
UPDATE batches SET next_at = sqlc.arg(next), touched_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'running' AND next_at = sqlc.arg(was);

-- name: End :execrows
UPDATE batches SET state = sqlc.arg(state), why = sqlc.arg(why), note = '', touched_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'running';

-- name: Overdue :many
SELECT id, next_at FROM batches WHERE org_id = $1 AND state = 'running' AND next_at < $2 LIMIT 100;

-- name: All :many
SELECT position, line, cells, name, email, zone, guessed, by_hand, verdict, why, first_line, application_id, invitation_id FROM batch_rows WHERE org_id = $1 AND batch_id = $2 ORDER BY position;

-- name: Rows :many
SELECT position, line, cells, name, email, zone, guessed, by_hand, verdict, why, first_line, application_id, invitation_id FROM batch_rows
WHERE org_id = sqlc.arg(org_id) AND batch_id = sqlc.arg(batch_id) AND position > sqlc.arg(after)
	AND CASE CAST(sqlc.arg(which) AS TEXT) WHEN 'go' THEN verdict IN ('new', 'earlier') WHEN 'look' THEN verdict = 'bad' WHEN 'left' THEN verdict IN ('twice', 'here', 'left') WHEN 'invited' THEN verdict = 'invited' ELSE verdict <> 'head' END
ORDER BY position LIMIT sqlc.arg(most);

-- name: Waiting :many
SELECT position, line, cells, name, email, zone, guessed, by_hand, verdict, why, first_line, application_id, invitation_id FROM batch_rows
WHERE org_id = $1 AND batch_id = $2 AND verdict = 'new' ORDER BY position LIMIT $3;

-- name: Counts :many
SELECT verdict, COUNT(*) AS n FROM batch_rows WHERE org_id = $1 AND batch_id = $2 GROUP BY verdict;

-- name: SetRow :exec
UPDATE batch_rows SET name = $4, email = $5, email_key = $6, zone = $7, guessed = $8, by_hand = $9, verdict = $10, why = $11, first_line = $12, application_id = $13
WHERE org_id = $1 AND batch_id = $2 AND position = $3;

-- name: Invited :exec
UPDATE batch_rows SET verdict = 'invited', application_id = $4, invitation_id = $5, name = '', email = '', email_key = '', zone = '', guessed = FALSE WHERE org_id = $1 AND batch_id = $2 AND position = $3;

-- name: Refuse :exec
UPDATE batch_rows SET verdict = 'bad', why = $4 WHERE org_id = $1 AND batch_id = $2 AND position = $3;

-- name: IsHere :exec
UPDATE batch_rows SET verdict = 'here', application_id = $4, name = '', email = '', email_key = '', zone = '' WHERE org_id = $1 AND batch_id = $2 AND position = $3;

-- name: DropRows :execrows
DELETE FROM batch_rows WHERE org_id = $1 AND batch_id = $2;

-- name: Drop :execrows
DELETE FROM batches WHERE org_id = $1 AND id = $2;

-- name: CountPerson :one
SELECT COUNT(*) FROM batch_rows WHERE org_id = sqlc.arg(org_id) AND verdict <> 'invited' AND (email_key = sqlc.arg(key) OR LOWER(cells) LIKE CAST(sqlc.arg(anywhere) AS TEXT) ESCAPE '!');

-- name: ErasePerson :execrows
DELETE FROM batch_rows WHERE org_id = sqlc.arg(org_id) AND verdict <> 'invited' AND (email_key = sqlc.arg(key) OR LOWER(cells) LIKE CAST(sqlc.arg(anywhere) AS TEXT) ESCAPE '!');

-- name: DropApplication :execrows
DELETE FROM batch_rows WHERE org_id = $1 AND application_id = $2;

-- name: Older :one
SELECT COUNT(*) AS n, CAST(COALESCE(MIN(b.touched_at), 0) AS BIGINT) AS oldest FROM batches b WHERE b.org_id = $1 AND b.touched_at < $2 AND b.state <> 'running'
	AND (b.state = 'draft' OR EXISTS (SELECT 1 FROM batch_rows r WHERE r.org_id = b.org_id AND r.batch_id = b.id AND r.verdict <> 'invited'));

-- name: Spent :many
SELECT b.id FROM batches b WHERE b.org_id = $1 AND b.touched_at < $2 AND b.state <> 'running'
	AND (b.state = 'draft' OR EXISTS (SELECT 1 FROM batch_rows r WHERE r.org_id = b.org_id AND r.batch_id = b.id AND r.verdict <> 'invited')) LIMIT 20;

-- name: ForgetRows :execrows
DELETE FROM batch_rows WHERE org_id = $1 AND batch_id = $2 AND verdict <> 'invited';

-- name: DropEmpty :execrows
DELETE FROM batches WHERE batches.org_id = $1 AND batches.state <> 'running' AND NOT EXISTS (SELECT 1 FROM batch_rows r WHERE r.org_id = batches.org_id AND r.batch_id = batches.id);

-- name: First :many
SELECT position, line, cells, name, email, zone, guessed, by_hand, verdict, why, first_line, application_id, invitation_id FROM batch_rows WHERE org_id = $1 AND batch_id = $2 ORDER BY position LIMIT $3;
