-- name: Add :exec
INSERT INTO api_tokens (org_id, id, hash, name, scopes, member_id, created_at, expires_at, used_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0);

-- name: ByHash :one
SELECT id, name, scopes, member_id, created_at, expires_at, used_at, revoked_at FROM api_tokens WHERE org_id = $1 AND hash = $2;

-- name: All :many
SELECT id, name, scopes, member_id, created_at, expires_at, used_at, revoked_at FROM api_tokens WHERE org_id = $1 ORDER BY created_at DESC, id DESC LIMIT 200;

-- name: HoldLive :execrows
UPDATE api_tokens SET used_at = used_at WHERE org_id = $1 AND revoked_at = 0;

-- name: Live :one
SELECT COUNT(*) FROM api_tokens WHERE org_id = sqlc.arg(org_id) AND revoked_at = 0 AND expires_at > sqlc.arg(now);

-- name: Touch :execrows
UPDATE api_tokens SET used_at = $3 WHERE org_id = $1 AND id = $2;

-- name: Revoke :execrows
UPDATE api_tokens SET revoked_at = $3 WHERE org_id = $1 AND id = $2 AND revoked_at = 0;

-- name: Begin :execrows
INSERT INTO api_requests (org_id, asker, key, body_hash, made_id, created_at) VALUES ($1, $2, $3, $4, '', $5) ON CONFLICT (org_id, asker, key) DO NOTHING;

-- name: Renew :execrows
UPDATE api_requests SET body_hash = sqlc.arg(body_hash), made_id = '', created_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND asker = sqlc.arg(asker) AND key = sqlc.arg(key) AND created_at <= sqlc.arg(before);

-- name: Made :execrows
UPDATE api_requests SET made_id = sqlc.arg(made_id) WHERE org_id = sqlc.arg(org_id) AND asker = sqlc.arg(asker) AND key = sqlc.arg(key);

-- name: Request :one
SELECT body_hash, made_id FROM api_requests WHERE org_id = $1 AND asker = $2 AND key = $3;

-- name: Older :one
SELECT COUNT(*) AS n, CAST(COALESCE(MIN(created_at), 0) AS BIGINT) AS oldest FROM api_requests WHERE org_id = sqlc.arg(org_id) AND created_at < sqlc.arg(before);

-- name: Forget :execrows
DELETE FROM api_requests WHERE org_id = sqlc.arg(org_id) AND created_at < sqlc.arg(before);
