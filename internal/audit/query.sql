-- name: Head :one
SELECT n, hash FROM audit_heads WHERE org_id = $1 AND id = 'head';

-- name: FirstHead :execrows
INSERT INTO audit_heads (org_id, id, n, hash) VALUES ($1, 'head', 0, '') ON CONFLICT DO NOTHING;

-- name: HoldHead :execrows
UPDATE audit_heads SET n = n WHERE org_id = $1 AND id = 'head';

-- name: MoveHead :execrows
UPDATE audit_heads SET n = $2, hash = $3 WHERE org_id = $1 AND id = 'head';

-- name: AddAct :exec
INSERT INTO audit_acts (org_id, id, at, actor_kind, actor_id, verb, subject, facts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: Acts :many
SELECT id, at, actor_kind, actor_id, verb, subject, facts FROM audit_acts WHERE org_id = $1 ORDER BY id LIMIT $2;

-- name: ActsOf :many
SELECT id, at, actor_kind, actor_id, verb, subject, facts FROM audit_acts WHERE org_id = $1 AND (subject = $2 OR CAST($2 AS TEXT) = '') ORDER BY id DESC LIMIT $3;

-- name: DropAct :execrows
DELETE FROM audit_acts WHERE org_id = $1 AND id = $2;

-- name: Waits :one
SELECT EXISTS (SELECT 1 FROM audit_acts WHERE org_id = $1);

-- name: AddLine :exec
INSERT INTO audit_lines (org_id, id, n, at, actor_kind, actor_id, verb, subject, facts, previous, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: Before :many
SELECT id, n, at, actor_kind, actor_id, verb, subject, facts, previous, hash FROM audit_lines
WHERE org_id = $1 AND n < $2 ORDER BY n DESC LIMIT $3;

-- name: After :many
SELECT id, n, at, actor_kind, actor_id, verb, subject, facts, previous, hash FROM audit_lines
WHERE org_id = $1 AND n > $2 ORDER BY n LIMIT $3;

-- name: OfSubject :many
SELECT id, n, at, actor_kind, actor_id, verb, subject, facts, previous, hash FROM audit_lines
WHERE org_id = $1 AND subject = $2 ORDER BY n DESC LIMIT $3;

-- name: AddReason :exec
INSERT INTO reasons (org_id, id, body, subject, created_at) VALUES ($1, $2, $3, $4, $5);

-- name: Reason :one
SELECT body FROM reasons WHERE org_id = $1 AND id = $2;

-- name: EraseReasons :execrows
DELETE FROM reasons WHERE org_id = $1 AND subject = $2;

-- name: CountReasons :one
SELECT COUNT(*) FROM reasons WHERE org_id = $1 AND subject = $2;

-- name: FirstAnchor :execrows
INSERT INTO audit_anchors (org_id, id, n, hash) VALUES ($1, 'anchor', 0, '') ON CONFLICT DO NOTHING;

-- name: HoldAnchor :execrows
UPDATE audit_anchors SET n = n WHERE org_id = $1 AND id = 'anchor';

-- name: Anchor :one
SELECT n, hash FROM audit_anchors WHERE org_id = $1 AND id = 'anchor';

-- name: MoveAnchor :execrows
UPDATE audit_anchors SET n = $2, hash = $3 WHERE org_id = $1 AND id = 'anchor';

-- name: FirstSince :one
SELECT CAST(COALESCE(MIN(n), 0) AS BIGINT) FROM audit_lines WHERE org_id = $1 AND at >= $2;

-- name: HashOf :one
SELECT hash FROM audit_lines WHERE org_id = $1 AND n = $2;

-- name: Cut :execrows
DELETE FROM audit_lines WHERE org_id = $1 AND n <= $2;

-- name: Older :one
SELECT COUNT(*) AS n, CAST(COALESCE(MIN(at), 0) AS BIGINT) AS oldest FROM audit_lines WHERE org_id = $1 AND at < $2;
