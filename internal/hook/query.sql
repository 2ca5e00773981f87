-- name: AddEndpoint :exec
INSERT INTO hook_endpoints (org_id, id, url, types, secret, old_secret, old_until, member_id, state, created_at) VALUES ($1, $2, $3, $4, $5, '', 0, $6, 'on', $7);

-- name: Endpoint :one
SELECT id, url, types, secret, old_secret, old_until, member_id, state, created_at FROM hook_endpoints WHERE org_id = $1 AND id = $2 AND state <> 'off';

-- name: Endpoints :many
SELECT id, url, types, secret, old_secret, old_until, member_id, state, created_at FROM hook_endpoints WHERE org_id = $1 AND state <> 'off' ORDER BY created_at, id LIMIT 100;

-- name: HoldEndpoints :execrows
UPDATE hook_endpoints SET state = state WHERE org_id = $1 AND state <> 'off';

-- name: SetState :execrows
UPDATE hook_endpoints SET state = $3 WHERE org_id = $1 AND id = $2 AND state <> 'off';

-- name: Rotate :execrows
UPDATE hook_endpoints SET old_secret = secret, old_until = sqlc.arg(until), secret = sqlc.arg(secret) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state <> 'off';

-- name: FirstHead :execrows
INSERT INTO hook_heads (org_id, n) VALUES ($1, 0) ON CONFLICT DO NOTHING;

-- name: Next :execrows
UPDATE hook_heads SET n = n + 1 WHERE org_id = $1;

-- name: Head :one
SELECT n FROM hook_heads WHERE org_id = $1;

-- name: AddEvent :execrows
INSERT INTO hook_events (org_id, n, id, cause, type, opening_id, application_id, invitation_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (org_id, cause) DO NOTHING;

-- name: Event :one
SELECT n, id, type, opening_id, application_id, invitation_id, at FROM hook_events WHERE org_id = $1 AND n = $2;

-- name: Feed :many
SELECT e.n, e.id, e.type, e.opening_id, e.application_id, e.invitation_id, e.at FROM hook_events e JOIN openings o ON o.org_id = e.org_id AND o.id = e.opening_id
WHERE e.org_id = sqlc.arg(org_id) AND e.n > sqlc.arg(after) AND (CAST(sqlc.arg(all_open) AS BOOLEAN) AND NOT o.confidential
	OR EXISTS (SELECT 1 FROM opening_members m WHERE m.org_id = o.org_id AND m.opening_id = o.id AND m.member_id = sqlc.arg(member) AND m.role IN ('manager', 'recruiter', 'observer')))
ORDER BY e.n LIMIT sqlc.arg(most);

-- name: AddDelivery :exec
INSERT INTO hook_deliveries (org_id, id, endpoint_id, event_n, state, tries, due_at, status, answer, tried_at) VALUES ($1, $2, $3, $4, 'waiting', 0, $5, 0, '', 0);

-- name: Delivery :one
SELECT d.id, d.endpoint_id, d.event_n, d.state, d.tries, d.due_at, d.status, d.answer, d.tried_at, e.type, e.at FROM hook_deliveries d
JOIN hook_events e ON e.org_id = d.org_id AND e.n = d.event_n WHERE d.org_id = $1 AND d.id = $2;

-- name: Log :many
SELECT d.id, d.endpoint_id, d.event_n, d.state, d.tries, d.due_at, d.status, d.answer, d.tried_at, e.type, e.at FROM hook_deliveries d
JOIN hook_events e ON e.org_id = d.org_id AND e.n = d.event_n
WHERE d.org_id = sqlc.arg(org_id) AND d.endpoint_id = sqlc.arg(endpoint_id) AND (NOT CAST(sqlc.arg(only_dead) AS BOOLEAN) OR d.state = 'dead') ORDER BY d.event_n DESC LIMIT 100;

-- name: Settle :execrows
UPDATE hook_deliveries SET state = sqlc.arg(state), tries = tries + 1, due_at = sqlc.arg(due_at), status = sqlc.arg(status), answer = sqlc.arg(answer), tried_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'waiting' AND tries = sqlc.arg(tries);

-- name: Replay :execrows
UPDATE hook_deliveries SET state = 'waiting', tries = 0, due_at = sqlc.arg(now) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND endpoint_id = sqlc.arg(endpoint_id) AND state = 'dead';

-- name: OlderEvents :one
SELECT COUNT(*) AS n, CAST(COALESCE(MIN(at), 0) AS BIGINT) AS oldest FROM hook_events WHERE org_id = sqlc.arg(org_id) AND at < sqlc.arg(before);

-- name: ForgetDeliveries :execrows
DELETE FROM hook_deliveries WHERE hook_deliveries.org_id = sqlc.arg(org_id) AND hook_deliveries.event_n IN (SELECT e.n FROM hook_events e WHERE e.org_id = sqlc.arg(org_id) AND e.at < sqlc.arg(before));

-- name: ForgetEvents :execrows
DELETE FROM hook_events WHERE org_id = sqlc.arg(org_id) AND at < sqlc.arg(before);
