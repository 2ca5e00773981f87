-- name: AddPlan :exec
INSERT INTO trial_plans (org_id, id, title, scope, version_id, host_id, days, hours, amount, currency, pay_days, whole, created_at, created_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: Plan :one
SELECT id, title, scope, version_id, host_id, days, hours, amount, currency, pay_days, whole FROM trial_plans WHERE org_id = $1 AND id = $2;

-- name: Plans :many
SELECT p.id, p.title, p.scope, p.version_id, p.host_id, p.days, p.hours, p.amount, p.currency, p.pay_days, p.whole, m.name FROM trial_plans p
JOIN members m ON m.org_id = p.org_id AND m.id = p.host_id WHERE p.org_id = $1 ORDER BY p.created_at DESC, p.id DESC LIMIT 100;

-- name: Add :execrows
INSERT INTO trials (org_id, id, plan_id, application_id, opening_id, stage_id, invitation_id, attempt_id, host_id, state, zone, starts_at, ends_at, offered_at, answered_at, ended_at, evaluate_by, cancelled_by, reason, paid_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, 'offered', '', 0, 0, $9, 0, 0, 0, '', '', 0) ON CONFLICT (org_id, invitation_id) DO NOTHING;

-- name: ByID :one
SELECT id, plan_id, application_id, opening_id, stage_id, invitation_id, attempt_id, host_id, state, zone, starts_at, ends_at, offered_at, answered_at, ended_at, evaluate_by, cancelled_by, reason, paid_minor
FROM trials WHERE org_id = $1 AND id = $2;

-- name: OfInvitation :one
SELECT id, plan_id, application_id, opening_id, stage_id, invitation_id, attempt_id, host_id, state, zone, starts_at, ends_at, offered_at, answered_at, ended_at, evaluate_by, cancelled_by, reason, paid_minor
FROM trials WHERE org_id = $1 AND invitation_id = $2;

-- name: OfAttempt :one
SELECT id, plan_id, application_id, opening_id, stage_id, invitation_id, attempt_id, host_id, state, zone, starts_at, ends_at, offered_at, answered_at, ended_at, evaluate_by, cancelled_by, reason, paid_minor
FROM trials WHERE org_id = $1 AND attempt_id = $2 AND attempt_id <> '';

-- name: OfApplication :many
SELECT id, plan_id, application_id, opening_id, stage_id, invitation_id, attempt_id, host_id, state, zone, starts_at, ends_at, offered_at, answered_at, ended_at, evaluate_by, cancelled_by, reason, paid_minor
FROM trials WHERE org_id = $1 AND application_id = $2 ORDER BY offered_at DESC, id DESC LIMIT 20;

-- name: Open :many
SELECT id, plan_id, application_id, opening_id, stage_id, invitation_id, attempt_id, host_id, state, zone, starts_at, ends_at, offered_at, answered_at, ended_at, evaluate_by, cancelled_by, reason, paid_minor
FROM trials WHERE org_id = $1 AND (state IN ('offered', 'accepted', 'running', 'ended') OR state = 'cancelled' AND paid_minor < 0) AND id > $2 ORDER BY id LIMIT 200;

-- name: Seen :many
SELECT v.id, v.plan_id, v.application_id, v.opening_id, v.stage_id, v.invitation_id, v.attempt_id, v.host_id, v.state, v.zone, v.starts_at, v.ends_at, v.offered_at, v.answered_at, v.ended_at, v.evaluate_by, v.cancelled_by, v.reason, v.paid_minor,
	p.title, c.name, o.title AS opening, h.name AS host
FROM trials v JOIN trial_plans p ON p.org_id = v.org_id AND p.id = v.plan_id JOIN openings o ON o.org_id = v.org_id AND o.id = v.opening_id JOIN members h ON h.org_id = v.org_id AND h.id = v.host_id
JOIN applications a ON a.org_id = v.org_id AND a.id = v.application_id JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
WHERE v.org_id = sqlc.arg(org_id) AND v.state IN ('offered', 'accepted', 'running', 'ended') AND v.id > sqlc.arg(after)
	AND (CAST(sqlc.arg(wide) AS BOOLEAN) AND NOT o.confidential
		OR EXISTS (SELECT 1 FROM opening_members m WHERE m.org_id = v.org_id AND m.opening_id = v.opening_id AND m.member_id = sqlc.arg(member_id) AND (m.role IN ('manager', 'recruiter') OR v.host_id = m.member_id)))
ORDER BY v.id LIMIT sqlc.arg(most);

-- name: Hold :execrows
UPDATE trials SET state = state WHERE org_id = $1 AND id = $2;

-- name: Accept :execrows
UPDATE trials SET state = 'accepted', zone = sqlc.arg(zone), starts_at = sqlc.arg(starts_at), ends_at = sqlc.arg(ends_at), answered_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'offered';

-- name: SetAttempt :execrows
UPDATE trials SET attempt_id = sqlc.arg(attempt_id) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'accepted' AND attempt_id = '';

-- name: Decline :execrows
UPDATE trials SET state = 'declined', answered_at = sqlc.arg(now), reason = sqlc.arg(reason) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'offered';

-- name: Begin :execrows
UPDATE trials SET state = 'running' WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'accepted' AND starts_at <= sqlc.arg(now);

-- name: End :execrows
UPDATE trials SET state = 'ended', ended_at = sqlc.arg(at), evaluate_by = sqlc.arg(evaluate_by) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'running';

-- name: Evaluated :execrows
UPDATE trials SET state = 'evaluated' WHERE trials.org_id = sqlc.arg(org_id) AND trials.id = sqlc.arg(id) AND trials.state = 'ended'
	AND (evaluate_by < sqlc.arg(now) OR (SELECT COUNT(*) FROM trial_evaluations e WHERE e.org_id = trials.org_id AND e.trial_id = trials.id) = 2);

-- name: Cancel :execrows
UPDATE trials SET state = 'cancelled', cancelled_by = sqlc.arg(cancelled_by), reason = sqlc.arg(reason), ended_at = sqlc.arg(now), paid_minor = sqlc.arg(paid_minor), evaluate_by = sqlc.arg(count_at)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = sqlc.arg(was);

-- name: Count :execrows
UPDATE trials SET paid_minor = sqlc.arg(paid_minor) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'cancelled' AND paid_minor < 0;

-- name: Replace :execrows
UPDATE trials SET host_id = sqlc.arg(host_id) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND host_id = sqlc.arg(was) AND state IN ('offered', 'accepted', 'running', 'ended');

-- name: AddDay :exec
INSERT INTO trial_days (org_id, trial_id, n, starts_at, by_at, asked_at, minutes, sent_at, reply, reply_by, replied_at) VALUES ($1, $2, $3, $4, $5, 0, -1, 0, '', '', 0);

-- name: Days :many
SELECT n, starts_at, by_at, asked_at, minutes, sent_at, reply, reply_by, replied_at FROM trial_days WHERE org_id = $1 AND trial_id = $2 ORDER BY n;

-- name: AskDay :execrows
UPDATE trial_days SET asked_at = sqlc.arg(now) WHERE trial_days.org_id = sqlc.arg(org_id) AND trial_id = sqlc.arg(trial_id) AND n = sqlc.arg(n) AND asked_at = 0
	AND EXISTS (SELECT 1 FROM trials t WHERE t.org_id = trial_days.org_id AND t.id = trial_days.trial_id AND t.state = 'running');

-- name: SentDay :execrows
UPDATE trial_days SET sent_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND trial_id = sqlc.arg(trial_id) AND n = sqlc.arg(n) AND sent_at = 0;

-- name: SetMinutes :execrows
UPDATE trial_days SET minutes = sqlc.arg(minutes) WHERE trial_days.org_id = sqlc.arg(org_id) AND trial_id = sqlc.arg(trial_id) AND n = sqlc.arg(n) AND asked_at > 0
	AND EXISTS (SELECT 1 FROM trials t WHERE t.org_id = trial_days.org_id AND t.id = trial_days.trial_id AND (t.state IN ('running', 'ended') OR t.state = 'cancelled' AND t.paid_minor < 0));

-- name: Reply :execrows
UPDATE trial_days SET reply = sqlc.arg(reply), reply_by = sqlc.arg(reply_by), replied_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND trial_id = sqlc.arg(trial_id) AND n = sqlc.arg(n)
	AND asked_at > 0 AND replied_at = 0;

-- name: File :execrows
INSERT INTO trial_evaluations (org_id, trial_id, side, member_id, ratings, words, filed_at) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (org_id, trial_id, side) DO NOTHING;

-- name: Evaluations :many
SELECT side, member_id, ratings, words, filed_at FROM trial_evaluations WHERE org_id = $1 AND trial_id = $2;

-- name: Number :one
SELECT COUNT(*) FROM trials WHERE org_id = $1 AND application_id = $2;

-- name: EraseReasons :execrows
UPDATE trials SET reason = '' WHERE org_id = $1 AND application_id = $2 AND reason <> '';

-- name: EraseReplies :execrows
UPDATE trial_days SET reply = '' WHERE trial_days.org_id = $1 AND trial_id IN (SELECT t.id FROM trials t WHERE t.org_id = $1 AND t.application_id = $2) AND reply <> '';

-- name: EraseEvaluations :execrows
DELETE FROM trial_evaluations WHERE trial_evaluations.org_id = $1 AND trial_id IN (SELECT t.id FROM trials t WHERE t.org_id = $1 AND t.application_id = $2);

-- name: DropDays :execrows
DELETE FROM trial_days WHERE trial_days.org_id = $1 AND trial_id IN (SELECT t.id FROM trials t WHERE t.org_id = $1 AND t.application_id = $2);

-- name: Drop :execrows
DELETE FROM trials WHERE org_id = $1 AND application_id = $2;
