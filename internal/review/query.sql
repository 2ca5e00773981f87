-- name: AddRound :execrows
INSERT INTO review_rounds (org_id, attempt_id, application_id, opening_id, stage_id, version_id, code, wanted, submitted_at, due_at, touched_at, closed_at, decided_at, rubric_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9, 0, 0, $11) ON CONFLICT DO NOTHING;

-- name: HasRound :one
SELECT COUNT(*) FROM review_rounds WHERE org_id = $1 AND attempt_id = $2;

-- name: HoldRound :execrows
UPDATE review_rounds SET touched_at = $3 WHERE org_id = $1 AND attempt_id = $2;

-- name: Round :one
SELECT attempt_id, application_id, opening_id, stage_id, version_id, code, wanted, submitted_at, due_at, closed_at, rubric_id FROM review_rounds WHERE org_id = $1 AND attempt_id = $2;

-- name: RoundByCode :one
SELECT attempt_id, application_id, opening_id, stage_id, version_id, code, wanted, submitted_at, due_at, closed_at, rubric_id FROM review_rounds WHERE org_id = $1 AND code = $2;

-- name: RoundsOf :many
SELECT attempt_id, application_id, opening_id, stage_id, version_id, code, wanted, submitted_at, due_at, closed_at, rubric_id FROM review_rounds
WHERE org_id = $1 AND application_id = $2 ORDER BY submitted_at DESC, attempt_id DESC LIMIT 20;

-- name: CloseRound :execrows
UPDATE review_rounds AS n SET closed_at = $3 WHERE n.org_id = $1 AND n.attempt_id = $2 AND n.closed_at = 0
	AND n.wanted <= (SELECT COUNT(*) FROM reviews r WHERE r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state = 'filed')
	AND NOT EXISTS (SELECT 1 FROM reviews r WHERE r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state = 'assigned');

-- name: SetWanted :execrows
UPDATE review_rounds SET wanted = $3 WHERE org_id = $1 AND attempt_id = $2 AND closed_at = 0;

-- name: Short :many
SELECT n.attempt_id FROM review_rounds n WHERE n.org_id = $1 AND n.closed_at = 0 AND n.wanted > 0
AND n.wanted > (SELECT COUNT(*) FROM reviews r WHERE r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state IN ('assigned', 'filed')) ORDER BY n.attempt_id LIMIT 500;

-- name: Orphans :many
SELECT r.id, r.attempt_id FROM reviews r JOIN members m ON m.org_id = r.org_id AND m.id = r.member_id JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
WHERE r.org_id = $1 AND r.state = 'assigned' AND (m.state = 'disabled'
	OR NOT EXISTS (SELECT 1 FROM opening_members o WHERE o.org_id = r.org_id AND o.opening_id = n.opening_id AND o.member_id = r.member_id AND o.role = 'reviewer')) LIMIT 500;

-- name: AddReview :execrows
INSERT INTO reviews (org_id, id, attempt_id, application_id, member_id, state, shuffle, due_at, assigned_at, saved_at, filed_at, seconds, private_note, shareable)
VALUES ($1, $2, $3, $4, $5, 'assigned', $6, $7, $8, 0, 0, 0, '', '')
ON CONFLICT DO NOTHING;

-- name: Loads :many
SELECT member_id, COUNT(*) AS n FROM reviews WHERE org_id = $1 AND state = 'assigned' GROUP BY member_id;

-- name: ReviewsOf :many
SELECT id, member_id, state, due_at, assigned_at, saved_at, filed_at, CAST(seconds + adjusted AS BIGINT) AS seconds, private_note, shareable, rest_at, paused_at, adjusted, adjusted_why, reopened_at FROM reviews WHERE org_id = $1 AND attempt_id = $2 ORDER BY assigned_at, id;

-- name: ReviewBy :one
SELECT id, member_id, state, due_at, assigned_at, saved_at, filed_at, CAST(seconds + adjusted AS BIGINT) AS seconds, private_note, shareable, rest_at, paused_at, adjusted, adjusted_why, reopened_at, shuffle FROM reviews WHERE org_id = $1 AND attempt_id = $2 AND member_id = $3;

-- name: ReviewByID :one
SELECT id, attempt_id, member_id, state FROM reviews WHERE org_id = $1 AND id = $2;

-- name: SaveReview :execrows
UPDATE reviews SET private_note = sqlc.arg(private_note), shareable = sqlc.arg(shareable), saved_at = sqlc.arg(at),
	seconds = seconds + CASE WHEN paused_at > 0 THEN 0 WHEN saved_at = 0 OR sqlc.arg(at) - saved_at > 120000 THEN 20 ELSE (sqlc.arg(at) - saved_at) / 1000 END
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'assigned';

-- name: PauseReview :execrows
UPDATE reviews SET paused_at = sqlc.arg(at), seconds = seconds + CASE WHEN saved_at = 0 OR sqlc.arg(at) - saved_at > 120000 THEN 20 ELSE (sqlc.arg(at) - saved_at) / 1000 END
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'assigned' AND paused_at = 0;

-- name: ResumeReview :execrows
UPDATE reviews SET paused_at = 0, saved_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'assigned' AND paused_at > 0;

-- name: AdjustReview :execrows
UPDATE reviews SET adjusted = sqlc.arg(seconds) - seconds, adjusted_why = sqlc.arg(why) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state IN ('assigned', 'filed');

-- name: FileReview :execrows
UPDATE reviews SET state = 'filed', reopened_at = 0, filed_at = sqlc.arg(at), points = sqlc.arg(points), step = sqlc.arg(step) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'assigned';

-- name: SetRest :execrows
UPDATE reviews SET rest_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'assigned' AND rest_at = 0;

-- name: LeaveReview :execrows
UPDATE reviews SET state = $3 WHERE org_id = $1 AND id = $2 AND state = 'assigned';

-- name: SaveRating :exec
INSERT INTO ratings (org_id, review_id, criterion, level, reason, note, evidence, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (org_id, review_id, criterion) DO UPDATE SET level = CASE WHEN excluded.level = 0 THEN ratings.level ELSE excluded.level END, reason = excluded.reason, note = excluded.note, evidence = excluded.evidence, updated_at = excluded.updated_at;

-- name: RatingsOf :many
SELECT review_id, criterion, level, reason, note, evidence FROM ratings WHERE org_id = $1 AND review_id = $2;

-- name: RatingsOfRound :many
SELECT t.review_id, t.criterion, t.level, t.reason, t.note, t.evidence FROM reviews r CROSS JOIN ratings t
WHERE r.org_id = $1 AND r.attempt_id = $2 AND r.state = 'filed' AND t.org_id = r.org_id AND t.review_id = r.id;

-- name: Queue :many
SELECT r.id, r.due_at, r.shuffle, r.saved_at, r.rest_at, r.reopened_at, n.code, n.opening_id, o.title AS opening_title, s.title AS stage_title,
	(SELECT COUNT(*) FROM ratings t WHERE t.org_id = r.org_id AND t.review_id = r.id AND t.level <> 0) AS rated,
	(SELECT COUNT(*) FROM attempts a WHERE a.org_id = r.org_id AND a.id = r.attempt_id AND a.questions > 0 AND (a.asked_at = 0
		OR EXISTS (SELECT 1 FROM sittings s WHERE s.org_id = a.org_id AND s.attempt_id = a.id AND s.part = 'explain_back' AND s.state <> 'ended'))) AS waits
FROM reviews r
JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
JOIN openings o ON o.org_id = n.org_id AND o.id = n.opening_id
JOIN stages s ON s.org_id = n.org_id AND s.id = n.stage_id
WHERE r.org_id = sqlc.arg(org_id) AND r.member_id = sqlc.arg(member_id) AND r.state = 'assigned'
	AND (r.due_at, r.shuffle, r.id) > (CAST(sqlc.arg(after_due) AS BIGINT), CAST(sqlc.arg(after_shuffle) AS BIGINT), CAST(sqlc.arg(after_id) AS TEXT))
ORDER BY r.due_at, r.shuffle, r.id LIMIT sqlc.arg(most);

-- name: QueueBefore :many
SELECT n.code, r.due_at, r.shuffle, r.id FROM reviews r JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
WHERE r.org_id = sqlc.arg(org_id) AND r.member_id = sqlc.arg(member_id) AND r.state = 'assigned'
	AND (r.due_at, r.shuffle, r.id) < (CAST(sqlc.arg(due) AS BIGINT), CAST(sqlc.arg(shuffle) AS BIGINT), CAST(sqlc.arg(id) AS TEXT))
ORDER BY r.due_at DESC, r.shuffle DESC, r.id DESC LIMIT 51;

-- name: Across :many
SELECT n.code FROM reviews r JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
WHERE r.org_id = $1 AND r.member_id = $2 AND r.state = 'assigned' AND n.opening_id = $3 AND n.version_id = $4 ORDER BY r.due_at, r.shuffle, r.id LIMIT 500;

-- name: QueueCount :one
SELECT COUNT(*) FROM reviews WHERE org_id = $1 AND member_id = $2 AND state = 'assigned';

-- name: QueueRank :one
SELECT COUNT(*) FROM reviews WHERE org_id = sqlc.arg(org_id) AND member_id = sqlc.arg(member_id) AND state = 'assigned'
	AND (due_at, shuffle, id) < (CAST(sqlc.arg(due) AS BIGINT), CAST(sqlc.arg(shuffle) AS BIGINT), CAST(sqlc.arg(id) AS TEXT));

-- name: FiledBy :many
SELECT r.id, r.filed_at, n.code, o.title AS opening_title, s.title AS stage_title FROM reviews r
JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
JOIN openings o ON o.org_id = n.org_id AND o.id = n.opening_id
JOIN stages s ON s.org_id = n.org_id AND s.id = n.stage_id
WHERE r.org_id = $1 AND r.member_id = $2 AND r.state = 'filed' ORDER BY r.due_at DESC, r.shuffle DESC, r.id DESC LIMIT $3;

-- name: Unblind :execrows
INSERT INTO unblindings (org_id, application_id, member_id, reason_id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: Unblinded :one
SELECT COUNT(*) FROM unblindings WHERE org_id = $1 AND application_id = $2 AND member_id = $3;

-- name: UnblindedFor :many
SELECT member_id FROM unblindings WHERE org_id = $1 AND application_id = $2;

-- name: Closed :many
SELECT n.attempt_id, n.application_id, n.code, n.stage_id, n.closed_at, c.name FROM review_rounds n
JOIN applications a ON a.org_id = n.org_id AND a.id = n.application_id
JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
WHERE n.org_id = sqlc.arg(org_id) AND n.opening_id = sqlc.arg(opening_id) AND n.closed_at > 0
	AND (n.closed_at, n.attempt_id) > (CAST(sqlc.arg(after_at) AS BIGINT), CAST(sqlc.arg(after_id) AS TEXT))
ORDER BY n.closed_at, n.attempt_id LIMIT sqlc.arg(most);

-- The page's rounds first, by review_rounds_decide, and what is said of them afterwards: the inner list depends on no row of the outer one, or
-- PostgreSQL makes it anew for every round there is. CROSS JOIN keeps SQLite from beginning with all rounds of the organisation.
-- name: ToDecide :many
SELECT n.attempt_id, n.application_id, n.code, n.opening_id, COALESCE(p.due_at, n.due_at) AS due_at, COALESCE(p.waits_until, 0) AS waits_until, o.title AS opening_title, s.title AS stage_title, c.name
FROM review_rounds n
JOIN applications a ON a.org_id = n.org_id AND a.id = n.application_id
JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
JOIN openings o ON o.org_id = n.org_id AND o.id = n.opening_id
JOIN stages s ON s.org_id = n.org_id AND s.id = n.stage_id
LEFT JOIN promises p ON p.org_id = n.org_id AND p.application_id = n.application_id AND p.kind = 'reply' AND p.kept_at = 0
WHERE n.org_id = sqlc.arg(org_id) AND n.attempt_id IN (
	SELECT x.attempt_id FROM opening_members m
	CROSS JOIN review_rounds x
	JOIN applications y ON y.org_id = x.org_id AND y.id = x.application_id AND y.stage_id = x.stage_id AND y.status = 'active'
	WHERE m.org_id = sqlc.arg(org_id) AND m.member_id = sqlc.arg(member_id) AND m.role = 'manager'
		AND x.org_id = m.org_id AND x.opening_id = m.opening_id AND x.decided_at = 0 AND x.closed_at > 0
		AND (x.due_at, x.attempt_id) > (CAST(sqlc.arg(after_due) AS BIGINT), CAST(sqlc.arg(after_id) AS TEXT))
	ORDER BY x.due_at, x.attempt_id LIMIT sqlc.arg(most))
ORDER BY n.due_at, n.attempt_id;

-- name: ToDecideCount :one
SELECT COUNT(*) FROM opening_members m
CROSS JOIN review_rounds n
JOIN applications a ON a.org_id = n.org_id AND a.id = n.application_id AND a.stage_id = n.stage_id AND a.status = 'active'
WHERE m.org_id = $1 AND m.member_id = $2 AND m.role = 'manager'
	AND n.org_id = m.org_id AND n.opening_id = m.opening_id AND n.decided_at = 0 AND n.closed_at > 0;

-- name: HoldRounds :execrows
UPDATE review_rounds SET touched_at = touched_at WHERE org_id = $1 AND application_id = $2;

-- name: MarkDecided :execrows
UPDATE review_rounds SET decided_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND application_id = sqlc.arg(application_id) AND stage_id = sqlc.arg(stage_id);

-- name: AddDecision :execrows
INSERT INTO decisions (org_id, id, application_id, opening_id, stage_id, outcome, reason_id, by_member, at, undone_at, settled_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, 0) ON CONFLICT DO NOTHING;

-- name: Decisions :many
SELECT id, application_id, opening_id, stage_id, outcome, reason_id, by_member, at, undone_at, settled_at FROM decisions WHERE org_id = $1 AND application_id = $2 ORDER BY at DESC, id DESC LIMIT 50;

-- name: Decision :one
SELECT id, application_id, opening_id, stage_id, outcome, reason_id, by_member, at, undone_at, settled_at FROM decisions WHERE org_id = $1 AND id = $2;

-- name: UndoDecision :execrows
UPDATE decisions SET undone_at = $3 WHERE org_id = $1 AND id = $2 AND undone_at = 0 AND settled_at = 0;

-- name: SettleDecision :execrows
UPDATE decisions SET settled_at = $3 WHERE org_id = $1 AND id = $2 AND undone_at = 0 AND settled_at = 0;

-- name: EraseRatings :execrows
UPDATE ratings AS t SET reason = '', note = '', evidence = '[]' WHERE t.org_id = $1 AND t.review_id IN (SELECT r.id FROM reviews r WHERE r.org_id = $1 AND r.application_id = $2);

-- name: EraseReviews :execrows
UPDATE reviews SET private_note = '', shareable = '', state = CASE WHEN state = 'assigned' THEN 'reassigned' ELSE state END WHERE org_id = $1 AND application_id = $2;

-- name: CountReviews :one
SELECT COUNT(*) FROM reviews WHERE org_id = $1 AND application_id = $2;

-- name: CloseErased :execrows
UPDATE review_rounds SET closed_at = CASE WHEN closed_at = 0 THEN CAST(sqlc.arg(at) AS BIGINT) ELSE closed_at END, decided_at = CASE WHEN decided_at = 0 THEN CAST(sqlc.arg(at) AS BIGINT) ELSE decided_at END
WHERE org_id = sqlc.arg(org_id) AND application_id = sqlc.arg(application_id);

-- name: DropRatings :execrows
DELETE FROM ratings WHERE ratings.org_id = $1 AND review_id IN (SELECT r.id FROM reviews r WHERE r.org_id = $1 AND r.application_id = $2);

-- name: DropReviews :execrows
DELETE FROM reviews WHERE org_id = $1 AND application_id = $2;

-- name: DropUnblindings :execrows
DELETE FROM unblindings WHERE org_id = $1 AND application_id = $2;

-- name: DropDecisions :execrows
DELETE FROM decisions WHERE org_id = $1 AND application_id = $2;

-- name: DropRounds :execrows
DELETE FROM review_rounds WHERE org_id = $1 AND application_id = $2;

-- name: Scored :many
SELECT n.attempt_id, n.application_id, n.code, n.stage_id, CAST(CASE WHEN n.rubric_id = '' THEN n.version_id ELSE n.rubric_id END AS TEXT) AS version_id, a.status, c.name, c.erased_at FROM review_rounds n
JOIN applications a ON a.org_id = n.org_id AND a.id = n.application_id
JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
WHERE n.org_id = sqlc.arg(org_id) AND n.opening_id = sqlc.arg(opening_id) AND n.closed_at > 0
ORDER BY n.closed_at DESC, n.attempt_id DESC LIMIT sqlc.arg(most);

-- name: Levels :many
SELECT r.attempt_id, r.member_id, t.criterion, t.level
FROM (SELECT x.org_id, x.attempt_id FROM review_rounds x WHERE x.org_id = sqlc.arg(org_id) AND x.opening_id = sqlc.arg(opening_id) AND x.closed_at > 0
	ORDER BY x.closed_at DESC, x.attempt_id DESC LIMIT sqlc.arg(most)) n
CROSS JOIN reviews r
CROSS JOIN ratings t
WHERE r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state = 'filed' AND t.org_id = r.org_id AND t.review_id = r.id AND t.level > 0
ORDER BY r.attempt_id, r.id;

-- name: Noise :one
SELECT CAST(COALESCE(SUM(w.cards - 1), 0) AS BIGINT) AS pairs, CAST(COALESCE(SUM(w.squares - 1.0 * w.points * w.points / w.cards), 0) AS DOUBLE PRECISION) AS within,
	CAST(COALESCE(AVG(w.step), 0) AS DOUBLE PRECISION) AS step
FROM (SELECT COUNT(*) AS cards, SUM(r.points) AS points, SUM(r.points * r.points) AS squares, AVG(r.step) AS step
	FROM (SELECT x.org_id, x.attempt_id FROM review_rounds x WHERE x.org_id = sqlc.arg(org_id) AND x.opening_id = sqlc.arg(opening_id) AND x.closed_at > 0
		ORDER BY x.closed_at DESC, x.attempt_id DESC LIMIT sqlc.arg(most)) n
	CROSS JOIN reviews r
	WHERE r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state = 'filed' AND r.points >= 0
	GROUP BY r.attempt_id) w;

-- name: Rules :one
SELECT apart, asks, certify FROM review_rules WHERE org_id = $1 AND opening_id = $2;

-- name: SetRules :exec
INSERT INTO review_rules (org_id, opening_id, apart, asks, certify) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, opening_id) DO UPDATE SET apart = excluded.apart, asks = excluded.asks, certify = excluded.certify;

-- name: AddAdjudication :execrows
INSERT INTO adjudications (org_id, id, attempt_id, application_id, member_id, state, asked_at, settled_at) VALUES ($1, $2, $3, $4, $5, 'asked', $6, 0) ON CONFLICT DO NOTHING;

-- name: AddSettlement :exec
INSERT INTO settlements (org_id, adjudication_id, criterion, level, reason) VALUES ($1, $2, $3, 0, '');

-- name: AdjudicationsOf :many
SELECT id, member_id, state FROM adjudications WHERE org_id = $1 AND attempt_id = $2 ORDER BY asked_at, id;

-- name: Settlements :many
SELECT criterion, level, reason FROM settlements WHERE org_id = $1 AND adjudication_id = $2;

-- name: Settle :exec
UPDATE settlements SET level = sqlc.arg(level), reason = sqlc.arg(reason) WHERE org_id = sqlc.arg(org_id) AND adjudication_id = sqlc.arg(id) AND criterion = sqlc.arg(criterion);

-- name: EndAdjudication :execrows
UPDATE adjudications SET state = sqlc.arg(state), settled_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'asked';

-- name: ToSettle :many
SELECT n.code, o.title AS opening_title, s.title AS stage_title, (SELECT COUNT(*) FROM settlements t WHERE t.org_id = a.org_id AND t.adjudication_id = a.id) AS n
FROM adjudications a
JOIN review_rounds n ON n.org_id = a.org_id AND n.attempt_id = a.attempt_id AND n.decided_at = 0
JOIN openings o ON o.org_id = n.org_id AND o.id = n.opening_id
JOIN stages s ON s.org_id = n.org_id AND s.id = n.stage_id
WHERE a.org_id = $1 AND a.member_id = $2 AND a.state = 'asked' ORDER BY n.due_at, n.code LIMIT 50;

-- name: OrphanedAdjudications :many
SELECT a.id, a.attempt_id FROM adjudications a JOIN members m ON m.org_id = a.org_id AND m.id = a.member_id
WHERE a.org_id = $1 AND a.state = 'asked' AND m.state = 'disabled' LIMIT 500;

-- name: Settled :many
SELECT n.attempt_id, t.criterion, t.level FROM review_rounds n
CROSS JOIN adjudications a
CROSS JOIN settlements t
WHERE n.org_id = $1 AND n.opening_id = $2 AND n.closed_at > 0 AND a.org_id = n.org_id AND a.attempt_id = n.attempt_id AND a.state = 'settled'
	AND t.org_id = a.org_id AND t.adjudication_id = a.id AND t.level > 0;

-- name: EraseSettlements :execrows
UPDATE settlements AS t SET reason = '' WHERE t.org_id = $1 AND t.adjudication_id IN (SELECT a.id FROM adjudications a WHERE a.org_id = $1 AND a.application_id = $2);

-- name: EraseAdjudications :execrows
UPDATE adjudications SET state = 'back' WHERE org_id = $1 AND application_id = $2 AND state = 'asked';

-- name: DropSettlements :execrows
DELETE FROM settlements WHERE settlements.org_id = $1 AND adjudication_id IN (SELECT a.id FROM adjudications a WHERE a.org_id = $1 AND a.application_id = $2);

-- name: DropAdjudications :execrows
DELETE FROM adjudications WHERE org_id = $1 AND application_id = $2;

-- name: Severity :many
SELECT CAST(AVG(CAST(t.level - y.level AS DOUBLE PRECISION)) AS DOUBLE PRECISION) AS differs
FROM reviews r CROSS JOIN review_rounds n CROSS JOIN reviews x CROSS JOIN ratings t CROSS JOIN ratings y
WHERE r.org_id = $1 AND r.member_id = $2 AND r.state = 'filed' AND n.org_id = r.org_id AND n.attempt_id = r.attempt_id AND n.closed_at > 0
	AND x.org_id = r.org_id AND x.attempt_id = r.attempt_id AND x.member_id <> r.member_id AND x.state = 'filed'
	AND t.org_id = r.org_id AND t.review_id = r.id AND t.level > 0
	AND y.org_id = x.org_id AND y.review_id = x.id AND y.criterion = t.criterion AND y.level > 0
GROUP BY r.attempt_id || '', n.closed_at ORDER BY n.closed_at DESC LIMIT 500; -- by the member, not by the attempt

-- name: AddGold :execrows
INSERT INTO golds (org_id, attempt_id, application_id, opening_id, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING;

-- name: AddGoldLevel :exec
INSERT INTO gold_levels (org_id, attempt_id, criterion, level, reason) VALUES ($1, $2, $3, $4, $5);

-- name: GoldLevels :many
SELECT criterion, level, reason FROM gold_levels WHERE org_id = $1 AND attempt_id = $2;

-- name: Gold :one
SELECT opening_id, made_by FROM golds WHERE org_id = $1 AND attempt_id = $2;

-- name: GoldCount :one
SELECT COUNT(*) FROM golds WHERE org_id = $1 AND opening_id = $2;

-- name: Golds :many
SELECT n.code, g.attempt_id, s.title AS stage_title, g.made_by,
	(SELECT COUNT(*) FROM reviews r WHERE r.org_id = g.org_id AND r.attempt_id = g.attempt_id AND r.member_id = sqlc.arg(member_id))
		+ (SELECT COUNT(*) FROM adjudications a WHERE a.org_id = g.org_id AND a.attempt_id = g.attempt_id AND a.member_id = sqlc.arg(member_id)) AS knows,
	(SELECT COUNT(*) FROM practices p WHERE p.org_id = g.org_id AND p.attempt_id = g.attempt_id AND p.member_id = sqlc.arg(member_id)) AS done
FROM golds g
JOIN review_rounds n ON n.org_id = g.org_id AND n.attempt_id = g.attempt_id
JOIN stages s ON s.org_id = n.org_id AND s.id = n.stage_id
WHERE g.org_id = sqlc.arg(org_id) AND g.opening_id = sqlc.arg(opening_id) ORDER BY g.made_at, g.attempt_id LIMIT 100;

-- name: AddPractice :execrows
INSERT INTO practices (org_id, attempt_id, member_id, done_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: AddPracticeLevel :exec
INSERT INTO practice_levels (org_id, attempt_id, member_id, criterion, level) VALUES ($1, $2, $3, $4, $5);

-- name: Practised :many
SELECT p.attempt_id, l.criterion, l.level, r.level AS reference FROM practices p
JOIN golds g ON g.org_id = p.org_id AND g.attempt_id = p.attempt_id
JOIN practice_levels l ON l.org_id = p.org_id AND l.attempt_id = p.attempt_id AND l.member_id = p.member_id
JOIN gold_levels r ON r.org_id = p.org_id AND r.attempt_id = p.attempt_id AND r.criterion = l.criterion
WHERE p.org_id = $1 AND p.member_id = $2 AND g.opening_id = $3 ORDER BY p.done_at DESC, p.attempt_id, l.criterion;

-- name: Certify :execrows
INSERT INTO certifications (org_id, opening_id, member_id, certified_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: Certified :many
SELECT member_id FROM certifications WHERE org_id = $1 AND opening_id = $2;

-- name: ToCalibrate :many
SELECT o.id, o.title FROM opening_members m
JOIN openings o ON o.org_id = m.org_id AND o.id = m.opening_id AND o.state = 'open'
WHERE m.org_id = $1 AND m.member_id = $2 AND m.role = 'reviewer'
	AND NOT EXISTS (SELECT 1 FROM certifications c WHERE c.org_id = m.org_id AND c.opening_id = m.opening_id AND c.member_id = m.member_id)
	AND CAST($3 AS BIGINT) <= (SELECT COUNT(*) FROM golds g WHERE g.org_id = m.org_id AND g.opening_id = m.opening_id)
ORDER BY o.title, o.id LIMIT 20;

-- name: DropPracticeLevels :execrows
DELETE FROM practice_levels WHERE practice_levels.org_id = $1 AND attempt_id IN (SELECT g.attempt_id FROM golds g WHERE g.org_id = $1 AND g.application_id = $2);

-- name: DropPractices :execrows
DELETE FROM practices WHERE practices.org_id = $1 AND attempt_id IN (SELECT g.attempt_id FROM golds g WHERE g.org_id = $1 AND g.application_id = $2);

-- name: DropGoldLevels :execrows
DELETE FROM gold_levels WHERE gold_levels.org_id = $1 AND attempt_id IN (SELECT g.attempt_id FROM golds g WHERE g.org_id = $1 AND g.application_id = $2);

-- name: DropGolds :execrows
DELETE FROM golds WHERE org_id = $1 AND application_id = $2;

-- name: AddSecond :execrows
INSERT INTO second_looks (org_id, id, attempt_id, application_id, member_id, state, due_at, asked_at, saved_at, filed_at, seconds, note) VALUES ($1, $2, $3, $4, $5, 'asked', $6, $7, 0, 0, 0, '') ON CONFLICT DO NOTHING;

-- name: SecondsOf :many
SELECT id, member_id, state, due_at, asked_at, saved_at, filed_at, seconds, note FROM second_looks WHERE org_id = $1 AND attempt_id = $2 ORDER BY asked_at, id;

-- name: SecondLevels :many
SELECT criterion, level, reason, note FROM second_levels WHERE org_id = $1 AND second_id = $2;

-- name: SaveSecond :execrows
UPDATE second_looks SET note = sqlc.arg(note), saved_at = sqlc.arg(at),
	seconds = seconds + CASE WHEN saved_at = 0 OR sqlc.arg(at) - saved_at > 120000 THEN 20 ELSE (sqlc.arg(at) - saved_at) / 1000 END
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'asked';

-- name: SaveSecondLevel :exec
INSERT INTO second_levels (org_id, second_id, criterion, level, reason, note) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (org_id, second_id, criterion) DO UPDATE SET level = CASE WHEN excluded.level = 0 THEN second_levels.level ELSE excluded.level END, reason = excluded.reason, note = excluded.note;

-- name: FileSecond :execrows
UPDATE second_looks SET state = 'filed', filed_at = $3 WHERE org_id = $1 AND id = $2 AND state = 'asked';

-- name: BackSecond :execrows
UPDATE second_looks SET state = 'back' WHERE org_id = $1 AND id = $2 AND state = 'asked';

-- name: ToLookAgain :many
SELECT n.code, x.due_at, x.saved_at, o.title AS opening_title, s.title AS stage_title FROM second_looks x
JOIN review_rounds n ON n.org_id = x.org_id AND n.attempt_id = x.attempt_id
JOIN openings o ON o.org_id = n.org_id AND o.id = n.opening_id
JOIN stages s ON s.org_id = n.org_id AND s.id = n.stage_id
WHERE x.org_id = $1 AND x.member_id = $2 AND x.state = 'asked' ORDER BY x.due_at, n.code LIMIT 50;

-- name: OrphanedSeconds :many
SELECT x.id FROM second_looks x
JOIN members m ON m.org_id = x.org_id AND m.id = x.member_id
JOIN review_rounds n ON n.org_id = x.org_id AND n.attempt_id = x.attempt_id
WHERE x.org_id = $1 AND x.state = 'asked' AND (m.state = 'disabled'
	OR NOT EXISTS (SELECT 1 FROM opening_members t WHERE t.org_id = x.org_id AND t.opening_id = n.opening_id AND t.member_id = x.member_id AND t.role = 'reviewer')) LIMIT 500;

-- Whoever has, or had, anything to do with an application's work: readers, third and second readers of any of its rounds, and who knows the levels of a gold submission.
-- name: KnowWork :many
SELECT r.member_id FROM reviews r WHERE r.org_id = $1 AND r.application_id = $2
UNION SELECT a.member_id FROM adjudications a WHERE a.org_id = $1 AND a.application_id = $2
UNION SELECT x.member_id FROM second_looks x WHERE x.org_id = $1 AND x.application_id = $2
UNION SELECT u.member_id FROM unblindings u WHERE u.org_id = $1 AND u.application_id = $2
UNION SELECT g.made_by FROM golds g WHERE g.org_id = $1 AND g.application_id = $2
UNION SELECT p.member_id FROM practices p JOIN golds g ON g.org_id = p.org_id AND g.attempt_id = p.attempt_id WHERE p.org_id = $1 AND g.application_id = $2;

-- name: OverturnDecision :execrows
UPDATE decisions SET undone_at = $3 WHERE org_id = $1 AND id = $2 AND undone_at = 0 AND settled_at > 0 AND outcome = 'reject';

-- name: EraseSecondLevels :execrows
UPDATE second_levels AS t SET reason = '', note = '' WHERE t.org_id = $1 AND t.second_id IN (SELECT x.id FROM second_looks x WHERE x.org_id = $1 AND x.application_id = $2);

-- name: EraseSeconds :execrows
UPDATE second_looks SET note = '', state = CASE WHEN state = 'asked' THEN 'back' ELSE state END WHERE org_id = $1 AND application_id = $2;

-- name: DropSecondLevels :execrows
DELETE FROM second_levels WHERE second_levels.org_id = $1 AND second_id IN (SELECT x.id FROM second_looks x WHERE x.org_id = $1 AND x.application_id = $2);

-- name: DropSeconds :execrows
DELETE FROM second_looks WHERE org_id = $1 AND application_id = $2;

-- name: Phrases :many
SELECT id, member_id, criterion, text FROM review_phrases WHERE org_id = sqlc.arg(org_id) AND (member_id = '' OR member_id = sqlc.arg(member_id)) ORDER BY LOWER(criterion), LOWER(text), id LIMIT 1000;

-- name: AddPhrase :exec
INSERT INTO review_phrases (org_id, id, member_id, criterion, text, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: CountPhrases :one
SELECT COUNT(*) FROM review_phrases WHERE org_id = $1 AND member_id = $2;

-- name: ChangePhrase :execrows
UPDATE review_phrases SET criterion = sqlc.arg(criterion), text = sqlc.arg(text), changed_by = sqlc.arg(changed_by), changed_at = sqlc.arg(changed_at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id);

-- name: RemovePhrase :execrows
DELETE FROM review_phrases WHERE org_id = $1 AND id = $2;

-- name: AddRubricChange :execrows
INSERT INTO rubric_changes (org_id, id, opening_id, assessment_id, version_id, number, reason_id, member_id, at, told_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0) ON CONFLICT DO NOTHING;

-- name: RubricChanges :many
SELECT c.id, c.assessment_id, c.version_id, c.number, c.reason_id, c.member_id, c.at FROM rubric_changes c WHERE c.org_id = $1 AND c.opening_id = $2 ORDER BY c.at DESC, c.id DESC LIMIT 100;

-- name: RubricChange :one
SELECT opening_id, assessment_id, version_id, number, member_id, told_at FROM rubric_changes WHERE org_id = $1 AND id = $2;

-- name: RubricSince :one
SELECT at, reason_id FROM rubric_changes WHERE org_id = $1 AND opening_id = $2 AND version_id = $3;

-- name: RubricInForce :one
SELECT id, version_id, number FROM rubric_changes WHERE org_id = $1 AND opening_id = $2 AND assessment_id = $3 ORDER BY number DESC LIMIT 1;

-- name: RubricsInForce :many
SELECT c.id FROM rubric_changes c
WHERE c.org_id = $1 AND c.number = (SELECT MAX(x.number) FROM rubric_changes x WHERE x.org_id = c.org_id AND x.opening_id = c.opening_id AND x.assessment_id = c.assessment_id)
ORDER BY c.at DESC LIMIT 500;

-- name: ToldOfRubric :execrows
UPDATE rubric_changes SET told_at = $3 WHERE org_id = $1 AND id = $2 AND told_at = 0;

-- Undecided rounds of people who are still in the process, of an opening's older versions of an assessment, that are not read by the rubric of a version.
-- name: BehindRubric :many
SELECT n.attempt_id FROM review_rounds n
JOIN applications a ON a.org_id = n.org_id AND a.id = n.application_id AND a.status = 'active'
WHERE n.org_id = sqlc.arg(org_id) AND n.opening_id = sqlc.arg(opening_id) AND n.decided_at = 0 AND n.rubric_id <> sqlc.arg(rubric_id) AND n.attempt_id || '' > CAST(sqlc.arg(after) AS TEXT) -- by the opening, not by the attempt
	AND n.version_id IN (SELECT v.id FROM versions v WHERE v.org_id = n.org_id AND v.assessment_id = sqlc.arg(assessment_id) AND v.number < sqlc.arg(number))
ORDER BY n.attempt_id || '' LIMIT 200;

-- name: SetRubric :execrows
UPDATE review_rounds SET rubric_id = sqlc.arg(rubric_id), closed_at = CASE WHEN CAST(sqlc.arg(opens) AS BIGINT) > 0 THEN 0 ELSE closed_at END
WHERE org_id = sqlc.arg(org_id) AND attempt_id = sqlc.arg(attempt_id) AND decided_at = 0 AND rubric_id = sqlc.arg(from_rubric);

-- name: AddReopened :exec
INSERT INTO reopened_ratings (org_id, change_id, review_id, application_id, member_id, criterion, from_version, sent, was, level, at, done_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, 0) ON CONFLICT DO NOTHING;

-- name: ClearLevel :exec
UPDATE ratings SET level = 0, reason = '', updated_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND review_id = sqlc.arg(review_id) AND criterion = sqlc.arg(criterion);

-- name: ReopenReview :execrows
UPDATE reviews SET state = 'assigned', reopened_at = sqlc.arg(at), rest_at = 0, paused_at = 0, points = -1, due_at = CASE WHEN due_at < CAST(sqlc.arg(due) AS BIGINT) THEN CAST(sqlc.arg(due) AS BIGINT) ELSE due_at END
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state IN ('assigned', 'filed');

-- name: RefileReview :execrows
UPDATE reviews SET state = 'filed', reopened_at = 0, points = $3, step = $4 WHERE org_id = $1 AND id = $2 AND state = 'assigned' AND reopened_at > 0 AND filed_at > 0;

-- name: SetPoints :exec
UPDATE reviews SET points = $3, step = $4 WHERE org_id = $1 AND id = $2 AND state = 'filed';

-- name: ReopenedOf :many
SELECT criterion, from_version, was FROM reopened_ratings WHERE org_id = $1 AND review_id = $2 AND done_at = 0 ORDER BY at, change_id;

-- name: CloseReopened :execrows
UPDATE reopened_ratings AS x SET done_at = $3, level = COALESCE((SELECT t.level FROM ratings t WHERE t.org_id = x.org_id AND t.review_id = x.review_id AND t.criterion = x.criterion), 0)
WHERE x.org_id = $1 AND x.review_id = $2 AND x.done_at = 0;

-- name: ReopenedIn :many
SELECT x.change_id, x.member_id, x.criterion, x.from_version, x.sent, x.was, x.level, CAST(CASE WHEN x.done_at > 0 THEN 1 ELSE 0 END AS BIGINT) AS done, COUNT(*) AS n
FROM rubric_changes c CROSS JOIN reopened_ratings x WHERE c.org_id = $1 AND c.opening_id = $2 AND x.org_id = c.org_id AND x.change_id = c.id
GROUP BY x.change_id, x.member_id, x.criterion, x.from_version, x.sent, x.was, x.level, CASE WHEN x.done_at > 0 THEN 1 ELSE 0 END ORDER BY x.change_id, x.criterion, x.member_id LIMIT 2000;

-- name: ReopenedCards :many
SELECT member_id, COUNT(DISTINCT review_id) AS n FROM reopened_ratings WHERE org_id = $1 AND change_id = $2 AND sent GROUP BY member_id ORDER BY member_id;

-- name: DropReopened :execrows
DELETE FROM reopened_ratings WHERE org_id = $1 AND application_id = $2;

-- name: DropSettlement :execrows
DELETE FROM settlements WHERE org_id = $1 AND adjudication_id = $2 AND criterion = $3;

-- name: AskAgain :execrows
UPDATE adjudications SET state = 'asked', settled_at = 0 WHERE org_id = $1 AND id = $2 AND state = 'settled';

-- name: UndoAdjudication :execrows
UPDATE adjudications SET state = 'back' WHERE org_id = $1 AND id = $2 AND state IN ('asked', 'settled');

-- By whose rubric the rounds of an opening are read: those that could still change, and those that are decided or over.
-- name: RubricGroups :many
SELECT g.by_version, COUNT(*) AS rounds, CAST(SUM(g.live) AS BIGINT) AS live FROM (
	SELECT CAST(CASE WHEN n.rubric_id = '' THEN n.version_id ELSE n.rubric_id END AS TEXT) AS by_version, CASE WHEN n.decided_at = 0 AND a.status = 'active' THEN 1 ELSE 0 END AS live
	FROM review_rounds n JOIN applications a ON a.org_id = n.org_id AND a.id = n.application_id
	WHERE n.org_id = $1 AND n.opening_id = $2) g
GROUP BY g.by_version;

-- name: RatedGroups :many
SELECT g.by_version, g.criterion, g.member_id, CAST(SUM(g.sent) AS BIGINT) AS sent, COUNT(*) AS n FROM (
	SELECT CAST(CASE WHEN n.rubric_id = '' THEN n.version_id ELSE n.rubric_id END AS TEXT) AS by_version, r.member_id, COALESCE(t.criterion, '') AS criterion,
		CASE WHEN r.state = 'filed' OR r.rest_at > 0 OR r.reopened_at > 0 THEN 1 ELSE 0 END AS sent
	FROM review_rounds n CROSS JOIN applications a CROSS JOIN reviews r
	LEFT JOIN ratings t ON t.org_id = r.org_id AND t.review_id = r.id AND t.level <> 0
	WHERE n.org_id = $1 AND n.opening_id = $2 AND n.decided_at = 0 AND a.org_id = n.org_id AND a.id = n.application_id AND a.status = 'active'
		AND r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state IN ('assigned', 'filed')) g
GROUP BY g.by_version, g.criterion, g.member_id;

-- name: SaveCollaboration :execrows
INSERT INTO collaborations (org_id, attempt_id, member_id, application_id, opening_id, note, saved_at, filed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
ON CONFLICT (org_id, attempt_id, member_id) DO UPDATE SET note = excluded.note, saved_at = excluded.saved_at WHERE collaborations.filed_at = 0;

-- name: SaveCollaborationRating :exec
INSERT INTO collaboration_ratings (org_id, attempt_id, member_id, criterion, level, reason, note) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (org_id, attempt_id, member_id, criterion) DO UPDATE SET level = CASE WHEN excluded.level = 0 THEN collaboration_ratings.level ELSE excluded.level END, reason = excluded.reason, note = excluded.note;

-- name: FileCollaboration :execrows
UPDATE collaborations SET filed_at = $4 WHERE org_id = $1 AND attempt_id = $2 AND member_id = $3 AND filed_at = 0;

-- name: Collaborations :many
SELECT member_id, note, saved_at, filed_at FROM collaborations WHERE org_id = $1 AND attempt_id = $2 ORDER BY filed_at, member_id;

-- name: CollaborationRatings :many
SELECT member_id, criterion, level, reason, note FROM collaboration_ratings WHERE org_id = $1 AND attempt_id = $2;

-- Sent work, not decided yet, of openings that a member facilitates, which they have not rated.
-- name: ToCollaborate :many
SELECT n.attempt_id, n.application_id, n.version_id, o.title AS opening_title, s.title AS stage_title, c.name FROM opening_members m
CROSS JOIN review_rounds n
JOIN applications a ON a.org_id = n.org_id AND a.id = n.application_id AND a.status = 'active'
JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
JOIN openings o ON o.org_id = n.org_id AND o.id = n.opening_id
JOIN stages s ON s.org_id = n.org_id AND s.id = n.stage_id
WHERE m.org_id = $1 AND m.member_id = $2 AND m.role = 'facilitator' AND n.org_id = m.org_id AND n.opening_id = m.opening_id AND n.decided_at = 0
	AND NOT EXISTS (SELECT 1 FROM collaborations x WHERE x.org_id = n.org_id AND x.attempt_id = n.attempt_id AND x.member_id = m.member_id AND x.filed_at > 0)
ORDER BY n.submitted_at, n.attempt_id || '' LIMIT 200;

-- name: EraseCollaborationRatings :execrows
UPDATE collaboration_ratings AS t SET reason = '', note = '' WHERE t.org_id = $1 AND t.attempt_id IN (SELECT x.attempt_id FROM collaborations x WHERE x.org_id = $1 AND x.application_id = $2);

-- name: EraseCollaborations :execrows
UPDATE collaborations SET note = '' WHERE org_id = $1 AND application_id = $2;

-- name: DropCollaborationRatings :execrows
DELETE FROM collaboration_ratings WHERE collaboration_ratings.org_id = $1 AND attempt_id IN (SELECT x.attempt_id FROM collaborations x WHERE x.org_id = $1 AND x.application_id = $2);

-- name: DropCollaborations :execrows
DELETE FROM collaborations WHERE org_id = $1 AND application_id = $2;

-- name: ReturnReview :many
UPDATE reviews SET state = 'assigned', due_at = sqlc.arg(due_at), assigned_at = sqlc.arg(assigned_at), paused_at = 0
WHERE org_id = sqlc.arg(org_id) AND attempt_id = sqlc.arg(attempt_id) AND member_id = sqlc.arg(member_id) AND state = 'reassigned' RETURNING id;

-- name: OpenCards :many
SELECT r.member_id, COUNT(*) AS n FROM reviews r JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
WHERE r.org_id = $1 AND n.opening_id = $2 AND r.state = 'assigned' GROUP BY r.member_id;

-- name: CardsOf :many
SELECT n.code FROM reviews r JOIN review_rounds n ON n.org_id = r.org_id AND n.attempt_id = r.attempt_id
WHERE r.org_id = sqlc.arg(org_id) AND r.member_id = sqlc.arg(member_id) AND r.state = 'assigned' AND (CAST(sqlc.arg(opening_id) AS TEXT) = '' OR n.opening_id = sqlc.arg(opening_id))
ORDER BY r.due_at, r.id LIMIT 500;

-- name: ToTake :many
SELECT n.attempt_id, o.title AS opening_title, s.title AS stage_title, r.due_at, CAST(m.absent_from <= sqlc.arg(now) AND m.absent_until > sqlc.arg(now) AS BOOLEAN) AS away
FROM opening_members x
JOIN review_rounds n ON n.org_id = x.org_id AND n.opening_id = x.opening_id AND n.closed_at = 0 AND n.wanted > 0
JOIN reviews r ON r.org_id = n.org_id AND r.attempt_id = n.attempt_id AND r.state = 'assigned'
JOIN members m ON m.org_id = r.org_id AND m.id = r.member_id
JOIN openings o ON o.org_id = n.org_id AND o.id = n.opening_id
JOIN stages s ON s.org_id = n.org_id AND s.id = n.stage_id
WHERE x.org_id = sqlc.arg(org_id) AND x.member_id = sqlc.arg(member_id) AND x.role = 'reviewer' AND r.member_id <> x.member_id
	AND (r.due_at < sqlc.arg(now) OR m.absent_from <= sqlc.arg(now) AND m.absent_until > sqlc.arg(now))
	AND r.filed_at = 0 AND NOT EXISTS (SELECT 1 FROM reviews y WHERE y.org_id = n.org_id AND y.attempt_id = n.attempt_id AND y.member_id = x.member_id)
ORDER BY r.due_at, r.id LIMIT sqlc.arg(most);
