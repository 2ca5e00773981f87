-- name: SetKey :exec
INSERT INTO greenhouse_keys (org_id, id, token_id, sealed, seen_at) VALUES ($1, 'key', $2, $3, $4)
ON CONFLICT (org_id, id) DO UPDATE SET token_id = excluded.token_id, sealed = excluded.sealed, seen_at = excluded.seen_at;

-- name: Key :one
SELECT token_id, sealed, seen_at FROM greenhouse_keys WHERE org_id = $1;

-- name: AddTest :execrows
INSERT INTO greenhouse_tests (org_id, id, application_id, invitation_id, stage_id, url, profile_url, created_at, state, tries, due_at, status, answer, tried_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', 0, 0, 0, '', 0) ON CONFLICT (org_id, url) DO NOTHING;

-- name: TestByURL :one
SELECT id, application_id, invitation_id, stage_id, url, profile_url, created_at, state, tries, due_at, status, answer, tried_at FROM greenhouse_tests WHERE org_id = $1 AND url = $2;

-- name: Test :one
SELECT id, application_id, invitation_id, stage_id, url, profile_url, created_at, state, tries, due_at, status, answer, tried_at FROM greenhouse_tests WHERE org_id = $1 AND id = $2;

-- name: TestsOf :many
SELECT id FROM greenhouse_tests WHERE org_id = $1 AND application_id = $2 AND stage_id = $3 ORDER BY id LIMIT 100;

-- name: Tests :many
SELECT id, application_id, invitation_id, stage_id, url, profile_url, created_at, state, tries, due_at, status, answer, tried_at FROM greenhouse_tests WHERE org_id = $1 ORDER BY created_at DESC, id DESC LIMIT 100;

-- name: Finish :execrows
UPDATE greenhouse_tests SET state = 'waiting', tries = 0, due_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'open';

-- name: Settle :execrows
UPDATE greenhouse_tests SET state = sqlc.arg(state), tries = tries + 1, due_at = sqlc.arg(due_at), status = sqlc.arg(status), answer = sqlc.arg(answer), tried_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'waiting' AND tries = sqlc.arg(tries);

-- name: Again :execrows
UPDATE greenhouse_tests SET state = 'waiting', tries = 0, due_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'dead';

-- name: AddError :exec
INSERT INTO greenhouse_errors (org_id, id, call, words, test_id, created_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: Errors :many
SELECT id, call, words, test_id, created_at FROM greenhouse_errors WHERE org_id = $1 ORDER BY created_at DESC, id DESC LIMIT 50;

-- name: OlderErrors :one
SELECT COUNT(*) AS n, CAST(COALESCE(MIN(created_at), 0) AS BIGINT) AS oldest FROM greenhouse_errors WHERE org_id = sqlc.arg(org_id) AND created_at < sqlc.arg(before);

-- name: ForgetErrors :execrows
DELETE FROM greenhouse_errors WHERE org_id = sqlc.arg(org_id) AND created_at < sqlc.arg(before);

-- name: CountTests :one
SELECT COUNT(*) FROM greenhouse_tests WHERE org_id = $1 AND application_id = $2;

-- name: EraseTests :execrows
DELETE FROM greenhouse_tests WHERE org_id = $1 AND application_id = $2;

-- name: EraseErrors :execrows
DELETE FROM greenhouse_errors WHERE greenhouse_errors.org_id = sqlc.arg(org_id) AND greenhouse_errors.test_id <> '' AND greenhouse_errors.test_id IN (SELECT t.id FROM greenhouse_tests t WHERE t.org_id = sqlc.arg(org_id) AND t.application_id = sqlc.arg(application_id));
