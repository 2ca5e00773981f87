-- name: Owe :exec
INSERT INTO promises (org_id, id, kind, application_id, subject, days, made_at, due_at, reminded_at, kept_at, broken_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, 0);

-- name: Keep :execrows
UPDATE promises SET kept_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND kind = sqlc.arg(kind) AND application_id = sqlc.arg(application_id) AND kept_at = 0;

-- name: KeepOne :execrows
UPDATE promises SET kept_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND kind = sqlc.arg(kind) AND application_id = sqlc.arg(application_id)
	AND subject = sqlc.arg(subject) AND kept_at = 0;

-- name: MarkReminded :execrows
UPDATE promises SET reminded_at = $3 WHERE org_id = $1 AND id = $2 AND kept_at = 0 AND reminded_at = 0;

-- name: Nearing :many
SELECT id, kind, application_id, subject, due_at FROM promises WHERE org_id = $1 AND kept_at = 0 AND due_at < $2 AND reminded_at = 0 ORDER BY due_at LIMIT 500;

-- name: ByID :one
SELECT id, kind, subject, days, made_at, due_at, kept_at, broken_at, waits_until, application_id FROM promises WHERE org_id = $1 AND id = $2;

-- name: MarkBroken :execrows
UPDATE promises SET broken_at = $3 WHERE org_id = $1 AND id = $2 AND kept_at = 0 AND broken_at = 0 AND due_at < $3;

-- name: Of :many
SELECT id, kind, subject, days, made_at, due_at, kept_at, broken_at, waits_until FROM promises WHERE org_id = $1 AND application_id = $2 ORDER BY made_at DESC, id DESC LIMIT 60;

-- name: Overdue :many
SELECT id, kind, application_id, subject, due_at FROM promises WHERE org_id = $1 AND kept_at = 0 AND due_at < $2 AND broken_at = 0 ORDER BY due_at LIMIT 500;

-- name: Open :one
SELECT COUNT(*) FROM promises WHERE org_id = sqlc.arg(org_id) AND kind = sqlc.arg(kind) AND application_id = sqlc.arg(application_id) AND subject = sqlc.arg(subject) AND kept_at = 0;

-- name: Drop :execrows
DELETE FROM promises WHERE org_id = $1 AND application_id = $2;

-- name: Waiting :one
SELECT id, due_at, waits_from, waits_until, unwaited_due FROM promises WHERE org_id = $1 AND kind = $2 AND application_id = $3 AND kept_at = 0;

-- name: HoldOpen :execrows
UPDATE promises SET kept_at = kept_at WHERE org_id = $1 AND kind = $2 AND application_id = $3 AND kept_at = 0;

-- name: SetWait :execrows
UPDATE promises SET waits_from = sqlc.arg(waits_from), waits_until = sqlc.arg(waits_until), unwaited_due = sqlc.arg(unwaited_due), due_at = sqlc.arg(due_at)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND kept_at = 0;
