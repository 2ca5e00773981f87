-- name: Agree :exec
INSERT INTO recording_consents (org_id, id, owner, item, text, lang, given_at, withdrawn_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0);

-- name: Consent :one
SELECT id, text, lang, given_at FROM recording_consents
WHERE org_id = $1 AND owner = $2 AND item = $3 AND withdrawn_at = 0 ORDER BY given_at DESC, id DESC LIMIT 1;

-- name: HoldConsent :execrows
UPDATE recording_consents SET withdrawn_at = 0 WHERE org_id = $1 AND id = $2 AND withdrawn_at = 0;

-- name: Withdraw :execrows
UPDATE recording_consents SET withdrawn_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND withdrawn_at = 0;

-- name: Add :exec
INSERT INTO recordings (org_id, id, owner, item, consent_id, number, way, state, cut, late, length_ms, reason, started_at, stopped_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'recording', 0, $8, 0, '', $9, 0);

-- name: Of :many
SELECT id, owner, item, number, way, state, cut, late, length_ms, reason, started_at FROM recordings
WHERE org_id = $1 AND owner = $2 AND item = $3 ORDER BY number;

-- name: Move :execrows
UPDATE recordings SET state = sqlc.arg(state), cut = sqlc.arg(cut), late = sqlc.arg(late), length_ms = sqlc.arg(length_ms), reason = sqlc.arg(reason), stopped_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND id = sqlc.arg(id) AND state = sqlc.arg(was);

-- name: Count :one
SELECT COUNT(*) FROM recordings WHERE org_id = $1 AND owner = $2;

-- name: EraseRecordings :execrows
DELETE FROM recordings WHERE org_id = $1 AND owner = $2;

-- name: EraseConsents :execrows
DELETE FROM recording_consents WHERE org_id = $1 AND owner = $2;
