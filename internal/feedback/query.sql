-- name: Draft :one
SELECT outcome, reason, body, criteria, updated_at, next_by, next_note FROM feedback_drafts WHERE org_id = $1 AND application_id = $2 AND stage_id = $3;

-- name: SaveDraft :exec
INSERT INTO feedback_drafts (org_id, application_id, stage_id, outcome, reason, body, criteria, updated_at, next_by, next_note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (org_id, application_id, stage_id) DO UPDATE SET outcome = excluded.outcome, reason = excluded.reason, body = excluded.body, criteria = excluded.criteria, updated_at = excluded.updated_at, next_by = excluded.next_by, next_note = excluded.next_note;

-- name: DropDraft :execrows
DELETE FROM feedback_drafts WHERE org_id = $1 AND application_id = $2 AND stage_id = $3;

-- name: Add :exec
INSERT INTO feedbacks (org_id, id, decision_id, application_id, outcome, final, body, criteria, created_at, release_at, released_at, next_by, next_note)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, $12);

-- name: Release :execrows
UPDATE feedbacks SET released_at = $3 WHERE org_id = $1 AND id = $2 AND released_at = 0;

-- name: Feedback :one
SELECT id, decision_id, application_id, outcome, final, body, criteria, created_at, release_at, released_at, next_by, next_note FROM feedbacks WHERE org_id = $1 AND id = $2;

-- name: OfDecision :one
SELECT id, decision_id, application_id, outcome, final, body, criteria, created_at, release_at, released_at, next_by, next_note FROM feedbacks WHERE org_id = $1 AND decision_id = $2;

-- name: Released :many
SELECT id, decision_id, application_id, outcome, final, body, criteria, created_at, release_at, released_at, next_by, next_note FROM feedbacks
WHERE org_id = $1 AND application_id = $2 AND released_at > 0 ORDER BY released_at DESC, id DESC LIMIT 20;

-- name: EraseDrafts :execrows
DELETE FROM feedback_drafts WHERE org_id = $1 AND application_id = $2;

-- name: EraseFeedbacks :execrows
UPDATE feedbacks SET body = '', criteria = '[]', next_note = '' WHERE org_id = $1 AND application_id = $2;

-- name: CountFeedbacks :one
SELECT COUNT(*) FROM feedbacks WHERE org_id = $1 AND application_id = $2;

-- name: DropFeedbacks :execrows
DELETE FROM feedbacks WHERE org_id = $1 AND application_id = $2;
