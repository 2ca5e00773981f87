-- name: Add :execrows
INSERT INTO candidates (org_id, id, name, email, name_key, family_key, email_key, zone, created_at, erased_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT (org_id, email_key) DO NOTHING;

-- name: ByEmail :one
SELECT id, name, email, zone, created_at, erased_at FROM candidates WHERE org_id = $1 AND email_key = $2;

-- name: ByID :one
SELECT id, name, email, zone, created_at, erased_at FROM candidates WHERE org_id = $1 AND id = $2;

-- name: Change :execrows
UPDATE candidates SET name = $3, email = $4, name_key = $5, family_key = $6, email_key = $7, zone = $8 WHERE org_id = $1 AND id = $2 AND erased_at = 0;

-- name: Search :many
SELECT id, name, email, zone, created_at, erased_at FROM candidates
WHERE org_id = sqlc.arg(org_id) AND erased_at = 0 AND (name_key LIKE CAST(sqlc.arg(prefix) AS TEXT) ESCAPE '!' OR family_key LIKE CAST(sqlc.arg(prefix) AS TEXT) ESCAPE '!' OR email_key LIKE CAST(sqlc.arg(prefix) AS TEXT) ESCAPE '!')
	AND (name_key > sqlc.arg(after_name) OR (name_key = sqlc.arg(after_name) AND id > sqlc.arg(after_id))) ORDER BY name_key, id LIMIT sqlc.arg(most);

-- name: Erase :execrows
UPDATE candidates SET name = '', email = '', name_key = '', family_key = '', email_key = id, zone = '', erased_at = $3 WHERE org_id = $1 AND id = $2;

-- name: Adjust :exec
INSERT INTO accommodations (org_id, id, factor_permille, break_minutes, wish, wish_state, asked_at, changed_at) VALUES ($1, $2, $3, $4, '', '', 0, $5)
ON CONFLICT (org_id, id) DO UPDATE SET factor_permille = excluded.factor_permille, break_minutes = excluded.break_minutes, changed_at = excluded.changed_at;

-- name: Wish :exec
INSERT INTO accommodations (org_id, id, factor_permille, wish, wish_state, asked_at, changed_at) VALUES ($1, $2, 1000, $3, 'asked', $4, $4)
ON CONFLICT (org_id, id) DO UPDATE SET wish = excluded.wish, wish_state = 'asked', asked_at = CASE WHEN accommodations.wish_state = 'asked' THEN accommodations.asked_at ELSE excluded.asked_at END;

-- name: AnswerWish :execrows
UPDATE accommodations SET wish_state = $3, changed_at = $4 WHERE org_id = $1 AND id = $2 AND wish_state = 'asked';

-- name: Accommodation :one
SELECT factor_permille, break_minutes, wish, wish_state, asked_at, changed_at FROM accommodations WHERE org_id = $1 AND id = $2;

-- name: EraseAccommodation :execrows
DELETE FROM accommodations WHERE org_id = $1 AND id = $2;

-- name: SetZone :execrows
UPDATE candidates SET zone = $3 WHERE org_id = $1 AND id = $2 AND erased_at = 0;

-- name: Hold :execrows
UPDATE candidates SET zone = zone WHERE org_id = $1 AND id = $2 AND erased_at = 0;

-- name: HoldAddress :execrows
UPDATE candidates SET zone = zone WHERE org_id = $1 AND email_key = $2;

-- name: Drop :execrows
DELETE FROM candidates WHERE org_id = $1 AND id = $2 AND erased_at <> 0;

-- name: CountPerson :one
SELECT (SELECT COUNT(*) FROM candidates c WHERE c.org_id = $1 AND c.id = $2) AS people,
	(SELECT COUNT(*) FROM accommodations a WHERE a.org_id = $1 AND a.id = $2) AS adjustments;
