-- name: Events :many
SELECT item, received_at AS at FROM revisions WHERE revisions.org_id = sqlc.arg(org_id) AND revisions.owner = sqlc.arg(attempt_id)
UNION ALL SELECT item, created_at FROM runs WHERE runs.org_id = sqlc.arg(org_id) AND runs.owner = sqlc.arg(attempt_id) AND purpose = 'try'
UNION ALL SELECT r.item, u.received_at FROM repositories r JOIN repository_updates u ON u.org_id = r.org_id AND u.repository_id = r.id
	WHERE r.org_id = sqlc.arg(org_id) AND r.owner = sqlc.arg(attempt_id) AND u.via IN ('push', 'page')
UNION ALL SELECT item, started_at FROM recordings WHERE recordings.org_id = sqlc.arg(org_id) AND recordings.owner = sqlc.arg(attempt_id)
UNION ALL SELECT item, stopped_at FROM recordings WHERE recordings.org_id = sqlc.arg(org_id) AND recordings.owner = sqlc.arg(attempt_id);

-- name: Sat :many
SELECT part, started_at, finished_at, ended_by FROM sittings
WHERE org_id = $1 AND attempt_id = $2 AND epoch = 1 AND started_at > 0 AND ended_by IN ('candidate', 'time');

-- name: Measured :one
SELECT version_id, submitted_at FROM attempts WHERE org_id = $1 AND id = $2 AND state = 'submitted';

-- name: AddEffort :execrows
INSERT INTO efforts (org_id, attempt_id, part, item, work, seconds, at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (org_id, attempt_id, part, item) DO NOTHING;

-- name: CountEfforts :one
SELECT COUNT(*) FROM efforts WHERE org_id = $1 AND work = $2;

-- name: Efforts :many
SELECT seconds FROM efforts WHERE org_id = sqlc.arg(org_id) AND work = sqlc.arg(work) ORDER BY at DESC, attempt_id DESC LIMIT 500 OFFSET sqlc.arg(newest);

-- name: AddDrift :execrows
INSERT INTO drifts (org_id, work, minutes, version_id, part, people, half, most, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT (org_id, work, minutes) DO NOTHING;

-- name: Drift :one
SELECT d.version_id, d.part, d.people, d.half, d.most, v.title, v.created_by, v.assessment_id FROM drifts d JOIN versions v ON v.org_id = d.org_id AND v.id = d.version_id
WHERE d.org_id = $1 AND d.work = $2 AND d.minutes = $3;

-- name: DropEfforts :execrows
DELETE FROM efforts WHERE org_id = $1 AND attempt_id = $2;

-- name: Given :many
SELECT t.id, CAST(SUM(e.seconds) AS BIGINT) AS theirs, CAST(COALESCE((SELECT SUM((r.seconds + 59) / 60) FROM reviews r
	WHERE r.org_id = t.org_id AND r.attempt_id = t.id AND r.seconds > 0), 0) AS BIGINT) AS ours
FROM applications a JOIN attempts t ON t.org_id = a.org_id AND t.application_id = a.id AND t.state <> 'voided' AND t.submitted_at > 0
JOIN efforts e ON e.org_id = t.org_id AND e.attempt_id = t.id AND e.item = ''
WHERE a.org_id = $1 AND a.opening_id = $2 GROUP BY t.org_id, t.id, t.submitted_at ORDER BY t.submitted_at, t.id;

-- name: TalkMinutes :many
SELECT minutes FROM talk_terms WHERE org_id = $1 AND opening_id = $2;
