-- name: Terms :one
SELECT days, minutes FROM talk_terms WHERE org_id = $1 AND opening_id = $2;

-- name: SetTerms :exec
INSERT INTO talk_terms (org_id, opening_id, days, minutes) VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, opening_id) DO UPDATE SET days = excluded.days, minutes = excluded.minutes;

-- name: DropTerms :execrows
DELETE FROM talk_terms WHERE org_id = $1 AND opening_id = $2;

-- name: Add :execrows
INSERT INTO talks (org_id, id, application_id, opening_id, state, minutes, host_id, link, starts_at, sequence, reminded_at, changed_at) VALUES ($1, $2, $3, $4, 'owed', $5, '', '', 0, 0, 0, $6)
ON CONFLICT (org_id, application_id) DO NOTHING;

-- name: OfApplication :one
SELECT id, application_id, opening_id, state, minutes, host_id, link, starts_at, sequence FROM talks WHERE org_id = $1 AND application_id = $2;

-- name: Talk :one
SELECT id, application_id, opening_id, state, minutes, host_id, link, starts_at, sequence FROM talks WHERE org_id = $1 AND id = $2;

-- name: Slots :many
SELECT starts_at FROM talk_slots WHERE org_id = $1 AND talk_id = $2 ORDER BY starts_at;

-- name: DropSlots :execrows
DELETE FROM talk_slots WHERE org_id = $1 AND talk_id = $2;

-- name: AddSlot :exec
INSERT INTO talk_slots (org_id, talk_id, starts_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: Hold :execrows
UPDATE talks SET changed_at = changed_at WHERE org_id = $1 AND id = $2;

-- name: Offer :execrows
UPDATE talks SET state = CASE WHEN state = 'booked' THEN 'booked' ELSE 'offered' END, host_id = sqlc.arg(host_id), link = sqlc.arg(link), changed_at = sqlc.arg(at),
	sequence = sequence + CASE WHEN state = 'booked' AND link <> sqlc.arg(link) THEN 1 ELSE 0 END
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state IN ('owed', 'offered', 'booked');

-- name: Book :execrows
UPDATE talks SET state = 'booked', starts_at = sqlc.arg(starts_at), sequence = sequence + 1, reminded_at = 0, changed_at = sqlc.arg(at)
WHERE talks.org_id = sqlc.arg(org_id) AND talks.id = sqlc.arg(id) AND talks.state IN ('offered', 'booked') AND talks.starts_at <> sqlc.arg(starts_at)
	AND EXISTS (SELECT 1 FROM talk_slots s WHERE s.org_id = talks.org_id AND s.talk_id = talks.id AND s.starts_at = sqlc.arg(starts_at));

-- name: Cancel :execrows
UPDATE talks SET state = 'offered', starts_at = 0, sequence = sequence + 1, changed_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'booked';

-- name: Close :execrows
UPDATE talks SET state = sqlc.arg(state), changed_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = sqlc.arg(was);

-- name: Soon :many
SELECT id, application_id FROM talks WHERE org_id = sqlc.arg(org_id) AND state = 'booked' AND starts_at > sqlc.arg(now) AND starts_at <= sqlc.arg(until) AND reminded_at = 0 ORDER BY starts_at LIMIT 200;

-- name: Reminded :execrows
UPDATE talks SET reminded_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'booked' AND reminded_at = 0;

-- name: Drop :execrows
DELETE FROM talks WHERE org_id = $1 AND application_id = $2;

-- name: DropSlotsOf :execrows
DELETE FROM talk_slots WHERE talk_slots.org_id = $1 AND talk_slots.talk_id IN (SELECT t.id FROM talks t WHERE t.org_id = $1 AND t.application_id = $2);

-- name: OpenOnes :many
SELECT t.id, t.application_id, t.opening_id, t.state, t.minutes, t.host_id, t.link, t.starts_at, t.sequence, o.title, c.name, CAST(COALESCE((SELECT MAX(p.due_at) FROM promises p
	WHERE p.org_id = t.org_id AND p.application_id = t.application_id AND p.kind = 'talk' AND p.kept_at = 0), 0) AS BIGINT) AS due_at
FROM talks t JOIN openings o ON o.org_id = t.org_id AND o.id = t.opening_id
JOIN applications a ON a.org_id = t.org_id AND a.id = t.application_id JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
WHERE t.org_id = sqlc.arg(org_id) AND t.state IN ('owed', 'offered', 'booked') AND t.id > sqlc.arg(after)
	AND (CAST(sqlc.arg(wide) AS BOOLEAN) AND NOT o.confidential OR EXISTS (SELECT 1 FROM opening_members m WHERE m.org_id = t.org_id AND m.opening_id = t.opening_id AND m.member_id = sqlc.arg(member_id) AND m.role IN ('recruiter', 'manager')))
ORDER BY t.id LIMIT sqlc.arg(most);
