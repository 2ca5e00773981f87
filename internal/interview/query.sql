-- name: AddPlan :exec
INSERT INTO interview_plans (org_id, id, version_id, member_id, rounds, answer_days, ask_days, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: Plan :one
SELECT id, version_id, member_id, rounds, answer_days, ask_days FROM interview_plans WHERE org_id = $1 AND id = $2;

-- name: Plans :many
SELECT id, version_id, member_id, rounds, answer_days, ask_days FROM interview_plans WHERE org_id = $1 ORDER BY created_at DESC, id DESC LIMIT 100;

-- name: Add :execrows
INSERT INTO interviews (org_id, id, code, attempt_id, application_id, opening_id, member_id, rounds, answer_days, ask_days, item, anchor, state, turn, since, due_at, opened_at, opened_by, closed_at, closed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0, $14, $15, $14, $16, 0, '') ON CONFLICT DO NOTHING;

-- name: OfAttempt :one
SELECT id, code, attempt_id, application_id, opening_id, member_id, rounds, answer_days, ask_days, item, anchor, state, turn, since, due_at, opened_at, closed_at, closed_by
FROM interviews WHERE org_id = $1 AND attempt_id = $2;

-- name: ByCode :one
SELECT id, code, attempt_id, application_id, opening_id, member_id, rounds, answer_days, ask_days, item, anchor, state, turn, since, due_at, opened_at, closed_at, closed_by
FROM interviews WHERE org_id = $1 AND code = $2;

-- name: ByID :one
SELECT id, code, attempt_id, application_id, opening_id, member_id, rounds, answer_days, ask_days, item, anchor, state, turn, since, due_at, opened_at, closed_at, closed_by
FROM interviews WHERE org_id = $1 AND id = $2;

-- name: OfApplication :many
SELECT id, code, attempt_id, application_id, opening_id, member_id, rounds, answer_days, ask_days, item, anchor, state, turn, since, due_at, opened_at, closed_at, closed_by
FROM interviews WHERE org_id = $1 AND application_id = $2 ORDER BY opened_at DESC, id DESC LIMIT 50;

-- name: Open :many
SELECT id, code, attempt_id, application_id, opening_id, member_id, rounds, answer_days, ask_days, item, anchor, state, turn, since, due_at, opened_at, closed_at, closed_by
FROM interviews WHERE org_id = $1 AND state <> 'closed' AND id > $2 ORDER BY id LIMIT 200;

-- name: Begin :execrows
UPDATE interviews SET state = 'ours', since = sqlc.arg(now), due_at = sqlc.arg(due) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'waits';

-- name: Ask :execrows
UPDATE interviews SET state = 'theirs', turn = turn + 1, since = sqlc.arg(now), due_at = sqlc.arg(due)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'ours' AND turn = sqlc.arg(turn) AND turn < rounds AND member_id = sqlc.arg(member_id);

-- name: Answered :execrows
UPDATE interviews SET state = 'ours', since = sqlc.arg(now), due_at = sqlc.arg(due) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'theirs' AND turn = sqlc.arg(turn) AND turn < rounds;

-- name: Close :execrows
UPDATE interviews SET state = 'closed', closed_by = sqlc.arg(closed_by), closed_at = sqlc.arg(now), since = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = sqlc.arg(was) AND turn = sqlc.arg(turn);

-- name: Replace :execrows
UPDATE interviews SET member_id = sqlc.arg(member_id), due_at = sqlc.arg(due) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state <> 'closed' AND member_id = sqlc.arg(was) AND due_at = sqlc.arg(was_due);

-- name: Hold :execrows
UPDATE interviews SET since = since WHERE org_id = $1 AND id = $2;

-- name: AddTurn :exec
INSERT INTO interview_turns (org_id, interview_id, n, member_id, kind, text, item, anchor, file, line, code, recording, asked_at, label) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: Turns :many
SELECT n, member_id, kind, text, item, anchor, file, line, code, recording, asked_at, label FROM interview_turns WHERE org_id = $1 AND interview_id = $2 ORDER BY n;

-- name: TurnsOf :many
SELECT t.n, t.member_id, t.kind, t.text, t.item, t.anchor, t.file, t.line, t.code, t.recording, t.asked_at, t.label FROM interview_turns t JOIN interviews v ON v.org_id = t.org_id AND v.id = t.interview_id
WHERE t.org_id = $1 AND v.attempt_id = $2 ORDER BY t.n;

-- name: AddHandover :exec
INSERT INTO interview_handovers (org_id, id, interview_id, turn, was_id, member_id, late, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: Handovers :many
SELECT turn, was_id, member_id, late, at FROM interview_handovers WHERE org_id = $1 AND interview_id = $2 ORDER BY at, id;

-- name: SaveDraft :exec
INSERT INTO interview_drafts (org_id, interview_id, member_id, turn, body, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (org_id, interview_id, member_id) DO UPDATE SET turn = excluded.turn, body = excluded.body, at = excluded.at;

-- name: Draft :one
SELECT body, at FROM interview_drafts WHERE org_id = $1 AND interview_id = $2 AND member_id = $3 AND turn = $4;

-- name: DropDraft :execrows
DELETE FROM interview_drafts WHERE org_id = $1 AND interview_id = $2 AND member_id = $3;

-- name: Count :one
SELECT COUNT(*) FROM interview_turns t JOIN interviews v ON v.org_id = t.org_id AND v.id = t.interview_id WHERE t.org_id = $1 AND v.attempt_id = $2;

-- name: EraseTurns :execrows
DELETE FROM interview_turns WHERE interview_turns.org_id = $1 AND interview_id IN (SELECT v.id FROM interviews v WHERE v.org_id = $1 AND v.attempt_id = $2);

-- name: EraseDrafts :execrows
DELETE FROM interview_drafts WHERE interview_drafts.org_id = $1 AND interview_id IN (SELECT v.id FROM interviews v WHERE v.org_id = $1 AND v.attempt_id = $2);

-- name: DropHandovers :execrows
DELETE FROM interview_handovers WHERE interview_handovers.org_id = $1 AND interview_id IN (SELECT v.id FROM interviews v WHERE v.org_id = $1 AND v.attempt_id = $2);

-- name: DropInterview :execrows
DELETE FROM interviews WHERE org_id = $1 AND attempt_id = $2;

-- One that waits for work that was not begun goes with it.
-- name: Undo :execrows
DELETE FROM interviews WHERE interviews.org_id = $1 AND state = 'waits' AND attempt_id IN (SELECT a.id FROM attempts a WHERE a.org_id = $1 AND a.invitation_id = $2);
