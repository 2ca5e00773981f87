-- name: Add :exec
INSERT INTO runs (org_id, id, owner, version, item, purpose, state, body, input, result, created_at, started_at, finished_at)
VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, '', $9, 0, 0);

-- name: Enqueue :exec
INSERT INTO run_queue (run_id, org_id, graded, queued_at, taken_by, lease_until, takes) VALUES ($1, $2, $3, $4, '', 0, 0);

-- name: Due :one
SELECT queued_at FROM run_queue WHERE run_id = $1 AND org_id = $2;

-- name: Spent :many
SELECT spent, finished_at FROM runs WHERE org_id = $1 AND owner = $2 AND purpose = 'try' AND finished_at > sqlc.arg(since) AND spent > 0 ORDER BY finished_at, id;

-- name: Replace :execrows
UPDATE runs SET state = 'replaced', finished_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND purpose = 'try' AND state = 'queued';

-- name: Unqueue :execrows
DELETE FROM run_queue WHERE run_queue.org_id = sqlc.arg(org_id) AND taken_by = '' AND run_id IN
	(SELECT id FROM runs WHERE runs.org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND state = 'replaced');

-- name: Next :one
SELECT q.run_id, q.org_id, q.takes FROM run_queue q
LEFT JOIN run_turns t ON t.tenant = q.org_id
WHERE (q.taken_by = '' OR q.lease_until < sqlc.arg(now)) AND q.queued_at <= sqlc.arg(now)
ORDER BY CASE WHEN q.queued_at < sqlc.arg(aged) THEN 0 ELSE q.graded END,
	(SELECT COUNT(*) FROM run_queue o WHERE o.org_id = q.org_id AND o.taken_by <> '' AND o.lease_until >= sqlc.arg(now)),
	COALESCE(t.served_at, 0), q.queued_at, q.run_id
LIMIT 1;

-- name: Take :execrows
UPDATE run_queue SET taken_by = sqlc.arg(taker), lease_until = sqlc.arg(lease), takes = takes + 1
WHERE run_id = sqlc.arg(run_id) AND takes = sqlc.arg(takes) AND (taken_by = '' OR lease_until < sqlc.arg(now));

-- name: Served :exec
INSERT INTO run_turns (tenant, served_at) VALUES ($1, $2) ON CONFLICT (tenant) DO UPDATE SET served_at = excluded.served_at;

-- name: Renew :execrows
UPDATE run_queue SET lease_until = sqlc.arg(lease) WHERE run_id = sqlc.arg(run_id) AND taken_by = sqlc.arg(taker);

-- name: GiveBack :execrows
UPDATE run_queue SET taken_by = '', lease_until = 0 WHERE run_id = sqlc.arg(run_id) AND taken_by = sqlc.arg(taker);

-- name: GiveBackAll :execrows
UPDATE run_queue SET taken_by = '', lease_until = 0 WHERE taken_by <> '';

-- name: Leave :execrows
DELETE FROM run_queue WHERE run_id = sqlc.arg(run_id) AND taken_by = sqlc.arg(taker);

-- name: Waiting :one
SELECT COUNT(*) FROM run_queue WHERE (taken_by = '' OR lease_until < sqlc.arg(now)) AND queued_at <= sqlc.arg(now);

-- name: Ahead :one
SELECT COUNT(*) FROM run_queue q, run_queue mine
WHERE mine.run_id = sqlc.arg(run_id) AND mine.org_id = sqlc.arg(org_id) AND q.run_id <> mine.run_id AND q.taken_by = '' AND q.queued_at <= sqlc.arg(now)
AND (q.graded < mine.graded OR q.graded = mine.graded AND q.queued_at < mine.queued_at);

-- name: Running :execrows
UPDATE runs SET state = 'running', started_at = sqlc.arg(now) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state IN ('queued', 'running');

-- name: Progress :execrows
UPDATE runs SET result = sqlc.arg(so_far) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'running';

-- name: Finish :execrows
UPDATE runs SET state = sqlc.arg(state), result = sqlc.arg(outcome), spent = sqlc.arg(spent), finished_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state IN ('queued', 'running');

-- name: Run :one
SELECT id, owner, version, item, purpose, state, body, input, result, created_at, started_at, finished_at FROM runs WHERE org_id = $1 AND id = $2;

-- name: Of :many
SELECT id, owner, version, item, purpose, state, body, input, result, created_at, started_at, finished_at FROM runs
WHERE org_id = $1 AND owner = $2 AND item = $3 AND purpose = 'try' AND state <> 'replaced' ORDER BY created_at DESC, id DESC LIMIT $4;

-- name: CountTries :one
SELECT COUNT(*) FROM runs WHERE org_id = $1 AND owner = $2 AND item = $3 AND purpose = 'try' AND state <> 'replaced';

-- name: Ids :one
SELECT ids FROM run_references WHERE org_id = $1 AND version = $2 AND item = $3 AND language = $4;

-- name: PutIds :exec
INSERT INTO run_references (org_id, version, item, language, ids) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, version, item, language) DO UPDATE SET ids = excluded.ids;

-- name: CountOf :one
SELECT COUNT(*) FROM runs WHERE org_id = $1 AND owner = $2;

-- name: EraseQueue :execrows
DELETE FROM run_queue WHERE run_queue.org_id = sqlc.arg(org_id) AND run_id IN (SELECT id FROM runs WHERE runs.org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner));

-- name: Erase :execrows
DELETE FROM runs WHERE org_id = $1 AND owner = $2;

-- name: DropAgain :execrows
DELETE FROM runs WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND purpose = 'again';

-- name: Again :one
SELECT id, owner, version, item, purpose, state, body, input, result, created_at, started_at, finished_at FROM runs
WHERE org_id = $1 AND owner = $2 AND item = $3 AND purpose = 'again' ORDER BY created_at DESC, id DESC LIMIT 1;
