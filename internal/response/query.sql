-- name: Ensure :execrows
INSERT INTO responses (org_id, id, owner, item, n, current, client, seq, updated_at) VALUES ($1, $2, $3, $4, 0, '', '', 0, 0) ON CONFLICT (org_id, owner, item) DO NOTHING;

-- One row while the version is not here yet: whoever numbers it holds the answer until the commit, so that numbers have no gaps and no twins. What
-- counts is the present answer from now on, unless it was overtaken on its way by a newer version of the same writer.
-- name: Number :one
UPDATE responses SET n = responses.n + 1,
	current = CASE WHEN CAST(sqlc.arg(counts) AS BOOLEAN) AND NOT (responses.client = sqlc.arg(turn_client) AND responses.seq > sqlc.arg(turn_seq)) THEN sqlc.arg(revision) ELSE responses.current END,
	client = CASE WHEN CAST(sqlc.arg(counts) AS BOOLEAN) AND NOT (responses.client = sqlc.arg(turn_client) AND responses.seq > sqlc.arg(turn_seq)) THEN sqlc.arg(turn_client) ELSE responses.client END,
	seq = CASE WHEN CAST(sqlc.arg(counts) AS BOOLEAN) AND NOT (responses.client = sqlc.arg(turn_client) AND responses.seq > sqlc.arg(turn_seq)) THEN sqlc.arg(turn_seq) ELSE responses.seq END,
	updated_at = CASE WHEN CAST(sqlc.arg(counts) AS BOOLEAN) AND NOT (responses.client = sqlc.arg(turn_client) AND responses.seq > sqlc.arg(turn_seq)) THEN sqlc.arg(at) ELSE responses.updated_at END
WHERE responses.org_id = sqlc.arg(org_id) AND responses.owner = sqlc.arg(owner) AND responses.item = sqlc.arg(item) AND NOT EXISTS (SELECT 1 FROM revisions v
	WHERE v.org_id = responses.org_id AND v.owner = responses.owner AND v.item = responses.item AND v.client = sqlc.arg(writer) AND v.seq = sqlc.arg(writer_seq))
RETURNING responses.n;

-- name: AddRevision :execrows
INSERT INTO revisions (org_id, id, owner, item, n, client, seq, epoch, standing, sha256, size, body, base, keyframe, received_at, typed_at, heard_at, device)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) ON CONFLICT (org_id, owner, item, client, seq) DO NOTHING;

-- name: There :one
SELECT id, n, standing, sha256 FROM revisions WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND client = sqlc.arg(client) AND seq = sqlc.arg(seq);

-- name: Base :one
SELECT n, sha256, base, keyframe FROM revisions WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND client = sqlc.arg(client) AND seq = sqlc.arg(seq);

-- name: BodyN :one
SELECT body FROM revisions WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND n = sqlc.arg(n);

-- name: Chain :many
SELECT n, base, body FROM revisions WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item)
	AND n >= sqlc.arg(keyframe) AND n <= sqlc.arg(n) AND (n = sqlc.arg(keyframe) OR keyframe = sqlc.arg(keyframe)) ORDER BY n;

-- The row stays in its chain, where those that stand on it find it.
-- name: Fix :execrows
UPDATE revisions SET body = sqlc.arg(body), base = 0 WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id);

-- name: Current :many
SELECT r.item, r.client, r.seq, v.id, v.n, v.sha256, v.size, v.body, v.base, v.keyframe, v.received_at FROM responses r
JOIN revisions v ON v.org_id = r.org_id AND v.id = r.current WHERE r.org_id = $1 AND r.owner = $2;

-- name: CurrentOf :one
SELECT v.n, v.sha256, v.body, v.base, v.keyframe FROM responses r JOIN revisions v ON v.org_id = r.org_id AND v.id = r.current WHERE r.org_id = $1 AND r.owner = $2 AND r.item = $3;

-- name: Revision :one
SELECT id, owner, item, n, standing, sha256, size, body, base, keyframe, received_at, typed_at, heard_at, device, settled FROM revisions WHERE org_id = $1 AND id = $2;

-- name: History :many
SELECT id, n, standing, size, received_at, typed_at, heard_at, device, settled FROM revisions
WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND n < sqlc.arg(before) ORDER BY n DESC LIMIT sqlc.arg(most);

-- name: RevisionN :one
SELECT id, owner, item, n, standing, sha256, size, body, base, keyframe, received_at, typed_at, heard_at, device, settled FROM revisions WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND n = sqlc.arg(n);

-- name: Stray :many
SELECT id, item, n, standing, sha256, size, received_at, typed_at, heard_at, device, settled FROM revisions WHERE org_id = $1 AND owner = $2 AND standing <> 'on_time' ORDER BY n DESC LIMIT 1000;

-- name: Settle :execrows
UPDATE revisions SET settled = TRUE WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND standing = 'branch' AND n <= sqlc.arg(n);

-- name: Written :many
SELECT id, item, n, client, seq, standing, sha256, size, received_at FROM revisions WHERE org_id = $1 AND owner = $2 ORDER BY item, n;

-- name: EraseRevisions :execrows
DELETE FROM revisions WHERE org_id = $1 AND owner = $2;

-- name: EraseResponses :execrows
DELETE FROM responses WHERE org_id = $1 AND owner = $2;

-- name: CountRevisions :one
SELECT COUNT(*) FROM revisions WHERE org_id = $1 AND owner = $2;

-- Ids tell when they were made, so that the oldest come first and this stops early.
-- name: Timed :many
SELECT id, owner, item FROM revisions WHERE org_id = sqlc.arg(org_id) AND received_at > 0 AND received_at < sqlc.arg(before) ORDER BY id LIMIT 500;

-- name: CountTimed :one
SELECT COUNT(*) AS n, CAST(COALESCE(MIN(received_at), 0) AS BIGINT) AS oldest FROM revisions WHERE org_id = $1 AND received_at > 0 AND received_at < $2;

-- name: Untime :execrows
UPDATE revisions SET id = sqlc.arg(timeless), received_at = 0, typed_at = 0, heard_at = 0, device = '' WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id);

-- name: UntimeCurrent :execrows
UPDATE responses SET current = sqlc.arg(timeless), updated_at = 0 WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND current = sqlc.arg(id);

-- name: Walk :many
SELECT n, client, standing, sha256, body, base, keyframe, received_at FROM revisions
WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND n > sqlc.arg(after) ORDER BY n LIMIT 200;
