-- name: Terms :many
SELECT stage_id, amount, currency, days, production, rights FROM payment_terms WHERE org_id = $1 AND opening_id = $2;

-- name: TermsOf :one
SELECT stage_id, amount, currency, days, production, rights FROM payment_terms WHERE org_id = $1 AND stage_id = $2;

-- name: SetTerms :exec
INSERT INTO payment_terms (org_id, stage_id, opening_id, amount, currency, days, production, rights, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (org_id, stage_id) DO UPDATE SET amount = excluded.amount, currency = excluded.currency, days = excluded.days, production = excluded.production, rights = excluded.rights,
	changed_at = excluded.changed_at, changed_by = excluded.changed_by;

-- name: DropTerms :execrows
DELETE FROM payment_terms WHERE org_id = $1 AND stage_id = $2;

-- name: Offer :execrows
INSERT INTO payments (org_id, id, application_id, opening_id, stage_id, amount, currency, days, production, rights, state, payee, proof, offered_at, answered_at, sent_at, due_at, paid_at, paid_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'offered', '', '', $11, 0, 0, 0, 0, '') ON CONFLICT (org_id, application_id, stage_id) DO NOTHING;

-- name: Payment :one
SELECT id, application_id, opening_id, stage_id, amount, currency, days, production, rights, state, payee, proof, offered_at, answered_at, sent_at, due_at, paid_at, paid_by, void_at FROM payments
WHERE org_id = $1 AND id = $2;

-- name: OfApplication :many
SELECT id, application_id, opening_id, stage_id, amount, currency, days, production, rights, state, payee, proof, offered_at, answered_at, sent_at, due_at, paid_at, paid_by, void_at FROM payments
WHERE org_id = $1 AND application_id = $2 ORDER BY offered_at DESC, id DESC LIMIT 20;

-- name: OfOpening :many
SELECT id, application_id, opening_id, stage_id, amount, currency, days, production, rights, state, payee, proof, offered_at, answered_at, sent_at, due_at, paid_at, paid_by, void_at FROM payments
WHERE org_id = sqlc.arg(org_id) AND opening_id = sqlc.arg(opening_id) AND id > sqlc.arg(after) ORDER BY id LIMIT sqlc.arg(most);

-- name: Answer :execrows
UPDATE payments SET state = sqlc.arg(state), payee = sqlc.arg(payee), answered_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state IN ('offered', 'declined') AND void_at = 0;

-- name: SetPayee :execrows
UPDATE payments SET payee = sqlc.arg(payee) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state IN ('accepted', 'due') AND void_at = 0;

-- name: Sent :execrows
UPDATE payments SET sent_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND application_id = sqlc.arg(application_id) AND stage_id = sqlc.arg(stage_id) AND sent_at = 0 AND void_at = 0;

-- name: Fall :execrows
UPDATE payments SET state = 'due', due_at = sqlc.arg(due_at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'accepted' AND sent_at > 0 AND void_at = 0;

-- name: Pay :execrows
UPDATE payments SET state = 'paid', proof = sqlc.arg(proof), paid_at = sqlc.arg(at), paid_by = sqlc.arg(by_member) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'due';

-- name: Cut :execrows
UPDATE payments SET amount = sqlc.arg(amount) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'accepted' AND void_at = 0 AND amount >= sqlc.arg(amount);

-- name: Void :execrows
UPDATE payments SET void_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state IN ('offered', 'accepted', 'declined') AND void_at = 0;

-- name: EraseWords :execrows
UPDATE payments SET payee = '' WHERE org_id = $1 AND application_id = $2 AND payee <> '';

-- name: Drop :execrows
DELETE FROM payments WHERE org_id = $1 AND application_id = $2;

-- name: OpenOnes :many
SELECT p.id, p.application_id, p.opening_id, p.stage_id, p.amount, p.currency, p.days, p.production, p.rights, p.state, p.payee, p.proof, p.offered_at, p.answered_at, p.sent_at, p.due_at, p.paid_at, p.paid_by, p.void_at, o.title, c.name
FROM payments p JOIN openings o ON o.org_id = p.org_id AND o.id = p.opening_id
JOIN applications a ON a.org_id = p.org_id AND a.id = p.application_id JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
WHERE p.org_id = sqlc.arg(org_id) AND p.state IN ('accepted', 'due') AND p.void_at = 0 AND p.id > sqlc.arg(after)
	AND (CAST(sqlc.arg(wide) AS BOOLEAN) AND NOT o.confidential OR EXISTS (SELECT 1 FROM opening_members m WHERE m.org_id = p.org_id AND m.opening_id = p.opening_id AND m.member_id = sqlc.arg(member_id) AND m.role = 'recruiter'))
ORDER BY p.id LIMIT sqlc.arg(most);
