-- When the last thing happened on each application (or on one) whose words are kept and not held: the end, or without one whatever was last.
-- name: Lasts :many
SELECT l.id, CAST(l.last AS BIGINT) AS last FROM (
	SELECT a.id, CASE WHEN a.status <> 'active' THEN a.moved_at ELSE (SELECT MAX(t.at) FROM (
		SELECT a.moved_at AS at
		UNION ALL SELECT i.opened_at FROM invitations i WHERE i.org_id = a.org_id AND i.application_id = a.id
		UNION ALL SELECT i.finish_by FROM invitations i WHERE i.org_id = a.org_id AND i.application_id = a.id
		UNION ALL SELECT s.saved_at FROM attempts p JOIN sittings s ON s.org_id = p.org_id AND s.attempt_id = p.id WHERE p.org_id = a.org_id AND p.application_id = a.id
		UNION ALL SELECT s.hard_end FROM attempts p JOIN sittings s ON s.org_id = p.org_id AND s.attempt_id = p.id WHERE p.org_id = a.org_id AND p.application_id = a.id
		UNION ALL SELECT p.submitted_at FROM attempts p WHERE p.org_id = a.org_id AND p.application_id = a.id
		UNION ALL SELECT r.saved_at FROM reviews r WHERE r.org_id = a.org_id AND r.application_id = a.id
		UNION ALL SELECT r.filed_at FROM reviews r WHERE r.org_id = a.org_id AND r.application_id = a.id
		UNION ALL SELECT d.at FROM decisions d WHERE d.org_id = a.org_id AND d.application_id = a.id
	) t) END AS last
	FROM applications a JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
	WHERE a.org_id = sqlc.arg(org_id) AND a.moved_at < sqlc.arg(before) AND c.erased_at = 0
		AND (CAST(sqlc.arg(one) AS TEXT) = '' OR a.id = sqlc.arg(one))
		AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.org_id = a.org_id AND h.application_id = a.id)
		AND NOT EXISTS (SELECT 1 FROM expiries e WHERE e.org_id = a.org_id AND e.application_id = a.id)
) l WHERE l.last < sqlc.arg(before) ORDER BY l.last, l.id;

-- Recordings of applications that ended before an instant and are not held, of the candidate and of whoever asked them, those that ended first at the front.
-- name: Recorded :many
SELECT u.id, a.moved_at FROM applications a
JOIN attempts p ON p.org_id = a.org_id AND p.application_id = a.id
JOIN uploads u ON u.org_id = p.org_id AND u.state = 'finished'
	AND u.owner IN (p.id, COALESCE((SELECT 'itv-' || v.code FROM interviews v WHERE v.org_id = p.org_id AND v.attempt_id = p.id), ''))
JOIN upload_media m ON m.org_id = u.org_id AND m.upload_id = u.id AND m.state <> 'plain'
WHERE a.org_id = sqlc.arg(org_id) AND a.status <> 'active' AND a.moved_at < sqlc.arg(before)
	AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.org_id = a.org_id AND h.application_id = a.id)
ORDER BY a.moved_at, u.id;

-- name: Expire :exec
INSERT INTO expiries (org_id, application_id, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: Alone :many
SELECT c.id FROM candidates c WHERE c.org_id = sqlc.arg(org_id) AND c.erased_at = 0 AND c.created_at < sqlc.arg(before)
	AND (CAST(sqlc.arg(one) AS TEXT) = '' OR c.id = sqlc.arg(one))
	AND NOT EXISTS (SELECT 1 FROM applications a WHERE a.org_id = c.org_id AND a.candidate_id = c.id
		AND NOT EXISTS (SELECT 1 FROM expiries e WHERE e.org_id = a.org_id AND e.application_id = a.id))
ORDER BY c.id;

-- name: Spent :many
SELECT a.id, a.candidate_id, a.moved_at FROM applications a JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
WHERE a.org_id = sqlc.arg(org_id) AND a.status <> 'active' AND a.moved_at < sqlc.arg(before)
	AND (CAST(sqlc.arg(one) AS TEXT) = '' OR a.id = sqlc.arg(one))
	AND NOT EXISTS (SELECT 1 FROM holds h WHERE h.org_id = a.org_id AND h.application_id = a.id)
	AND (c.erased_at <> 0 OR EXISTS (SELECT 1 FROM expiries e WHERE e.org_id = a.org_id AND e.application_id = a.id))
ORDER BY a.moved_at, a.id;

-- name: Hollow :many
SELECT c.id FROM candidates c WHERE c.org_id = $1 AND c.erased_at <> 0
	AND NOT EXISTS (SELECT 1 FROM applications a WHERE a.org_id = c.org_id AND a.candidate_id = c.id) ORDER BY c.id;

-- name: DropExpiry :execrows
DELETE FROM expiries WHERE org_id = $1 AND application_id = $2;

-- name: AddHold :execrows
INSERT INTO holds (org_id, application_id, reason_id, by_member, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: LiftHold :execrows
DELETE FROM holds WHERE org_id = $1 AND application_id = $2;

-- name: HoldOf :one
SELECT application_id, reason_id, by_member, at FROM holds WHERE org_id = $1 AND application_id = $2;

-- name: Holds :many
SELECT application_id, reason_id, by_member, at FROM holds WHERE org_id = $1 ORDER BY at, application_id;

-- name: HoldsOf :one
SELECT COUNT(*) FROM holds h JOIN applications a ON a.org_id = h.org_id AND a.id = h.application_id WHERE h.org_id = $1 AND a.candidate_id = $2;
