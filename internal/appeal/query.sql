-- name: Ask :execrows
INSERT INTO appeals (org_id, id, application_id, opening_id, attempt_id, decision_id, state, reason, asked_at, due_at, outcome, why, answer, saved_at, alone, by_member, reason_id, decided_at, tell_at, told_at)
VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, '', '', '', 0, FALSE, '', '', 0, 0, 0) ON CONFLICT DO NOTHING;

-- name: Appeal :one
SELECT id, application_id, opening_id, attempt_id, decision_id, state, reason, asked_at, due_at, outcome, why, answer, saved_at, alone, by_member, reason_id, decided_at, tell_at, told_at FROM appeals WHERE org_id = $1 AND id = $2;

-- name: OfApplication :many
SELECT id, application_id, opening_id, attempt_id, decision_id, state, reason, asked_at, due_at, outcome, why, answer, saved_at, alone, by_member, reason_id, decided_at, tell_at, told_at FROM appeals
WHERE org_id = $1 AND application_id = $2 ORDER BY asked_at DESC, id DESC LIMIT 20;

-- name: Withdraw :execrows
UPDATE appeals SET state = 'withdrawn', why = '', answer = '', decided_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'open';

-- name: Save :execrows
UPDATE appeals SET outcome = sqlc.arg(outcome), why = sqlc.arg(why), answer = sqlc.arg(answer), saved_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'open';

-- name: Answer :execrows
UPDATE appeals SET state = sqlc.arg(state), why = '', answer = sqlc.arg(answer), alone = sqlc.arg(alone), by_member = sqlc.arg(by_member), reason_id = sqlc.arg(reason_id), decided_at = sqlc.arg(at), tell_at = sqlc.arg(tell_at)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'open';

-- name: Tell :execrows
UPDATE appeals SET told_at = $3 WHERE org_id = $1 AND id = $2 AND told_at = 0 AND state IN ('upheld', 'changed');

-- name: Open :many
SELECT id FROM appeals WHERE org_id = $1 AND state = 'open' ORDER BY due_at, id LIMIT 500;

-- name: Waiting :many
SELECT p.id, p.application_id, p.attempt_id, p.due_at, n.code, c.name, o.title AS opening_title, COALESCE(x.state, '') AS look
FROM appeals p
JOIN review_rounds n ON n.org_id = p.org_id AND n.attempt_id = p.attempt_id
JOIN applications a ON a.org_id = p.org_id AND a.id = p.application_id
JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
JOIN openings o ON o.org_id = p.org_id AND o.id = p.opening_id
LEFT JOIN second_looks x ON x.org_id = p.org_id AND x.attempt_id = p.attempt_id AND x.state <> 'back'
WHERE p.org_id = $1 AND p.state = 'open' AND EXISTS (SELECT 1 FROM opening_members m WHERE m.org_id = p.org_id AND m.opening_id = p.opening_id AND m.member_id = $2 AND m.role IN ('manager', 'recruiter'))
ORDER BY p.due_at, p.id LIMIT 50;

-- name: Erase :execrows
UPDATE appeals SET reason = '', why = '', answer = '', state = CASE WHEN state = 'open' THEN 'withdrawn' ELSE state END WHERE org_id = $1 AND application_id = $2;

-- name: Count :one
SELECT COUNT(*) FROM appeals WHERE org_id = $1 AND application_id = $2;

-- name: Drop :execrows
DELETE FROM appeals WHERE org_id = $1 AND application_id = $2;
