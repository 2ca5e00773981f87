-- name: Add :execrows
INSERT INTO issuers (org_id, id, url, label, client_id, secret, domains, roles, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (org_id, url) DO NOTHING;

-- name: Hold :execrows
UPDATE issuers SET label = label WHERE org_id = $1;

-- name: One :one
SELECT id, url, label, client_id, secret, domains, roles, created_at FROM issuers WHERE org_id = $1 AND id = $2;

-- name: All :many
SELECT id, url, label, client_id, secret, domains, roles, created_at FROM issuers WHERE org_id = $1 ORDER BY created_at, id LIMIT 100;

-- name: Change :execrows
UPDATE issuers SET label = $3, client_id = $4, secret = $5, domains = $6, roles = $7 WHERE org_id = $1 AND id = $2;

-- name: Remove :execrows
DELETE FROM issuers WHERE org_id = $1 AND id = $2;

-- name: HoldOne :execrows
UPDATE issuers SET label = label WHERE org_id = $1 AND id = $2;

-- name: Link :execrows
INSERT INTO identities (org_id, issuer, subject, member_id, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: Who :one
SELECT member_id FROM identities WHERE org_id = $1 AND issuer = $2 AND subject = $3;

-- name: Linked :many
SELECT issuer, created_at FROM identities WHERE org_id = $1 AND member_id = $2 ORDER BY created_at, issuer LIMIT 100;

-- name: Unlink :execrows
DELETE FROM identities WHERE org_id = $1 AND issuer = $2 AND member_id = $3;

-- name: People :many
SELECT issuer, COUNT(*) AS n FROM identities WHERE org_id = $1 GROUP BY issuer ORDER BY issuer LIMIT 100;
