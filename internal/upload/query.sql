-- name: Add :exec
INSERT INTO uploads (org_id, id, owner, item, purpose, by_kind, by_id, state, types, type, bytes, length, most, hash, holder, held_until, wanted, created_at, touched_at, finished_at)
VALUES (sqlc.arg(org_id), sqlc.arg(id), sqlc.arg(owner), sqlc.arg(item), sqlc.arg(purpose), sqlc.arg(by_kind), sqlc.arg(by_id), 'open', sqlc.arg(types), '', 0, sqlc.arg(length), sqlc.arg(most), '', '', 0, 0, sqlc.arg(now), sqlc.arg(now), 0);

-- name: Upload :one
SELECT id, owner, item, purpose, by_kind, by_id, state, types, type, bytes, length, most, hash, created_at, touched_at, finished_at, name FROM uploads WHERE org_id = $1 AND id = $2;

-- name: Of :many
SELECT id, owner, item, purpose, by_kind, by_id, state, types, type, bytes, length, most, hash, created_at, touched_at, finished_at, name FROM uploads
WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND (item = sqlc.arg(item) OR sqlc.arg(item) = '') ORDER BY id;

-- name: Unbegun :many
SELECT id FROM uploads WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND item = sqlc.arg(item) AND purpose = sqlc.arg(purpose)
AND by_kind = sqlc.arg(by_kind) AND by_id = sqlc.arg(by_id) AND state = 'open' AND bytes = 0 AND length = sqlc.arg(length) ORDER BY id LIMIT 1;

-- name: Call :execrows
UPDATE uploads SET name = sqlc.arg(name) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id);

-- name: Grow :execrows
UPDATE uploads SET bytes = bytes + sqlc.arg(more), type = sqlc.arg(type), touched_at = sqlc.arg(now), holder = CASE WHEN holder = sqlc.arg(leaves) THEN '' ELSE holder END
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'open' AND bytes = sqlc.arg(bytes);

-- name: Declare :execrows
UPDATE uploads SET length = sqlc.arg(length) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'open' AND length = -1
AND bytes <= sqlc.arg(length) AND most >= sqlc.arg(length);

-- name: Shrink :execrows
UPDATE uploads SET bytes = sqlc.arg(at), type = CASE WHEN sqlc.arg(at) = 0 THEN '' ELSE type END, touched_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'open' AND bytes >= sqlc.arg(at);

-- name: Finish :execrows
UPDATE uploads SET state = 'finished', hash = sqlc.arg(hash), type = sqlc.arg(type), length = bytes, finished_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state = 'open' AND bytes = sqlc.arg(bytes);

-- name: Drop :execrows
DELETE FROM uploads WHERE org_id = $1 AND id = $2;

-- name: Abandoned :many
SELECT id FROM uploads WHERE org_id = $1 AND state = 'open' AND touched_at < $2 ORDER BY touched_at LIMIT 200;

-- name: Under :many
SELECT id FROM uploads WHERE org_id = sqlc.arg(org_id) AND SUBSTR(owner, 1, LENGTH(CAST(sqlc.arg(prefix) AS TEXT))) = CAST(sqlc.arg(prefix) AS TEXT) AND created_at < sqlc.arg(before) LIMIT 200;

-- name: Hold :execrows
UPDATE uploads SET holder = sqlc.arg(holder), held_until = sqlc.arg(until), wanted = 0
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND (holder = '' OR holder = sqlc.arg(holder) OR held_until < sqlc.arg(now));

-- name: Want :execrows
UPDATE uploads SET wanted = 1 WHERE org_id = $1 AND id = $2;

-- name: Renew :execrows
UPDATE uploads SET held_until = sqlc.arg(until) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND holder = sqlc.arg(holder);

-- name: Release :execrows
UPDATE uploads SET holder = '', held_until = 0, wanted = 0 WHERE org_id = $1 AND id = $2 AND holder = $3;

-- name: Wanted :one
SELECT wanted FROM uploads WHERE org_id = $1 AND id = $2 AND holder = $3;

-- name: AddPart :exec
INSERT INTO upload_parts (org_id, upload_id, at, bytes, hash, data) VALUES ($1, $2, $3, $4, $5, $6);

-- name: Parts :many
SELECT at, bytes, hash FROM upload_parts WHERE org_id = $1 AND upload_id = $2 ORDER BY at;

-- name: Part :one
SELECT at, bytes, hash, data FROM upload_parts WHERE org_id = $1 AND upload_id = $2 AND at = $3;

-- name: LastPart :one
SELECT at, bytes, hash, data FROM upload_parts WHERE org_id = $1 AND upload_id = $2 ORDER BY at DESC LIMIT 1;

-- name: LengthenPart :execrows
UPDATE upload_parts SET bytes = sqlc.arg(bytes), data = sqlc.arg(data) WHERE org_id = sqlc.arg(org_id) AND upload_id = sqlc.arg(upload_id) AND at = sqlc.arg(at);

-- name: DropParts :execrows
DELETE FROM upload_parts WHERE org_id = $1 AND upload_id = $2 AND at >= $3;

-- name: Name :execrows
INSERT INTO upload_files (org_id, hash, names, since, going) VALUES ($1, $2, 1, $3, 0)
ON CONFLICT (org_id, hash) DO UPDATE SET names = upload_files.names + 1 WHERE upload_files.going = 0;

-- name: Unname :execrows
UPDATE upload_files SET names = names - 1, since = 0 WHERE org_id = $1 AND hash = $2;

-- name: UnnameParts :execrows
UPDATE upload_files SET since = 0, names = names - (SELECT COUNT(*) FROM upload_parts p
	WHERE p.org_id = sqlc.arg(org_id) AND p.upload_id = sqlc.arg(upload_id) AND p.at >= sqlc.arg(at) AND p.hash = upload_files.hash)
WHERE org_id = sqlc.arg(org_id) AND hash IN (SELECT p.hash FROM upload_parts p
	WHERE p.org_id = sqlc.arg(org_id) AND p.upload_id = sqlc.arg(upload_id) AND p.at >= sqlc.arg(at) AND p.hash <> '');

-- name: Found :execrows
INSERT INTO upload_files (org_id, hash, names, since, going) VALUES ($1, $2, 0, $3, 0) ON CONFLICT (org_id, hash) DO NOTHING;

-- name: Files :many
SELECT hash FROM upload_files WHERE org_id = $1;

-- name: Unnamed :many
SELECT hash FROM upload_files WHERE org_id = $1 AND names = 0 AND going < 2 AND since < $2;

-- name: Going :execrows
UPDATE upload_files SET going = 1 WHERE org_id = $1 AND hash = $2 AND names = 0 AND going < 2;

-- name: Gone :execrows
UPDATE upload_files SET going = 2, since = $3 WHERE org_id = $1 AND hash = $2 AND going = 1;

-- name: Back :execrows
UPDATE upload_files SET going = 0 WHERE org_id = $1 AND hash = $2 AND going = 2;

-- name: Forget :execrows
DELETE FROM upload_files WHERE org_id = $1 AND going = 2 AND since < $2;

-- name: AddRoom :execrows
INSERT INTO upload_rooms (org_id, owner, bytes) VALUES ($1, $2, 0) ON CONFLICT (org_id, owner) DO NOTHING;

-- name: TakeRoom :execrows
UPDATE upload_rooms SET bytes = bytes + sqlc.arg(more) WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner) AND bytes + sqlc.arg(more) <= sqlc.arg(quota);

-- name: GiveRoom :execrows
UPDATE upload_rooms SET bytes = bytes - sqlc.arg(less) WHERE org_id = sqlc.arg(org_id) AND owner = sqlc.arg(owner);

-- name: DropRoom :execrows
DELETE FROM upload_rooms WHERE org_id = $1 AND owner = $2 AND bytes = 0;

-- name: AddMedia :exec
INSERT INTO upload_media (org_id, upload_id, state, why, lost, type, hash, bytes, length_ms, width, height, sound, picture, gain_cb, peaks, poster_hash, made_at)
VALUES ($1, $2, $3, '', '', '', '', 0, 0, 0, 0, 0, 0, 0, '', '', 0);

-- name: Media :one
SELECT state, why, lost, type, hash, bytes, length_ms, width, height, sound, picture, gain_cb, peaks, poster_hash FROM upload_media WHERE org_id = $1 AND upload_id = $2;

-- name: Settle :execrows
UPDATE upload_media SET state = $3, why = $4, lost = $5, type = $6, hash = $7, bytes = $8, length_ms = $9, width = $10, height = $11, sound = $12, picture = $13, gain_cb = $14,
peaks = $15, poster_hash = $16, made_at = $17 WHERE org_id = $1 AND upload_id = $2 AND state = 'waiting';

-- name: Expire :execrows
UPDATE uploads SET state = 'gone', hash = '' WHERE org_id = $1 AND id = $2 AND state = 'finished';

-- name: EmptyMedia :exec
UPDATE upload_media SET state = 'gone', hash = '', poster_hash = '', bytes = 0, peaks = '' WHERE org_id = $1 AND upload_id = $2;

-- name: Unseen :many
SELECT m.upload_id FROM upload_media m JOIN uploads u ON u.org_id = m.org_id AND u.id = m.upload_id
WHERE m.org_id = $1 AND m.state = 'missing' AND u.state = 'finished' AND u.bytes <= $2 ORDER BY m.upload_id LIMIT 100;

-- name: LookAgain :execrows
UPDATE upload_media SET state = 'waiting', why = '' WHERE org_id = $1 AND upload_id = $2 AND state = 'missing';

-- name: DropMedia :execrows
DELETE FROM upload_media WHERE org_id = $1 AND upload_id = $2;

-- name: PutCaptions :exec
INSERT INTO upload_captions (org_id, upload_id, source, language, text, made_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (org_id, upload_id, source) DO UPDATE SET language = $4, text = $5, made_at = $6;

-- name: Captions :many
SELECT source, language, text, made_at FROM upload_captions WHERE org_id = $1 AND upload_id = $2;

-- name: DropCaptions :execrows
DELETE FROM upload_captions WHERE org_id = $1 AND upload_id = $2;
