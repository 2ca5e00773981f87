-- name: AddOpening :exec
INSERT INTO openings (org_id, id, title, team, about, state, confidential, reply_days, contact_id, created_at, created_by)
VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8, $9, $10);

-- name: ChangeOpening :execrows
UPDATE openings SET title = $3, team = $4, about = $5, state = $6, confidential = $7, reply_days = $8, contact_id = $9 WHERE org_id = $1 AND id = $2;

-- name: SetPromises :execrows
UPDATE openings SET reply_days = sqlc.arg(reply_days), review_days = sqlc.arg(review_days), feedback_days = sqlc.arg(feedback_days), most_late = sqlc.arg(most_late)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id);

-- name: Opening :one
SELECT id, title, team, about, state, confidential, reply_days, contact_id, created_at, review_days, feedback_days, most_late FROM openings WHERE org_id = $1 AND id = $2;

-- name: Openings :many
SELECT o.id, o.title, o.team, o.about, o.state, o.confidential, o.reply_days, o.contact_id, o.created_at,
	(SELECT COUNT(*) FROM applications a WHERE a.org_id = o.org_id AND a.opening_id = o.id AND a.status = 'active') AS active
FROM openings o
WHERE o.org_id = sqlc.arg(org_id) AND (CAST(sqlc.arg(all_open) AS BOOLEAN) AND NOT o.confidential
	OR EXISTS (SELECT 1 FROM opening_members m WHERE m.org_id = o.org_id AND m.opening_id = o.id AND m.member_id = sqlc.arg(member)))
ORDER BY o.state DESC, o.created_at DESC, o.id LIMIT 500;

-- name: Sealed :many
SELECT o.id, o.created_at, o.created_by FROM openings o WHERE o.org_id = $1 AND o.confidential
	AND NOT EXISTS (SELECT 1 FROM opening_members m WHERE m.org_id = o.org_id AND m.opening_id = o.id AND m.member_id = $2) ORDER BY o.created_at LIMIT 500;

-- name: RolesIn :many
SELECT role FROM opening_members WHERE org_id = $1 AND opening_id = $2 AND member_id = $3;

-- name: Team :many
SELECT member_id, role FROM opening_members WHERE org_id = $1 AND opening_id = $2 ORDER BY role, member_id;

-- name: AddRole :exec
INSERT INTO opening_members (org_id, opening_id, member_id, role) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: DropRole :execrows
DELETE FROM opening_members WHERE org_id = $1 AND opening_id = $2 AND member_id = $3 AND role = $4;

-- name: AddStage :exec
INSERT INTO stages (org_id, id, opening_id, position, title, reviewers, window_days, questions) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: ChangeStage :execrows
UPDATE stages SET title = $3, reviewers = $4, window_days = $5, questions = $6 WHERE org_id = $1 AND id = $2;

-- name: AddFormat :exec
INSERT INTO stage_formats (org_id, stage_id, position, format, ref_id) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, stage_id, position) DO UPDATE SET format = excluded.format, ref_id = excluded.ref_id;

-- name: Stages :many
SELECT s.id, s.opening_id, s.position, s.title, s.reviewers, s.window_days, f.format, f.ref_id, s.questions
FROM stages s JOIN stage_formats f ON f.org_id = s.org_id AND f.stage_id = s.id
WHERE s.org_id = $1 AND s.opening_id = $2 ORDER BY s.position, f.position;

-- name: AddApplication :execrows
INSERT INTO applications (org_id, id, opening_id, candidate_id, stage_id, status, created_at, moved_at)
VALUES ($1, $2, $3, $4, $5, 'active', $6, $6) ON CONFLICT (org_id, opening_id, candidate_id) DO NOTHING;

-- name: Application :one
SELECT a.id, a.opening_id, a.candidate_id, a.stage_id, a.status, a.created_at, a.moved_at, c.name, c.email, c.zone, c.erased_at
FROM applications a JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id WHERE a.org_id = $1 AND a.id = $2;

-- name: ApplicationOf :one
SELECT id, status FROM applications WHERE org_id = $1 AND opening_id = $2 AND candidate_id = $3;

-- name: ApplicationsOf :many
SELECT a.id, a.opening_id, o.title, a.status, a.created_at FROM applications a JOIN openings o ON o.org_id = a.org_id AND o.id = a.opening_id
WHERE a.org_id = $1 AND a.candidate_id = $2 ORDER BY a.created_at DESC LIMIT 100;

-- name: MoveApplication :execrows
UPDATE applications SET stage_id = sqlc.arg(stage_id), moved_at = sqlc.arg(at), mark_ppm = -1 WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND status = 'active' AND stage_id = sqlc.arg(was);

-- name: EndApplication :execrows
UPDATE applications SET status = sqlc.arg(status), moved_at = sqlc.arg(at) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND status = 'active';

-- name: ResumeApplication :execrows
UPDATE applications SET status = 'active', moved_at = $3 WHERE org_id = $1 AND id = $2 AND status = 'declined';

-- name: AddInvitation :execrows
INSERT INTO invitations (org_id, id, application_id, opening_id, stage_id, format, ref_id, note, revoked_at, rotation, finish_by, zone, created_at, created_by, opened_at, offers)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0, 0, $9, $10, $11, $12, 0, $13) ON CONFLICT DO NOTHING;

-- name: AddLink :exec
INSERT INTO invitation_links (hash, org_id, invitation_id, rotation) VALUES ($1, $2, $3, $4);

-- name: Link :one
SELECT org_id, invitation_id, rotation FROM invitation_links WHERE hash = $1;

-- name: Invitation :one
SELECT i.id, i.application_id, i.stage_id, i.format, i.ref_id, i.note, i.revoked_at, i.rotation, i.finish_by, i.zone, i.created_at, i.opened_at,
	a.opening_id, a.candidate_id, a.status, i.replaced_by, i.offers, i.chosen_at
FROM invitations i JOIN applications a ON a.org_id = i.org_id AND a.id = i.application_id WHERE i.org_id = $1 AND i.id = $2;

-- name: InvitationsOf :many
SELECT i.id, i.application_id, i.stage_id, i.format, i.ref_id, i.note, i.revoked_at, i.rotation, i.finish_by, i.zone, i.created_at, i.opened_at,
	a.opening_id, a.candidate_id, a.status, i.replaced_by, i.offers, i.chosen_at
FROM invitations i JOIN applications a ON a.org_id = i.org_id AND a.id = i.application_id
WHERE i.org_id = $1 AND i.application_id = $2 ORDER BY i.created_at DESC, i.id DESC;

-- name: Opened :execrows
UPDATE invitations SET opened_at = $3 WHERE org_id = $1 AND id = $2 AND opened_at = 0;

-- name: Rotate :execrows
UPDATE invitations SET rotation = rotation + 1, revoked_at = 0 WHERE org_id = $1 AND id = $2 AND rotation = $3;

-- name: Revoke :execrows
UPDATE invitations SET revoked_at = $3 WHERE org_id = $1 AND id = $2 AND revoked_at = 0;

-- name: SetFinishBy :execrows
UPDATE invitations SET finish_by = sqlc.arg(finish_by) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND finish_by <= sqlc.arg(finish_by);

-- name: AddSession :exec
INSERT INTO candidate_sessions (hash, id, org_id, invitation_id, candidate_id, created_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0);

-- name: CandidateSession :one
SELECT id, org_id, invitation_id, candidate_id, expires_at, revoked_at FROM candidate_sessions WHERE hash = $1;

-- name: Revoked :one
SELECT revoked_at FROM invitations WHERE org_id = $1 AND id = $2;

-- name: SessionsOf :one
SELECT COUNT(*) FROM candidate_sessions WHERE invitation_id = $1 AND revoked_at = 0;

-- name: ProlongSessions :execrows
UPDATE candidate_sessions SET expires_at = $2 WHERE invitation_id = $1 AND expires_at < $2;

-- name: EndSessions :execrows
UPDATE candidate_sessions SET revoked_at = $2 WHERE invitation_id = $1 AND revoked_at = 0;

-- name: AddCode :exec
INSERT INTO device_codes (id, org_id, invitation_id, created_at, expires_at, tries, used_at, mailed) VALUES ($1, $2, $3, $4, $5, 0, 0, $6);

-- name: LiveCode :one
SELECT id, created_at, mailed FROM device_codes WHERE invitation_id = $1 AND used_at = 0 AND tries < 5 AND expires_at > $2 ORDER BY created_at DESC, id DESC LIMIT 1;

-- name: TryCode :execrows
UPDATE device_codes SET tries = tries + 1 WHERE id = $1 AND tries < 5 AND used_at = 0;

-- name: UseCode :execrows
UPDATE device_codes SET used_at = $2 WHERE id = $1 AND used_at = 0;

-- name: CodesSince :one
SELECT COUNT(*) FROM device_codes WHERE invitation_id = $1 AND created_at > $2;

-- name: MoveStage :execrows
UPDATE stages SET position = sqlc.arg(position) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id);

-- name: StageUsed :one
SELECT COUNT(*) FROM applications WHERE org_id = $1 AND opening_id = $2 AND stage_id = $3;

-- name: StageInvited :one
SELECT COUNT(*) FROM invitations i JOIN applications a ON a.org_id = i.org_id AND a.id = i.application_id WHERE i.org_id = $1 AND a.opening_id = $2 AND i.stage_id = $3;

-- name: DropFormats :execrows
DELETE FROM stage_formats WHERE org_id = $1 AND stage_id = $2;

-- name: DropStage :execrows
DELETE FROM stages WHERE org_id = $1 AND id = $2;

-- name: EraseCodes :execrows
DELETE FROM device_codes WHERE invitation_id = $1;

-- name: EraseNotes :execrows
UPDATE invitations SET note = '', zone = '' WHERE org_id = $1 AND id = $2;

-- name: EraseSessions :execrows
DELETE FROM candidate_sessions WHERE candidate_id = $1;

-- name: EraseLinks :execrows
DELETE FROM invitation_links WHERE invitation_id = $1;

-- name: Hold :execrows
UPDATE openings SET title = title WHERE org_id = $1 AND id = $2;

-- name: HoldApplication :execrows
UPDATE applications SET moved_at = moved_at WHERE org_id = $1 AND id = $2;

-- name: EraseSessionsBy :execrows
DELETE FROM candidate_sessions WHERE invitation_id = $1;

-- name: DropInvitation :execrows
DELETE FROM invitations WHERE org_id = $1 AND id = $2;

-- name: DropApplication :execrows
DELETE FROM applications WHERE org_id = $1 AND id = $2;

-- name: EndedSessions :one
SELECT COUNT(*) AS n, CAST(COALESCE(MIN(CASE WHEN revoked_at > 0 THEN revoked_at ELSE expires_at END), 0) AS BIGINT) AS oldest FROM candidate_sessions
WHERE org_id = sqlc.arg(org_id) AND CASE WHEN revoked_at > 0 THEN revoked_at ELSE expires_at END < sqlc.arg(before);

-- name: DropSessions :execrows
DELETE FROM candidate_sessions WHERE org_id = sqlc.arg(org_id) AND CASE WHEN revoked_at > 0 THEN revoked_at ELSE expires_at END < sqlc.arg(before);

-- name: DropCodes :execrows
DELETE FROM device_codes WHERE org_id = sqlc.arg(org_id) AND expires_at < sqlc.arg(before);

-- name: PublicLink :one
SELECT rotation, open, most, taken, until_at FROM public_links WHERE org_id = $1 AND opening_id = $2;

-- name: PublicLinkBy :one
SELECT org_id, opening_id FROM public_links WHERE hash = $1;

-- name: AddPublicLink :execrows
INSERT INTO public_links (hash, org_id, opening_id, rotation, open, most, taken, until_at) VALUES ($1, $2, $3, 0, FALSE, 1, 0, 0) ON CONFLICT (org_id, opening_id) DO NOTHING;

-- name: SetPublicLink :execrows
UPDATE public_links SET open = sqlc.arg(open), most = sqlc.arg(most), until_at = sqlc.arg(until_at) WHERE org_id = sqlc.arg(org_id) AND opening_id = sqlc.arg(opening_id);

-- name: RotatePublicLink :execrows
UPDATE public_links SET hash = sqlc.arg(hash), rotation = rotation + 1 WHERE org_id = sqlc.arg(org_id) AND opening_id = sqlc.arg(opening_id) AND rotation = sqlc.arg(rotation);

-- One place is taken, if there is one.
-- name: TakePlace :execrows
UPDATE public_links SET taken = taken + 1 WHERE org_id = sqlc.arg(org_id) AND opening_id = sqlc.arg(opening_id) AND open AND taken < most AND (until_at = 0 OR until_at > sqlc.arg(now));

-- name: Unfinished :many
SELECT i.id, i.application_id, i.stage_id, i.format, i.ref_id, i.note, i.revoked_at, i.rotation, i.finish_by, i.zone, i.created_at, i.opened_at,
	a.opening_id, a.candidate_id, a.status, i.replaced_by, i.offers, i.chosen_at
FROM invitations i JOIN applications a ON a.org_id = i.org_id AND a.id = i.application_id JOIN openings o ON o.org_id = a.org_id AND o.id = a.opening_id
WHERE i.org_id = sqlc.arg(org_id) AND i.finish_by > sqlc.arg(now) AND i.revoked_at = 0 AND i.replaced_by = '' AND a.status = 'active' AND a.stage_id = i.stage_id AND o.state = 'open'
	AND i.id > sqlc.arg(after) ORDER BY i.id LIMIT 200;

-- name: SetMark :execrows
UPDATE applications SET mark_ppm = sqlc.arg(mark_ppm) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND stage_id = sqlc.arg(stage_id);

-- name: AddTag :execrows
INSERT INTO application_tags (org_id, application_id, tag, opening_id, tagged_at, tagged_by) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING;

-- name: DropTag :execrows
DELETE FROM application_tags WHERE org_id = $1 AND application_id = $2 AND tag = $3;

-- name: TagCount :one
SELECT COUNT(*) FROM application_tags WHERE org_id = $1 AND application_id = $2;

-- name: EraseTags :execrows
DELETE FROM application_tags WHERE org_id = $1 AND application_id = $2;

-- name: KnownTags :many
SELECT tag, COUNT(*) AS n FROM application_tags WHERE org_id = $1 AND opening_id = $2 GROUP BY tag ORDER BY tag LIMIT 100;

-- name: AddView :execrows
INSERT INTO board_views (org_id, id, opening_id, member_id, name, filter, shared, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (org_id, opening_id, member_id, name) DO UPDATE SET filter = excluded.filter, shared = excluded.shared;

-- name: DropView :execrows
DELETE FROM board_views WHERE org_id = $1 AND id = $2 AND member_id = $3;

-- name: Views :many
SELECT id, member_id, name, filter, shared FROM board_views
WHERE org_id = sqlc.arg(org_id) AND opening_id = sqlc.arg(opening_id) AND (member_id = sqlc.arg(member_id) OR shared) ORDER BY name, id LIMIT 100;

-- name: WalkOpenings :many
SELECT o.id, o.title, o.team, o.about, o.state, o.confidential, o.reply_days, o.contact_id, o.created_at FROM openings o
WHERE o.org_id = sqlc.arg(org_id) AND o.id > sqlc.arg(after) AND (CAST(sqlc.arg(all_open) AS BOOLEAN) AND NOT o.confidential
	OR EXISTS (SELECT 1 FROM opening_members m WHERE m.org_id = o.org_id AND m.opening_id = o.id AND m.member_id = sqlc.arg(member)))
ORDER BY o.id LIMIT sqlc.arg(most);

-- name: WalkApplications :many
SELECT a.id, a.opening_id, a.candidate_id, a.stage_id, a.status, a.created_at, a.moved_at, c.name, c.email, c.zone
FROM applications a JOIN candidates c ON c.org_id = a.org_id AND c.id = a.candidate_id
WHERE a.org_id = sqlc.arg(org_id) AND a.opening_id = sqlc.arg(opening_id) AND a.id > sqlc.arg(after)
	AND (CAST(sqlc.arg(stage) AS TEXT) = '' OR a.stage_id = sqlc.arg(stage)) AND (CAST(sqlc.arg(status) AS TEXT) = '' OR a.status = sqlc.arg(status))
ORDER BY a.id LIMIT sqlc.arg(most);

-- SQLite takes the tables of a CROSS JOIN in their order.
-- name: LateNow :one
SELECT COUNT(*) FROM applications a CROSS JOIN promises p
WHERE a.org_id = sqlc.arg(org_id) AND a.opening_id = sqlc.arg(opening_id) AND p.org_id = a.org_id AND p.application_id = a.id AND p.kept_at = 0 AND p.due_at < sqlc.arg(now);

-- name: ReviewersHere :one
SELECT COUNT(*) FROM opening_members o JOIN members m ON m.org_id = o.org_id AND m.id = o.member_id
WHERE o.org_id = sqlc.arg(org_id) AND o.opening_id = sqlc.arg(opening_id) AND o.role = sqlc.arg(role) AND m.state = 'active' AND NOT (m.absent_until > sqlc.arg(now) AND m.absent_from <= sqlc.arg(now));

-- name: ReadStages :one
SELECT COUNT(*) FROM stages WHERE org_id = $1 AND opening_id = $2 AND reviewers > 0;

-- name: StageReviewers :one
SELECT reviewers FROM stages WHERE org_id = $1 AND id = $2;

-- name: AgainApplication :execrows
UPDATE applications SET status = 'active', moved_at = sqlc.arg(at), mark_ppm = -1 WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND stage_id = sqlc.arg(stage_id) AND status IN ('active', 'withdrawn');

-- name: ReplaceInvitation :execrows
UPDATE invitations SET replaced_by = sqlc.arg(next) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND replaced_by = '';

-- name: SetPage :exec
INSERT INTO opening_pages (org_id, opening_id, place, pay, tries) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, opening_id) DO UPDATE SET place = excluded.place, pay = excluded.pay, tries = excluded.tries;

-- name: PageText :one
SELECT place, pay, tries FROM opening_pages WHERE org_id = $1 AND opening_id = $2;

-- name: DropFaces :execrows
DELETE FROM opening_faces WHERE org_id = $1 AND opening_id = $2;

-- name: AddFace :exec
INSERT INTO opening_faces (org_id, opening_id, member_id, words) VALUES ($1, $2, $3, $4);

-- name: Faces :many
SELECT f.member_id, f.words, m.name, m.title FROM opening_faces f JOIN members m ON m.org_id = f.org_id AND m.id = f.member_id
WHERE f.org_id = $1 AND f.opening_id = $2 AND m.state = 'active'
	AND EXISTS (SELECT 1 FROM opening_members o WHERE o.org_id = f.org_id AND o.opening_id = f.opening_id AND o.member_id = f.member_id) ORDER BY m.name, m.id;

-- name: AddOffer :exec
INSERT INTO invitation_offers (org_id, invitation_id, position, format, ref_id) VALUES ($1, $2, $3, $4, $5);

-- name: Offers :many
SELECT format, ref_id FROM invitation_offers WHERE org_id = $1 AND invitation_id = $2 ORDER BY position;

-- name: DropOffers :execrows
DELETE FROM invitation_offers WHERE org_id = $1 AND invitation_id = $2;

-- One of what was offered, if nobody chose since and the invitation holds.
-- name: Choose :execrows
UPDATE invitations SET format = sqlc.arg(format), ref_id = sqlc.arg(ref_id), chosen_at = sqlc.arg(at)
WHERE invitations.org_id = sqlc.arg(org_id) AND invitations.id = sqlc.arg(id) AND offers > 0 AND revoked_at = 0 AND replaced_by = '' AND chosen_at = sqlc.arg(was)
	AND EXISTS (SELECT 1 FROM invitation_offers o WHERE o.org_id = sqlc.arg(org_id) AND o.invitation_id = sqlc.arg(id) AND o.format = sqlc.arg(format) AND o.ref_id = sqlc.arg(ref_id));

-- name: DropFormatsFrom :execrows
DELETE FROM stage_formats WHERE org_id = $1 AND stage_id = $2 AND position >= $3;

-- name: AddTimeAsk :execrows
INSERT INTO time_asks (org_id, id, application_id, opening_id, invitation_id, words, asked_at, answered_at, answered_by, until_at, reply)
VALUES ($1, $2, $3, $4, $5, $6, $7, 0, '', 0, '') ON CONFLICT DO NOTHING;

-- name: AnswerTimeAsk :execrows
UPDATE time_asks SET answered_at = sqlc.arg(at), answered_by = sqlc.arg(by), until_at = sqlc.arg(until_at), reply = sqlc.arg(reply)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND answered_at = 0;

-- name: TimeAsk :one
SELECT id, application_id, opening_id, invitation_id, words, asked_at, answered_at, answered_by, until_at, reply FROM time_asks WHERE org_id = $1 AND id = $2;

-- name: TimeAskOf :one
SELECT id, application_id, opening_id, invitation_id, words, asked_at, answered_at, answered_by, until_at, reply FROM time_asks
WHERE org_id = $1 AND application_id = $2 ORDER BY asked_at DESC, id DESC LIMIT 1;

-- Those that somebody still waits for; whoever has sent their work since, or was invited again, does not.
-- name: OpenTimeAsks :many
SELECT t.id, t.application_id, t.opening_id, t.invitation_id, t.words, t.asked_at, t.answered_at, t.answered_by, t.until_at, t.reply FROM time_asks t
JOIN applications a ON a.org_id = t.org_id AND a.id = t.application_id JOIN invitations i ON i.org_id = t.org_id AND i.id = t.invitation_id
WHERE t.org_id = $1 AND t.opening_id = $2 AND t.answered_at = 0 AND a.status = 'active' AND i.replaced_by = '' AND i.stage_id = a.stage_id
	AND NOT EXISTS (SELECT 1 FROM promises s WHERE s.org_id = a.org_id AND s.application_id = a.id AND s.kind = 'reply' AND (s.kept_at = 0 OR s.made_at >= a.moved_at))
ORDER BY t.asked_at, t.id LIMIT 100;

-- name: TimeAskCount :one
SELECT COUNT(*) FROM time_asks WHERE org_id = $1 AND application_id = $2;

-- name: DropTimeAsks :execrows
DELETE FROM time_asks WHERE org_id = $1 AND application_id = $2;

-- name: AddStageReader :exec
INSERT INTO stage_readers (org_id, stage_id, member_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: DropStageReaders :execrows
DELETE FROM stage_readers WHERE org_id = $1 AND stage_id = $2;

-- Whoever is in the pool no more reads at no stage.
-- name: DropReaderOf :execrows
DELETE FROM stage_readers WHERE stage_readers.org_id = $1 AND stage_readers.member_id = $3 AND stage_id IN (SELECT s.id FROM stages s WHERE s.org_id = $1 AND s.opening_id = $2);

-- name: StageReaders :many
SELECT r.stage_id, r.member_id FROM stage_readers r JOIN stages s ON s.org_id = r.org_id AND s.id = r.stage_id WHERE r.org_id = $1 AND s.opening_id = $2 ORDER BY r.stage_id, r.member_id;

-- name: SetGreeting :exec
INSERT INTO opening_greetings (org_id, opening_id, member_id, upload_id, made_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (org_id, opening_id, member_id) DO UPDATE SET upload_id = excluded.upload_id, made_at = excluded.made_at;

-- name: DropGreeting :execrows
DELETE FROM opening_greetings WHERE org_id = $1 AND opening_id = $2 AND member_id = $3;

-- name: Greetings :many
SELECT member_id, upload_id FROM opening_greetings WHERE org_id = $1 AND opening_id = $2 ORDER BY member_id;

-- name: GreetingsBy :many
SELECT opening_id FROM opening_greetings WHERE org_id = $1 AND member_id = $2;
