-- name: Versions :many
SELECT id FROM versions WHERE org_id = $1 AND assessment_id = $2 AND state = 'published' ORDER BY number;

-- name: Handed :many
SELECT a.id, a.candidate_id, a.version_id, a.submitted_at, r.body FROM attempts a
JOIN versions v ON v.org_id = a.org_id AND v.id = a.version_id
JOIN submission_items i ON i.org_id = a.org_id AND i.attempt_id = a.id
JOIN revisions r ON r.org_id = i.org_id AND r.id = i.revision_id
WHERE a.org_id = $1 AND a.state = 'submitted' AND v.assessment_id = $2 AND i.item = $3 ORDER BY a.submitted_at DESC, a.id LIMIT $4;

-- name: AssessmentOf :one
SELECT v.assessment_id FROM attempts a JOIN versions v ON v.org_id = a.org_id AND v.id = a.version_id WHERE a.org_id = $1 AND a.id = $2 AND a.state = 'submitted';

-- name: AssessmentOfVersion :one
SELECT v.assessment_id FROM versions v WHERE v.org_id = $1 AND v.id = $2 AND EXISTS (SELECT 1 FROM attempts a WHERE a.org_id = v.org_id AND a.state = 'submitted'
	AND a.version_id IN (SELECT w.id FROM versions w WHERE w.org_id = v.org_id AND w.assessment_id = v.assessment_id));

-- name: Submitted :many
SELECT i.attempt_id FROM submission_items i JOIN attempts a ON a.org_id = i.org_id AND a.id = i.attempt_id
JOIN versions v ON v.org_id = a.org_id AND v.id = a.version_id WHERE i.org_id = $1 AND v.assessment_id = $2 AND i.item = $3 AND a.state = 'submitted';

-- name: ComparedIn :many
SELECT c.attempt_id, c.others, c.why FROM comparisons c JOIN attempts a ON a.org_id = c.org_id AND a.id = c.attempt_id
JOIN versions v ON v.org_id = a.org_id AND v.id = a.version_id WHERE c.org_id = $1 AND v.assessment_id = $2 AND c.item = $3;

-- name: LikeIn :many
SELECT l.attempt_id, l.other, l.source, l.role, l.outcome, l.score_ppm, l.expected_micro, l.share_ppm, l.of_other_ppm, l.identical, l.regions FROM likenesses l
JOIN attempts a ON a.org_id = l.org_id AND a.id = l.attempt_id
JOIN versions v ON v.org_id = a.org_id AND v.id = a.version_id WHERE l.org_id = $1 AND v.assessment_id = $2 AND l.item = $3;

-- name: PutComparison :exec
INSERT INTO comparisons (org_id, attempt_id, item, others, why, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (org_id, attempt_id, item) DO UPDATE SET others = excluded.others, why = excluded.why, at = excluded.at;

-- name: PutLikeness :exec
INSERT INTO likenesses (org_id, attempt_id, item, other, source, role, outcome, score_ppm, expected_micro, share_ppm, of_other_ppm, identical, regions)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (org_id, attempt_id, item, other, source) DO UPDATE SET role = excluded.role, outcome = excluded.outcome, score_ppm = excluded.score_ppm, expected_micro = excluded.expected_micro,
	share_ppm = excluded.share_ppm, of_other_ppm = excluded.of_other_ppm, identical = excluded.identical, regions = excluded.regions;

-- name: DropLikeness :exec
DELETE FROM likenesses WHERE org_id = $1 AND attempt_id = $2 AND item = $3 AND other = $4 AND source = $5;

-- name: DropComparison :exec
DELETE FROM comparisons WHERE org_id = $1 AND attempt_id = $2 AND item = $3;

-- name: Compared :many
SELECT item, others, why, at FROM comparisons WHERE org_id = $1 AND attempt_id = $2;

-- name: Likenesses :many
SELECT item, other, source, role, outcome, score_ppm, expected_micro, share_ppm, of_other_ppm, identical, regions FROM likenesses
WHERE org_id = $1 AND attempt_id = $2 ORDER BY expected_micro, score_ppm DESC, other, source LIMIT 200;

-- name: CountOf :one
SELECT COUNT(*) FROM comparisons WHERE org_id = $1 AND attempt_id = $2;

-- name: EraseLikenesses :execrows
DELETE FROM likenesses WHERE org_id = sqlc.arg(org_id) AND (attempt_id = sqlc.arg(attempt) OR other = sqlc.arg(attempt));

-- name: EraseComparisons :execrows
DELETE FROM comparisons WHERE org_id = $1 AND attempt_id = $2;
