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

-- name: AddCase :execrows
INSERT INTO cases (org_id, id, attempt_id, application_id, opening_id, opened_by, opened_at, question_id, contact_id, decider_id, due_at, answered_at, outcome, settled_at, reason_id,
	appeal_due_at, appealed_at, judge_id, appeal_outcome, judged_at, appeal_reason_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, '', 0, '', 0, 0, '', '', 0, '') ON CONFLICT (org_id, attempt_id) DO NOTHING;

-- name: AddCaseItem :exec
INSERT INTO case_items (org_id, case_id, item, body) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: AddCaseFact :exec
INSERT INTO case_facts (org_id, case_id, n, item, other, source, role, outcome, people, expected_micro, share_ppm, identical, mine, theirs)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: OneCase :one
SELECT id, attempt_id, application_id, opening_id, opened_by, opened_at, question_id, contact_id, decider_id, due_at, answered_at, outcome, settled_at, reason_id,
	appeal_due_at, appealed_at, judge_id, appeal_outcome, judged_at, appeal_reason_id FROM cases WHERE org_id = $1 AND id = $2;

-- name: CasesOf :many
SELECT id, attempt_id, application_id, opening_id, opened_by, opened_at, question_id, contact_id, decider_id, due_at, answered_at, outcome, settled_at, reason_id,
	appeal_due_at, appealed_at, judge_id, appeal_outcome, judged_at, appeal_reason_id FROM cases WHERE org_id = $1 AND application_id = $2 ORDER BY opened_at DESC, id DESC;

-- name: CasesIn :many
SELECT id, attempt_id, application_id, opening_id, opened_by, opened_at, question_id, contact_id, decider_id, due_at, answered_at, outcome, settled_at, reason_id,
	appeal_due_at, appealed_at, judge_id, appeal_outcome, judged_at, appeal_reason_id FROM cases WHERE org_id = $1 AND opening_id = $2;

-- name: CasesFor :many
SELECT c.id FROM cases c JOIN applications a ON a.org_id = c.org_id AND a.id = c.application_id WHERE c.org_id = sqlc.arg(org_id) AND a.status = 'active'
	AND (c.decider_id = sqlc.arg(member) AND c.settled_at = 0 OR c.judge_id = sqlc.arg(member) AND c.appealed_at > 0 AND c.judged_at = 0) ORDER BY c.due_at, c.id LIMIT 100;

-- name: CaseItems :many
SELECT item, body FROM case_items WHERE org_id = $1 AND case_id = $2 ORDER BY item;

-- name: CaseFacts :many
SELECT n, item, other, source, role, outcome, people, expected_micro, share_ppm, identical, mine, theirs FROM case_facts WHERE org_id = $1 AND case_id = $2 ORDER BY n;

-- name: Explained :many
SELECT f.item, c.attempt_id, f.other, f.source FROM case_facts f JOIN cases c ON c.org_id = f.org_id AND c.id = f.case_id
WHERE f.org_id = sqlc.arg(org_id) AND (c.outcome = 'explained' OR c.appeal_outcome = 'lifted') AND (c.attempt_id = sqlc.arg(attempt) OR f.other = sqlc.arg(attempt));

-- name: AddWords :exec
INSERT INTO case_words (org_id, id, case_id, kind, body, at, late) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: Words :many
SELECT id, kind, body, at, late FROM case_words WHERE org_id = $1 AND case_id = $2 ORDER BY at, id;

-- name: SaveDraft :execrows
INSERT INTO case_drafts (org_id, case_id, client, seq, body, at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (org_id, case_id, client) DO UPDATE SET seq = excluded.seq, body = excluded.body, at = excluded.at WHERE excluded.seq > case_drafts.seq;

-- name: Drafts :many
SELECT client, body, at FROM case_drafts WHERE org_id = $1 AND case_id = $2 ORDER BY at DESC, client;

-- name: DropDraft :execrows
DELETE FROM case_drafts WHERE org_id = $1 AND case_id = $2 AND client = $3;

-- name: DropDrafts :execrows
DELETE FROM case_drafts WHERE org_id = $1 AND case_id = $2;

-- name: HoldCase :execrows
UPDATE cases SET answered_at = answered_at WHERE org_id = $1 AND id = $2;

-- name: Answered :execrows
UPDATE cases SET answered_at = $3 WHERE org_id = $1 AND id = $2 AND answered_at = 0 AND outcome = '' AND due_at >= $3;

-- name: Later :execrows
UPDATE cases SET due_at = $3 WHERE org_id = $1 AND id = $2 AND outcome = '' AND due_at < $3;

-- name: Settle :execrows
UPDATE cases SET outcome = sqlc.arg(outcome), settled_at = sqlc.arg(at), reason_id = sqlc.arg(reason_id), appeal_due_at = sqlc.arg(appeal_due_at)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND outcome = '' AND decider_id = sqlc.arg(member) AND (answered_at > 0 OR due_at < sqlc.arg(at));

-- name: Appeal :execrows
UPDATE cases SET appealed_at = $3 WHERE org_id = $1 AND id = $2 AND outcome = 'finding' AND appealed_at = 0 AND appeal_due_at >= $3;

-- name: Judge :execrows
UPDATE cases SET appeal_outcome = sqlc.arg(outcome), judged_at = sqlc.arg(at), appeal_reason_id = sqlc.arg(reason_id)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND appealed_at > 0 AND appeal_outcome = '' AND judge_id = sqlc.arg(member);

-- name: HandTo :execrows
UPDATE cases SET contact_id = sqlc.arg(contact_id), decider_id = sqlc.arg(decider_id), judge_id = sqlc.arg(judge_id) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id);

-- name: CountSubmitted :one
SELECT COUNT(DISTINCT c.attempt_id) AS compared, COUNT(DISTINCT l.attempt_id) AS alike FROM comparisons c JOIN attempts a ON a.org_id = c.org_id AND a.id = c.attempt_id
JOIN applications p ON p.org_id = a.org_id AND p.id = a.application_id LEFT JOIN likenesses l ON l.org_id = c.org_id AND l.attempt_id = c.attempt_id
WHERE c.org_id = $1 AND p.opening_id = $2;

-- name: CountSaid :one
SELECT COUNT(*) FROM case_words w JOIN cases c ON c.org_id = w.org_id AND c.id = w.case_id WHERE w.org_id = $1 AND c.application_id = $2;

-- name: CasesAbout :many
SELECT id FROM cases WHERE org_id = $1 AND application_id = $2;

-- name: EraseItems :execrows
DELETE FROM case_items WHERE org_id = $1 AND case_id = $2;

-- name: EraseFacts :execrows
DELETE FROM case_facts WHERE org_id = $1 AND case_id = $2;

-- name: EraseWords :execrows
DELETE FROM case_words WHERE org_id = $1 AND case_id = $2;

-- name: ForgetOther :execrows
UPDATE case_facts SET other = '', theirs = '[]' WHERE org_id = $1 AND other = $2;

-- name: DropCases :execrows
DELETE FROM cases WHERE org_id = $1 AND application_id = $2;
