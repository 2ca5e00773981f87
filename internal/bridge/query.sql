-- name: PutLink :exec
INSERT INTO bridge_links (org_id, messenger, team, team_name, bot, token, secret, member_id, trouble, trouble_at, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', 0, $9)
ON CONFLICT (org_id, messenger) DO UPDATE SET team = excluded.team, team_name = excluded.team_name, bot = excluded.bot, token = excluded.token, secret = excluded.secret, member_id = excluded.member_id,
	trouble = '', trouble_at = 0, at = excluded.at;

-- name: Link :one
SELECT team, team_name, bot, token, secret, trouble, trouble_at, at FROM bridge_links WHERE org_id = $1 AND messenger = $2;

-- name: DropLink :execrows
DELETE FROM bridge_links WHERE org_id = $1 AND messenger = $2;

-- name: Trouble :execrows
UPDATE bridge_links SET trouble = sqlc.arg(trouble), trouble_at = sqlc.arg(now) WHERE org_id = sqlc.arg(org_id) AND messenger = sqlc.arg(messenger);

-- name: PutRoom :exec
INSERT INTO bridge_rooms (org_id, messenger, opening_id, room) VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, messenger, opening_id) DO UPDATE SET room = excluded.room;

-- name: DropRoom :execrows
DELETE FROM bridge_rooms WHERE org_id = $1 AND messenger = $2 AND opening_id = $3;

-- name: DropRooms :execrows
DELETE FROM bridge_rooms WHERE org_id = $1 AND messenger = $2;

-- name: Rooms :many
SELECT opening_id, room FROM bridge_rooms WHERE org_id = $1 AND messenger = $2 ORDER BY opening_id LIMIT 500;

-- name: Room :one
SELECT room FROM bridge_rooms WHERE org_id = $1 AND messenger = $2 AND opening_id = $3;

-- name: OfRoom :one
SELECT opening_id FROM bridge_rooms WHERE org_id = $1 AND messenger = $2 AND room = $3;

-- name: PutOwnRoom :exec
INSERT INTO bridge_own_rooms (org_id, messenger, application_id, room) VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, messenger, application_id) DO UPDATE SET room = excluded.room;

-- name: DropOwnRoom :execrows
DELETE FROM bridge_own_rooms WHERE org_id = $1 AND messenger = $2 AND application_id = $3;

-- name: DropOwnRooms :execrows
DELETE FROM bridge_own_rooms WHERE org_id = $1 AND messenger = $2;

-- name: EraseOwnRooms :execrows
DELETE FROM bridge_own_rooms WHERE org_id = $1 AND application_id = $2;

-- name: OwnRoom :one
SELECT room FROM bridge_own_rooms WHERE org_id = $1 AND messenger = $2 AND application_id = $3;

-- name: OfOwnRoom :one
SELECT application_id FROM bridge_own_rooms WHERE org_id = $1 AND messenger = $2 AND room = $3;

-- name: AddThread :execrows
INSERT INTO bridge_threads (org_id, messenger, application_id, room, stamp, code) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING;

-- name: Thread :one
SELECT room, stamp, code FROM bridge_threads WHERE org_id = $1 AND messenger = $2 AND application_id = $3;

-- name: OfThread :one
SELECT application_id, code FROM bridge_threads WHERE org_id = $1 AND messenger = $2 AND room = $3 AND stamp = $4;

-- name: Waiting :many
SELECT b.code, t.waits_since FROM bridge_threads b JOIN threads t ON t.org_id = b.org_id AND t.application_id = b.application_id
WHERE b.org_id = $1 AND b.messenger = $2 AND b.room = $3 AND t.waits_since > 0 ORDER BY t.waits_since LIMIT 20;

-- name: AddPost :execrows
INSERT INTO bridge_posts (org_id, messenger, message_id, application_id, room, stamp) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING;

-- name: Post :one
SELECT stamp FROM bridge_posts WHERE org_id = $1 AND messenger = $2 AND message_id = $3;

-- name: PostsOf :many
SELECT messenger, room, stamp FROM bridge_posts WHERE org_id = $1 AND application_id = $2 ORDER BY stamp;

-- name: ThreadsOf :many
SELECT messenger, room, stamp FROM bridge_threads WHERE org_id = $1 AND application_id = $2;

-- name: ErasePosts :execrows
DELETE FROM bridge_posts WHERE org_id = $1 AND application_id = $2;

-- name: EraseThreads :execrows
DELETE FROM bridge_threads WHERE org_id = $1 AND application_id = $2;

-- name: Hear :execrows
INSERT INTO bridge_heard (org_id, messenger, event, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: Forget :execrows
DELETE FROM bridge_heard WHERE org_id = $1 AND at < $2;

-- name: PutPerson :exec
INSERT INTO bridge_people (org_id, messenger, person, member_id, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (org_id, messenger, person) DO UPDATE SET member_id = excluded.member_id, at = excluded.at;

-- name: WhoIs :one
SELECT member_id FROM bridge_people WHERE org_id = $1 AND messenger = $2 AND person = $3;

-- name: DropPerson :execrows
DELETE FROM bridge_people WHERE org_id = $1 AND messenger = $2 AND member_id = $3;

-- name: CountPeople :one
SELECT COUNT(*) FROM bridge_people WHERE org_id = $1 AND messenger = $2;

-- name: CountPosts :one
SELECT COUNT(*) FROM bridge_posts WHERE org_id = $1 AND application_id = $2;

-- name: Links :many
SELECT messenger, team_name, trouble FROM bridge_links WHERE org_id = $1 ORDER BY messenger;
