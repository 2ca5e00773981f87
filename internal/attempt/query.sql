-- name: AddAttempt :execrows
INSERT INTO attempts (org_id, id, application_id, invitation_id, candidate_id, version_id, state, seed, submission_id, receipt, created_at, submitted_at, questions)
VALUES ($1, $2, $3, $4, $5, $6, 'open', $7, '', '', $8, 0, $9) ON CONFLICT (org_id, invitation_id) DO NOTHING;

-- name: AttemptOf :one
SELECT id, application_id, invitation_id, candidate_id, version_id, state, seed, submission_id, receipt, created_at, submitted_at, questions, asked_at, diary FROM attempts WHERE org_id = $1 AND invitation_id = $2;

-- name: Attempt :one
SELECT id, application_id, invitation_id, candidate_id, version_id, state, seed, submission_id, receipt, created_at, submitted_at, questions, asked_at, diary FROM attempts WHERE org_id = $1 AND id = $2;

-- name: Own :one
SELECT a.id, a.candidate_id, a.version_id, a.state, a.questions, a.diary, s.part FROM attempts a
JOIN sittings s ON s.org_id = a.org_id AND s.attempt_id = a.id WHERE a.org_id = $1 AND a.invitation_id = $2 AND s.id = $3;

-- name: AttemptsOf :many
SELECT id, application_id, invitation_id, candidate_id, version_id, state, seed, submission_id, receipt, created_at, submitted_at, questions, asked_at, diary FROM attempts WHERE org_id = $1 AND application_id = $2 ORDER BY created_at DESC, id DESC LIMIT 50;

-- name: SetAsked :execrows
UPDATE attempts SET asked_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'submitted' AND questions > 0 AND asked_at = 0;

-- name: AddQuestion :exec
INSERT INTO questions (org_id, attempt_id, n, item, rule, text, why, file, line, code, unclear, unclear_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', 0);

-- name: Questions :many
SELECT n, item, rule, text, why, file, line, code, unclear, unclear_at FROM questions WHERE org_id = $1 AND attempt_id = $2 ORDER BY n;

-- name: SetUnclear :execrows
UPDATE questions SET unclear = $4, unclear_at = $5 WHERE org_id = $1 AND attempt_id = $2 AND n = $3;

-- name: EraseQuestions :execrows
DELETE FROM questions WHERE org_id = $1 AND attempt_id = $2;

-- name: AddSitting :execrows
INSERT INTO sittings (org_id, id, attempt_id, part, epoch, state, ended_by, timed_seconds, factor_permille, finish_by, started_at, added_seconds, entitled_end, hard_end, saved_at, takeover, editor, finished_at, receipt)
VALUES ($1, $2, $3, $4, $5, 'ready', '', $6, $7, $8, 0, 0, 0, 0, 0, 0, '', 0, '') ON CONFLICT (org_id, attempt_id, part, epoch) DO NOTHING;

-- name: Sittings :many
SELECT id, attempt_id, part, epoch, state, ended_by, timed_seconds, factor_permille, finish_by, started_at, added_seconds, entitled_end, hard_end, saved_at, takeover, editor, finished_at, receipt, paused_at, break_seconds, break_used
FROM sittings WHERE org_id = $1 AND attempt_id = $2 ORDER BY part, epoch;

-- name: Sitting :one
SELECT id, attempt_id, part, epoch, state, ended_by, timed_seconds, factor_permille, finish_by, started_at, added_seconds, entitled_end, hard_end, saved_at, takeover, editor, finished_at, receipt, paused_at, break_seconds, break_used
FROM sittings WHERE org_id = $1 AND id = $2;

-- name: Begin :execrows
UPDATE sittings SET state = 'running', started_at = sqlc.arg(now), factor_permille = sqlc.arg(factor), entitled_end = sqlc.arg(entitled), hard_end = sqlc.arg(hard), editor = sqlc.arg(editor), takeover = 1
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'ready' AND finish_by >= sqlc.arg(by);

-- name: HoldOpen :one
UPDATE sittings SET saved_at = sqlc.arg(now) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND hard_end >= sqlc.arg(received) AND takeover <= sqlc.arg(epoch)
	AND (state = 'running' OR state = 'paused' AND (paused_at + sqlc.arg(grace) >= sqlc.arg(received) OR paused_at + break_seconds * 1000 <= sqlc.arg(received)))
RETURNING state, timed_seconds, factor_permille, finish_by, started_at, added_seconds, editor, paused_at, break_seconds;

-- name: Hold :execrows
UPDATE sittings SET saved_at = saved_at WHERE org_id = $1 AND id = $2;

-- name: End :execrows
UPDATE sittings SET state = 'ended', ended_by = sqlc.arg(ended_by), finished_at = sqlc.arg(finished), receipt = sqlc.arg(receipt)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state IN ('running', 'paused') AND hard_end = sqlc.arg(hard);

-- name: EndUnstarted :execrows
UPDATE sittings SET state = 'ended', ended_by = 'time', finished_at = finish_by, receipt = sqlc.arg(receipt) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'ready' AND finish_by < sqlc.arg(now);

-- name: SetTime :execrows
UPDATE sittings SET factor_permille = sqlc.arg(factor), finish_by = sqlc.arg(finish_by), added_seconds = sqlc.arg(added), entitled_end = sqlc.arg(entitled), hard_end = sqlc.arg(hard)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state <> 'ended';

-- name: Pause :execrows
UPDATE sittings SET state = 'paused', paused_at = sqlc.arg(now), break_seconds = sqlc.arg(left_seconds), entitled_end = sqlc.arg(entitled), hard_end = sqlc.arg(hard)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'running';

-- name: Resume :execrows
UPDATE sittings SET state = 'running', paused_at = 0, break_seconds = 0, break_used = break_used + sqlc.arg(used), added_seconds = sqlc.arg(added), entitled_end = sqlc.arg(entitled), hard_end = sqlc.arg(hard)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'paused' AND paused_at = sqlc.arg(paused);

-- name: TakeOver :execrows
UPDATE sittings SET takeover = takeover + 1, editor = sqlc.arg(editor) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state IN ('running', 'paused') AND editor <> sqlc.arg(editor);

-- name: AddLedger :execrows
INSERT INTO ledger (org_id, id, sitting_id, kind, key, seconds, at, actor_kind, actor_id, reason_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (org_id, sitting_id, kind, key) DO NOTHING;

-- name: InLedger :one
SELECT COUNT(*) FROM ledger WHERE org_id = sqlc.arg(org_id) AND sitting_id = sqlc.arg(sitting_id) AND kind = sqlc.arg(kind) AND key = sqlc.arg(key);

-- name: Ledger :many
SELECT id, sitting_id, kind, seconds, at, actor_kind, actor_id, reason_id FROM ledger WHERE org_id = $1 AND sitting_id = $2 ORDER BY at, id;

-- name: Due :many
SELECT id, attempt_id FROM sittings WHERE org_id = $1 AND state IN ('running', 'paused') AND hard_end < $2 ORDER BY hard_end LIMIT $3;

-- name: DueUnstarted :many
SELECT s.id, s.attempt_id FROM sittings s WHERE s.org_id = $1 AND s.state = 'ready' AND s.finish_by < $2
	AND EXISTS (SELECT 1 FROM sittings o WHERE o.org_id = s.org_id AND o.attempt_id = s.attempt_id AND o.started_at > 0)
	AND NOT EXISTS (SELECT 1 FROM sittings o WHERE o.org_id = s.org_id AND o.attempt_id = s.attempt_id AND o.state IN ('running', 'paused'))
	AND NOT EXISTS (SELECT 1 FROM attempts a JOIN accommodations c ON c.org_id = a.org_id AND c.id = a.candidate_id
		WHERE a.org_id = s.org_id AND a.id = s.attempt_id AND c.wish_state = 'asked')
	ORDER BY s.finish_by LIMIT $3;

-- name: Freeze :exec
INSERT INTO submission_items (org_id, attempt_id, item, part, revision_id, sha256, size) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (org_id, attempt_id, item) DO UPDATE SET revision_id = excluded.revision_id, sha256 = excluded.sha256, size = excluded.size;

-- name: Frozen :many
SELECT i.item, i.part, i.revision_id, i.sha256, i.size, v.body FROM submission_items i
LEFT JOIN revisions v ON v.org_id = i.org_id AND v.id = i.revision_id WHERE i.org_id = $1 AND i.attempt_id = $2 ORDER BY i.part, i.item;

-- name: FrozenItem :one
SELECT part, revision_id, sha256, size FROM submission_items WHERE org_id = $1 AND attempt_id = $2 AND item = $3;

-- name: AddReplaced :exec
INSERT INTO replaced_items (org_id, id, attempt_id, item, cause, was_id, was_sha256, was_size, revision_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: Replaced :many
SELECT item, cause, was_id, was_sha256, was_size, revision_id, at FROM replaced_items WHERE org_id = $1 AND attempt_id = $2 ORDER BY at, id;

-- name: Submit :execrows
UPDATE attempts SET state = 'submitted', submission_id = sqlc.arg(submission), receipt = sqlc.arg(receipt), submitted_at = sqlc.arg(now)
WHERE attempts.org_id = sqlc.arg(org_id) AND attempts.id = sqlc.arg(id) AND attempts.state = 'open'
	AND NOT EXISTS (SELECT 1 FROM sittings s WHERE s.org_id = attempts.org_id AND s.attempt_id = attempts.id AND s.state <> 'ended' AND substr(s.part, 1, 4) <> 'day_');

-- name: KeepDiary :execrows
UPDATE attempts SET diary = TRUE WHERE org_id = $1 AND id = $2 AND state IN ('open', 'submitted');

-- name: HoldAttempt :execrows
UPDATE attempts SET state = state WHERE org_id = $1 AND id = $2 AND state = 'open';

-- name: Withdraw :execrows
UPDATE attempts SET state = 'withdrawn' WHERE org_id = $1 AND application_id = $2 AND state = 'open';

-- name: PutMark :exec
INSERT INTO marks (org_id, attempt_id, item, state, share_ppm, why, provisional, detail, at, by_version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (org_id, attempt_id, item) DO UPDATE SET state = excluded.state, share_ppm = excluded.share_ppm, why = excluded.why, provisional = excluded.provisional, detail = excluded.detail, at = excluded.at,
	by_version = excluded.by_version;

-- name: Marks :many
SELECT item, state, share_ppm, why, provisional, detail, at, by_version FROM marks WHERE org_id = $1 AND attempt_id = $2;

-- name: HoldMark :execrows
UPDATE marks SET at = at WHERE org_id = sqlc.arg(org_id) AND attempt_id = sqlc.arg(attempt_id) AND item = sqlc.arg(item) AND state = 'done' AND by_version = sqlc.arg(by_version);

-- name: PutRuling :exec
INSERT INTO rulings (org_id, attempt_id, item, claim, member_id, ruling, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (org_id, attempt_id, item, claim, member_id) DO UPDATE SET ruling = excluded.ruling, at = excluded.at;

-- name: DropRuling :exec
DELETE FROM rulings WHERE org_id = sqlc.arg(org_id) AND attempt_id = sqlc.arg(attempt_id) AND item = sqlc.arg(item) AND claim = sqlc.arg(claim) AND member_id = sqlc.arg(member_id);

-- name: Rulings :many
SELECT claim, member_id, ruling, at FROM rulings WHERE org_id = $1 AND attempt_id = $2 AND item = $3 ORDER BY claim, at, member_id;

-- name: EraseRulings :execrows
DELETE FROM rulings WHERE org_id = $1 AND attempt_id = $2;

-- name: PutAfterword :exec
INSERT INTO afterwords (org_id, attempt_id, part, body, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, attempt_id, part) DO UPDATE SET body = excluded.body, at = excluded.at;

-- name: Afterwords :many
SELECT part, body, at FROM afterwords WHERE org_id = $1 AND attempt_id = $2 ORDER BY part;

-- name: RunningOf :many
SELECT s.id FROM sittings s WHERE s.org_id = sqlc.arg(org_id) AND s.attempt_id IN (SELECT a.id FROM attempts a WHERE a.org_id = sqlc.arg(org_id) AND a.candidate_id = sqlc.arg(candidate_id)) AND s.state <> 'ended';

-- name: EraseAfterwords :execrows
DELETE FROM afterwords WHERE org_id = $1 AND attempt_id = $2;

-- name: EraseMarks :execrows
DELETE FROM marks WHERE org_id = $1 AND attempt_id = $2;

-- name: EraseFrozen :execrows
DELETE FROM submission_items WHERE org_id = $1 AND attempt_id = $2;

-- name: FinishMark :execrows
UPDATE marks SET state = sqlc.arg(state), share_ppm = sqlc.arg(share_ppm), why = sqlc.arg(why), provisional = sqlc.arg(provisional), detail = sqlc.arg(detail), at = sqlc.arg(at)
WHERE org_id = sqlc.arg(org_id) AND attempt_id = sqlc.arg(attempt_id) AND item = sqlc.arg(item);

-- name: Void :execrows
UPDATE sittings SET state = 'ended', ended_by = 'void', editor = '' WHERE org_id = $1 AND attempt_id = $2;

-- name: Follow :execrows
UPDATE submission_items SET revision_id = sqlc.arg(timeless) WHERE org_id = sqlc.arg(org_id) AND attempt_id = sqlc.arg(attempt_id) AND item = sqlc.arg(item) AND revision_id = sqlc.arg(was);

-- name: FollowReplaced :execrows
UPDATE replaced_items SET was_id = CASE WHEN was_id = sqlc.arg(was) THEN sqlc.arg(timeless) ELSE was_id END,
	revision_id = CASE WHEN revision_id = sqlc.arg(was) THEN sqlc.arg(timeless) ELSE revision_id END
WHERE org_id = sqlc.arg(org_id) AND attempt_id = sqlc.arg(attempt_id) AND item = sqlc.arg(item) AND (was_id = sqlc.arg(was) OR revision_id = sqlc.arg(was));

-- name: EraseReplaced :execrows
DELETE FROM replaced_items WHERE org_id = $1 AND attempt_id = $2;

-- name: DropLedger :execrows
DELETE FROM ledger WHERE ledger.org_id = $1 AND sitting_id IN (SELECT s.id FROM sittings s WHERE s.org_id = $1 AND s.attempt_id = $2);

-- name: DropSittings :execrows
DELETE FROM sittings WHERE org_id = $1 AND attempt_id = $2;

-- name: DropAttempt :execrows
DELETE FROM attempts WHERE org_id = $1 AND id = $2;

-- name: SubmittedOf :many
SELECT a.id, i.item, v.body FROM attempts a
JOIN submission_items i ON i.org_id = a.org_id AND i.attempt_id = a.id
LEFT JOIN revisions v ON v.org_id = i.org_id AND v.id = i.revision_id
WHERE a.org_id = $1 AND a.version_id = $2 AND a.state = 'submitted' AND i.item = $3 ORDER BY a.seed;

-- name: NewestBeat :one
SELECT CAST(COALESCE(MAX(at), 0) AS BIGINT) FROM liveness;

-- name: PutBeat :exec
INSERT INTO liveness (node, at, failing_since) VALUES ($1, $2, $3) ON CONFLICT (node) DO UPDATE SET at = excluded.at, failing_since = excluded.failing_since;

-- name: Others :one
SELECT COUNT(*) FROM liveness WHERE node <> $1 AND at > $2;

-- name: ForgetBeats :execrows
DELETE FROM liveness WHERE at < $1;

-- name: SetBeats :execrows
UPDATE liveness SET at = sqlc.arg(now), failing_since = 0 WHERE at > sqlc.arg(now);

-- name: Failing :one
SELECT COUNT(*) FROM liveness WHERE failing_since > 0 AND at >= $1;

-- name: AddOutage :execrows
INSERT INTO outages (id, cause, began, ended, credited_at) VALUES ($1, $2, $3, $4, 0) ON CONFLICT (cause, began) DO NOTHING;

-- name: Uncredited :many
SELECT id, cause, began, ended FROM outages WHERE credited_at = 0 ORDER BY began;

-- name: Credited :execrows
UPDATE outages SET credited_at = $1 WHERE id = $2;

-- name: RunningDuring :many
SELECT s.id FROM sittings s WHERE s.org_id = sqlc.arg(org_id) AND s.state IN ('running', 'paused') AND s.started_at < sqlc.arg(ended) AND s.hard_end > sqlc.arg(began)
	AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.org_id = s.org_id AND l.sitting_id = s.id AND l.kind = 'credit' AND l.key = sqlc.arg(outage))
	AND s.id > sqlc.arg(after) ORDER BY s.id LIMIT 200;

-- name: ForgetOutages :execrows
DELETE FROM outages WHERE ended < $1 AND credited_at > 0;

-- name: MeanMark :one
SELECT a.invitation_id, CAST(CASE WHEN a.state <> 'submitted' OR EXISTS (SELECT 1 FROM marks w WHERE w.org_id = a.org_id AND w.attempt_id = a.id AND w.state = 'pending') THEN -1 ELSE COALESCE((SELECT SUM(m.share_ppm * i.weight_milli) / NULLIF(SUM(i.weight_milli), 0) FROM marks m
	JOIN version_items i ON i.org_id = m.org_id AND i.version_id = a.version_id AND i.item = m.item
	WHERE m.org_id = a.org_id AND m.attempt_id = a.id AND m.state = 'done'), -1) END AS BIGINT) AS ppm
FROM attempts a WHERE a.org_id = $1 AND a.id = $2;

-- name: AtPart :one
SELECT COUNT(DISTINCT a.id) AS people, COUNT(DISTINCT CASE WHEN s.state <> 'ended' AND CASE WHEN s.state = 'ready' THEN s.finish_by ELSE s.hard_end END >= CAST(sqlc.arg(now) AS BIGINT) THEN a.id END) AS going
FROM attempts a JOIN sittings s ON s.org_id = a.org_id AND s.attempt_id = a.id
WHERE a.org_id = sqlc.arg(org_id) AND a.version_id = sqlc.arg(version_id) AND s.part = sqlc.arg(part) AND a.state IN ('open', 'submitted');

-- name: OnVersions :many
SELECT a.version_id, COUNT(*) AS n, CAST(SUM(CASE WHEN a.state = 'open' THEN 1 ELSE 0 END) AS BIGINT) AS open FROM attempts a JOIN versions v ON v.org_id = a.org_id AND v.id = a.version_id
WHERE a.org_id = sqlc.arg(org_id) AND v.assessment_id = sqlc.arg(assessment_id) AND a.state IN ('open', 'submitted') GROUP BY a.version_id;

-- name: VoidAttempt :execrows
UPDATE attempts SET state = 'voided' WHERE org_id = $1 AND id = $2 AND state = 'open';

-- name: EndSittings :execrows
UPDATE sittings SET state = 'ended', ended_by = 'staff', finished_at = sqlc.arg(now) WHERE org_id = sqlc.arg(org_id) AND attempt_id = sqlc.arg(attempt_id) AND state <> 'ended';

-- What was never started goes with its ledger, which then holds nothing but what a person or a rule gave to a clock that never ran.
-- name: UndoLedger :execrows
DELETE FROM ledger WHERE ledger.org_id = $1 AND sitting_id IN (SELECT s.id FROM sittings s WHERE s.org_id = $1 AND s.attempt_id = $2 AND s.started_at = 0 AND s.state = 'ready');

-- name: UndoSittings :execrows
DELETE FROM sittings WHERE org_id = $1 AND attempt_id = $2 AND started_at = 0 AND state = 'ready';

-- name: UndoAttempt :execrows
DELETE FROM attempts WHERE attempts.org_id = $1 AND attempts.id = $2 AND state = 'open' AND NOT EXISTS (SELECT 1 FROM sittings s WHERE s.org_id = $1 AND s.attempt_id = $2);

-- name: StaffGave :one
SELECT COUNT(*) FROM ledger l JOIN sittings s ON s.org_id = l.org_id AND s.id = l.sitting_id WHERE s.org_id = $1 AND s.attempt_id = $2 AND l.kind = 'extend';
