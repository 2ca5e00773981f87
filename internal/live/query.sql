-- name: Tell :exec
INSERT INTO events (org_id, id, topic, subject, created) VALUES ($1, $2, $3, $4, $5);

-- name: Since :many
SELECT id, topic, subject, created FROM events WHERE org_id = $1 AND created >= $2 ORDER BY created, id LIMIT 5000;

-- name: Forget :execrows
DELETE FROM events WHERE org_id = $1 AND created < $2;
