-- name: AddAccount :execrows
INSERT INTO accounts (id, email, email_key, name, created_at, disabled_at) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT (email_key) DO NOTHING;

-- name: ByEmail :one
SELECT id, email, name, disabled_at FROM accounts WHERE email_key = $1;

-- name: ByID :one
SELECT id, email, name, disabled_at FROM accounts WHERE id = $1;

-- name: Rename :execrows
UPDATE accounts SET name = $2 WHERE id = $1;

-- name: AddLink :exec
INSERT INTO signin_links (id, hash, account_id, purpose, org_id, browser, tries, created_at, expires_at, opened_at, used_at)
VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, 0, 0);

-- name: LinkByHash :one
SELECT id, account_id, purpose, org_id, browser, expires_at, opened_at, used_at FROM signin_links WHERE hash = $1;

-- name: LinkByID :one
SELECT id, account_id, purpose, org_id, expires_at, used_at FROM signin_links WHERE id = $1;

-- name: UseLink :execrows
UPDATE signin_links SET used_at = $2 WHERE id = $1 AND used_at = 0 AND expires_at > $2;

-- name: OpenLink :execrows
UPDATE signin_links SET opened_at = $2, expires_at = $3 WHERE id = $1 AND used_at = 0 AND expires_at > $2 AND opened_at = 0;

-- name: WaitingIn :one
SELECT id, account_id, expires_at, opened_at FROM signin_links
WHERE browser = $1 AND browser <> '' AND used_at = 0 AND expires_at > $2 AND opened_at > 0 ORDER BY created_at DESC, id DESC LIMIT 1;

-- name: TryCode :execrows
UPDATE signin_links SET tries = tries + 1 WHERE id = $1 AND tries < 5 AND used_at = 0;

-- name: EndLinks :execrows
UPDATE signin_links SET used_at = $2 WHERE account_id = $1 AND used_at = 0;

-- name: AddSession :exec
INSERT INTO staff_sessions (hash, id, account_id, agent, created_at, seen_at, expires_at, revoked_at, org_id, issuer) VALUES ($1, $2, $3, $4, $5, $5, $6, 0, $7, $8);

-- name: Session :one
SELECT s.id, s.account_id, s.created_at, s.seen_at, s.expires_at, s.revoked_at, s.org_id, a.email, a.name, a.disabled_at
FROM staff_sessions s JOIN accounts a ON a.id = s.account_id WHERE s.hash = $1;

-- name: Touch :execrows
UPDATE staff_sessions SET seen_at = $2 WHERE hash = $1;

-- name: Sessions :many
SELECT id, agent, created_at, seen_at FROM staff_sessions
WHERE account_id = sqlc.arg(account_id) AND (CAST(sqlc.arg(bound) AS TEXT) = '' OR org_id = CAST(sqlc.arg(bound) AS TEXT)) AND revoked_at = 0 AND expires_at > sqlc.arg(now) AND seen_at > sqlc.arg(since)
ORDER BY seen_at DESC LIMIT 100;

-- name: Revoke :execrows
UPDATE staff_sessions SET revoked_at = sqlc.arg(now) WHERE account_id = sqlc.arg(account_id) AND id = sqlc.arg(id) AND (CAST(sqlc.arg(bound) AS TEXT) = '' OR org_id = CAST(sqlc.arg(bound) AS TEXT)) AND revoked_at = 0;

-- name: RevokeBound :execrows
UPDATE staff_sessions SET revoked_at = sqlc.arg(now) WHERE org_id = sqlc.arg(org_id) AND issuer = sqlc.arg(issuer) AND (CAST(sqlc.arg(account_id) AS TEXT) = '' OR account_id = CAST(sqlc.arg(account_id) AS TEXT)) AND revoked_at = 0;

-- name: RevokeAll :execrows
UPDATE staff_sessions SET revoked_at = $2 WHERE account_id = $1 AND revoked_at = 0;

-- name: Accounts :one
SELECT COUNT(*) FROM accounts;

-- name: ForgetSessions :execrows
DELETE FROM staff_sessions WHERE CASE WHEN revoked_at > 0 THEN revoked_at ELSE expires_at END < sqlc.arg(before);

-- name: ForgetLinks :execrows
DELETE FROM signin_links WHERE expires_at < sqlc.arg(before);
