-- +goose Up
-- What boards sort by, of the work that is there already: afterwards attempt tells opening with each mark.
UPDATE applications SET mark_ppm = COALESCE((SELECT SUM(m.share_ppm * v.weight_milli) / NULLIF(SUM(v.weight_milli), 0) FROM marks m
	JOIN attempts a ON a.org_id = m.org_id AND a.id = m.attempt_id
	JOIN invitations i ON i.org_id = a.org_id AND i.id = a.invitation_id AND i.stage_id = applications.stage_id
	JOIN version_items v ON v.org_id = m.org_id AND v.version_id = a.version_id AND v.item = m.item
	WHERE m.org_id = applications.org_id AND a.application_id = applications.id AND a.state = 'submitted' AND m.state = 'done'), -1)
WHERE NOT EXISTS (SELECT 1 FROM attempts a JOIN marks m ON m.org_id = a.org_id AND m.attempt_id = a.id
	WHERE a.org_id = applications.org_id AND a.application_id = applications.id AND m.state = 'pending');
