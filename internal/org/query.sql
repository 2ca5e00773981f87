-- name: AddOrganisation :exec
INSERT INTO organisations (org_id, id, name, contact_email, zone, hue, chroma_milli, failure_minutes, factor_max, keep_months, created_at)
VALUES ($1, $1, $2, $3, $4, 266, 175, 20, 2000, 12, $5);

-- name: Organisation :one
SELECT org_id, name, contact_email, zone, hue, chroma_milli, failure_minutes, factor_max, break_max, keep_months, recording_days, ask_hours, created_at FROM organisations WHERE org_id = $1;

-- name: SetOrganisation :execrows
UPDATE organisations SET name = $2, contact_email = $3, zone = $4, hue = $5, chroma_milli = $6, failure_minutes = $7, factor_max = $8, keep_months = $9, break_max = $10, recording_days = $11, ask_hours = $12 WHERE org_id = $1;

-- name: AddMember :execrows
INSERT INTO members (org_id, id, account_id, name, email, title, team, roles, state, absent_until, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10) ON CONFLICT (org_id, account_id) DO NOTHING;

-- name: AddMembership :exec
INSERT INTO memberships (account_id, org_id) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: Memberships :many
SELECT org_id FROM memberships WHERE account_id = $1 ORDER BY org_id LIMIT 100;

-- name: Member :one
SELECT id, account_id, name, email, title, team, roles, state, absent_until, created_at, absent_from FROM members WHERE org_id = $1 AND id = $2;

-- name: MemberOf :one
SELECT id, account_id, name, email, title, team, roles, state, absent_until, created_at, absent_from FROM members WHERE org_id = $1 AND account_id = $2;

-- name: Members :many
SELECT id, account_id, name, email, title, team, roles, state, absent_until, created_at, absent_from FROM members WHERE org_id = $1 ORDER BY name, id LIMIT 1000;

-- name: SetMember :execrows
UPDATE members SET name = $3, title = $4, team = $5, roles = $6, absent_until = $7, absent_from = $8 WHERE org_id = $1 AND id = $2;

-- name: SetAway :execrows
UPDATE members SET absent_from = sqlc.arg(absent_from), absent_until = sqlc.arg(absent_until) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'active';

-- name: SetState :execrows
UPDATE members SET state = sqlc.arg(next) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = sqlc.arg(was);

-- name: HoldOwners :execrows
UPDATE organisations SET name = name WHERE org_id = $1;

-- name: Owners :one
SELECT COUNT(*) FROM members WHERE org_id = $1 AND state = 'active' AND roles LIKE '%owner%';

-- name: AllOrganisations :many
SELECT DISTINCT org_id FROM memberships ORDER BY org_id;

-- name: Week :one
SELECT week FROM organisations WHERE org_id = $1;

-- name: SetWeek :execrows
UPDATE organisations SET week = $2 WHERE org_id = $1;

-- name: Holidays :many
SELECT day, name FROM holidays WHERE org_id = $1 ORDER BY day LIMIT 1000;

-- name: DropHolidays :execrows
DELETE FROM holidays WHERE org_id = $1;

-- name: AddHoliday :exec
INSERT INTO holidays (org_id, day, name) VALUES ($1, $2, $3);
