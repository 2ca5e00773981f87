-- name: AddAssessment :exec
INSERT INTO assessments (org_id, id, title, latest, created_at, created_by, archived_at) VALUES ($1, $2, $3, 0, $4, $5, 0);

-- name: NextNumber :execrows
UPDATE assessments SET latest = latest + 1, title = $3 WHERE org_id = $1 AND id = $2 AND archived_at = 0;

-- name: Assessment :one
SELECT id, title, latest, created_at, archived_at FROM assessments WHERE org_id = $1 AND id = $2;

-- name: Archive :execrows
UPDATE assessments SET archived_at = $3 WHERE org_id = $1 AND id = $2;

-- name: Assessments :many
SELECT a.id, a.title, a.latest, a.created_at, a.archived_at,
	(SELECT COUNT(*) FROM versions v WHERE v.org_id = a.org_id AND v.assessment_id = a.id AND v.state = 'published') AS published
FROM assessments a WHERE a.org_id = $1 AND a.archived_at = 0 ORDER BY a.title, a.id LIMIT 500;

-- name: AddVersion :exec
INSERT INTO versions (org_id, id, assessment_id, number, title, minutes, tree_hash, state, created_at, created_by, published_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'draft', $8, $9, 0);

-- name: VersionOfTree :one
SELECT id FROM versions WHERE org_id = $1 AND assessment_id = $2 AND tree_hash = $3;

-- name: Version :one
SELECT id, assessment_id, number, title, minutes, tree_hash, state, created_at, created_by, published_at FROM versions WHERE org_id = $1 AND id = $2;

-- name: Versions :many
SELECT id, assessment_id, number, title, minutes, tree_hash, state, created_at, created_by, published_at FROM versions
WHERE org_id = $1 AND assessment_id = $2 ORDER BY number DESC LIMIT 500;

-- name: Published :many
SELECT id, assessment_id, number, title, minutes, tree_hash, state, created_at, created_by, published_at FROM versions
WHERE org_id = $1 AND state = 'published' ORDER BY title, number DESC LIMIT 500;

-- name: Publish :execrows
UPDATE versions SET state = 'published', published_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'draft';

-- name: AddFile :exec
INSERT INTO version_files (org_id, version_id, path, hash, size) VALUES ($1, $2, $3, $4, $5);

-- name: Files :many
SELECT path, hash, size FROM version_files WHERE org_id = $1 AND version_id = $2 ORDER BY path;

-- name: AddItem :exec
INSERT INTO version_items (org_id, version_id, item, part, kind, title, position, weight_milli) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: AskProof :execrows
INSERT INTO proofs (org_id, version_id, state, done, total, what, findings, asked_by, asked_at, seen_at)
VALUES (sqlc.arg(org_id), sqlc.arg(version_id), 'proving', 0, 0, '', '[]', sqlc.arg(asked_by), sqlc.arg(now), sqlc.arg(now))
ON CONFLICT (org_id, version_id) DO UPDATE
SET state = 'proving', done = 0, total = 0, what = '', findings = '[]', asked_by = excluded.asked_by, asked_at = excluded.asked_at, seen_at = excluded.seen_at
WHERE proofs.state <> 'proving' OR proofs.seen_at < sqlc.arg(stale);

-- name: Proof :one
SELECT state, done, total, what, findings, asked_by, asked_at, seen_at FROM proofs WHERE org_id = $1 AND version_id = $2;

-- name: ProofSeen :execrows
UPDATE proofs SET done = sqlc.arg(done), total = sqlc.arg(total), what = sqlc.arg(what), seen_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND version_id = sqlc.arg(version_id) AND state = 'proving' AND asked_at = sqlc.arg(asked_at);

-- name: EndProof :execrows
UPDATE proofs SET state = sqlc.arg(state), findings = sqlc.arg(findings), seen_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND version_id = sqlc.arg(version_id) AND state = 'proving' AND asked_at = sqlc.arg(asked_at);

-- name: BeginPilot :execrows
INSERT INTO pilots (org_id, version_id, item, member_id, work, own, state, seconds, since, body, begun_at, done_at)
VALUES (sqlc.arg(org_id), sqlc.arg(version_id), sqlc.arg(item), sqlc.arg(member_id), sqlc.arg(work), sqlc.arg(own), 'running', 0, sqlc.arg(now), '', sqlc.arg(now), 0)
ON CONFLICT (org_id, version_id, item, member_id) DO UPDATE
SET seconds = CASE WHEN pilots.state = 'done' THEN 0 ELSE pilots.seconds END, begun_at = CASE WHEN pilots.state = 'done' THEN excluded.begun_at ELSE pilots.begun_at END,
	state = 'running', since = excluded.since, done_at = 0
WHERE pilots.state <> 'running';

-- name: RestOthers :execrows
UPDATE pilots SET state = 'resting', seconds = seconds + (sqlc.arg(now) - since + 999) / 1000, since = 0
WHERE org_id = sqlc.arg(org_id) AND member_id = sqlc.arg(member_id) AND state = 'running' AND NOT (version_id = sqlc.arg(version_id) AND item = sqlc.arg(item));

-- name: RestPilot :execrows
UPDATE pilots SET state = 'resting', seconds = seconds + (sqlc.arg(now) - since + 999) / 1000, since = 0
WHERE org_id = sqlc.arg(org_id) AND version_id = sqlc.arg(version_id) AND item = sqlc.arg(item) AND member_id = sqlc.arg(member_id) AND state = 'running';

-- name: EndPilot :execrows
UPDATE pilots SET state = 'done', since = 0, done_at = sqlc.arg(now), seconds = CASE WHEN CAST(sqlc.arg(typed) AS BIGINT) > 0 THEN CAST(sqlc.arg(typed) AS BIGINT)
	WHEN since > 0 THEN seconds + (sqlc.arg(now) - since + 999) / 1000 ELSE seconds END
WHERE org_id = sqlc.arg(org_id) AND version_id = sqlc.arg(version_id) AND item = sqlc.arg(item) AND member_id = sqlc.arg(member_id) AND state <> 'done';

-- name: KeepPilot :execrows
UPDATE pilots SET body = sqlc.arg(body) WHERE org_id = sqlc.arg(org_id) AND version_id = sqlc.arg(version_id) AND item = sqlc.arg(item) AND member_id = sqlc.arg(member_id);

-- name: PilotsOf :many
SELECT item, own, state, seconds, since, body FROM pilots WHERE org_id = $1 AND version_id = $2 AND member_id = $3;

-- name: PilotTimes :many
SELECT seconds FROM pilots WHERE org_id = $1 AND work = $2 AND state = 'done' AND own = FALSE ORDER BY seconds LIMIT 500;

-- name: MadeBy :one
SELECT created_by FROM versions WHERE org_id = $1 AND id = $2;

-- name: Newest :one
SELECT id FROM versions WHERE org_id = $1 AND assessment_id = $2 AND state = 'published' ORDER BY number DESC LIMIT 1;
