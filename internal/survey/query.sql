-- name: Standing :one
SELECT i.application_id, i.stage_id, i.opening_id, a.state,
	(SELECT COUNT(*) FROM feedbacks f WHERE f.org_id = i.org_id AND f.application_id = i.application_id AND f.released_at > 0) AS replies
FROM invitations i JOIN attempts a ON a.org_id = i.org_id AND a.invitation_id = i.id
WHERE i.org_id = $1 AND i.id = $2 AND a.candidate_id = $3;

-- name: Survey :one
SELECT state, occasion FROM surveys WHERE org_id = $1 AND application_id = $2 AND stage_id = $3;

-- name: Put :execrows
INSERT INTO surveys (org_id, application_id, stage_id, state, occasion) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, application_id, stage_id) DO UPDATE SET state = excluded.state, occasion = excluded.occasion WHERE surveys.state <> 'answered';

-- name: Next :one
INSERT INTO survey_counts (org_id, stage_id, wording, opening_id, n) VALUES ($1, $2, $3, $4, 1)
ON CONFLICT (org_id, stage_id, wording) DO UPDATE SET n = survey_counts.n + 1 RETURNING n;

-- name: AddAnswer :exec
INSERT INTO survey_answers (org_id, stage_id, wording, n, question, answer) VALUES ($1, $2, $3, $4, $5, $6);

-- name: Counts :many
SELECT stage_id, wording, n FROM survey_counts WHERE org_id = $1 AND opening_id = $2;

-- name: Tally :many
SELECT a.stage_id, a.wording, a.question, a.answer, COUNT(*) AS n FROM survey_counts c
JOIN survey_answers a ON a.org_id = c.org_id AND a.stage_id = c.stage_id AND a.wording = c.wording AND a.n <= c.n / CAST(sqlc.arg(step) AS BIGINT) * CAST(sqlc.arg(step) AS BIGINT)
WHERE c.org_id = sqlc.arg(org_id) AND c.opening_id = sqlc.arg(opening_id)
GROUP BY a.stage_id, a.wording, a.question, a.answer;

-- name: Drop :execrows
DELETE FROM surveys WHERE org_id = $1 AND application_id = $2;
