-- name: AddTemplate :execrows
INSERT INTO repository_templates (org_id, id, owner, item, name, main, base, tree_hash, pack_name, pack_hash, index_hash, bytes, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (org_id, owner, item) DO NOTHING;

-- name: Template :one
SELECT id, owner, item, name, main, base, tree_hash, pack_name, pack_hash, index_hash, bytes, created_at FROM repository_templates WHERE org_id = $1 AND id = $2;

-- name: TemplateOf :one
SELECT id, owner, item, name, main, base, tree_hash, pack_name, pack_hash, index_hash, bytes, created_at FROM repository_templates
WHERE org_id = $1 AND owner = $2 AND item = $3;

-- name: Create :execrows
INSERT INTO repositories (org_id, id, template_id, owner, item, name, main, base, state, bytes, quota, updates, submissions, rotation, created_at, pushed_at)
SELECT t.org_id, sqlc.arg(id), t.id, sqlc.arg(owner), sqlc.arg(item), t.name, t.main, t.base, 'open', 0, sqlc.arg(quota), 1, 0, 0, sqlc.arg(now), 0
FROM repository_templates t WHERE t.org_id = sqlc.arg(org_id) AND t.id = sqlc.arg(template_id)
ON CONFLICT (org_id, owner, item) DO NOTHING;

-- name: CopyRef :exec
INSERT INTO repository_refs (org_id, repository_id, name, hash)
SELECT t.org_id, sqlc.arg(id), 'refs/heads/' || t.main, t.base FROM repository_templates t WHERE t.org_id = sqlc.arg(org_id) AND t.id = sqlc.arg(template_id);

-- name: CopyPack :exec
INSERT INTO repository_packs (org_id, repository_id, name, pack_hash, index_hash, bytes, shared)
SELECT t.org_id, sqlc.arg(id), t.pack_name, t.pack_hash, t.index_hash, t.bytes, 1 FROM repository_templates t WHERE t.org_id = sqlc.arg(org_id) AND t.id = sqlc.arg(template_id);

-- name: CopyUpdate :exec
INSERT INTO repository_updates (org_id, repository_id, number, ref, old_hash, new_hash, tree_hash, received_at, via, standing, forced)
SELECT t.org_id, sqlc.arg(id), 1, 'refs/heads/' || t.main, sqlc.arg(zero), t.base, t.tree_hash, sqlc.arg(now), 'start', 'on_time', 0
FROM repository_templates t WHERE t.org_id = sqlc.arg(org_id) AND t.id = sqlc.arg(template_id);

-- name: Repository :one
SELECT id, template_id, owner, item, name, main, base, state, bytes, quota, updates, submissions, rotation, created_at, pushed_at FROM repositories WHERE org_id = $1 AND id = $2;

-- name: ByOwner :one
SELECT id, template_id, owner, item, name, main, base, state, bytes, quota, updates, submissions, rotation, created_at, pushed_at FROM repositories
WHERE org_id = $1 AND owner = $2 AND item = $3;

-- name: Of :many
SELECT id, template_id, owner, item, name, main, base, state, bytes, quota, updates, submissions, rotation, created_at, pushed_at FROM repositories
WHERE org_id = $1 AND owner = $2 ORDER BY item;

-- name: AddKey :exec
INSERT INTO repository_keys (hash, org_id, repository_id, rotation) VALUES ($1, $2, $3, $4);

-- name: Key :one
SELECT org_id, repository_id, rotation FROM repository_keys WHERE hash = $1;

-- name: Rotate :execrows
UPDATE repositories SET rotation = rotation + 1 WHERE org_id = $1 AND id = $2;

-- name: DropKeys :execrows
DELETE FROM repository_keys WHERE org_id = $1 AND repository_id = $2;

-- name: Refs :many
SELECT name, hash FROM repository_refs WHERE org_id = $1 AND repository_id = $2 ORDER BY name;

-- name: Packs :many
SELECT name, pack_hash, index_hash, bytes, shared FROM repository_packs WHERE org_id = $1 AND repository_id = $2 ORDER BY name;

-- name: AddRef :execrows
INSERT INTO repository_refs (org_id, repository_id, name, hash) VALUES ($1, $2, $3, $4) ON CONFLICT (org_id, repository_id, name) DO NOTHING;

-- name: MoveRef :execrows
UPDATE repository_refs SET hash = sqlc.arg(new_hash) WHERE org_id = sqlc.arg(org_id) AND repository_id = sqlc.arg(repository_id) AND name = sqlc.arg(name) AND hash = sqlc.arg(old_hash);

-- name: DropRef :execrows
DELETE FROM repository_refs WHERE org_id = $1 AND repository_id = $2 AND name = $3 AND hash = $4;

-- name: AddPack :exec
INSERT INTO repository_packs (org_id, repository_id, name, pack_hash, index_hash, bytes, shared) VALUES ($1, $2, $3, $4, $5, $6, 0)
ON CONFLICT (org_id, repository_id, name) DO NOTHING;

-- name: DropPack :execrows
DELETE FROM repository_packs WHERE org_id = $1 AND repository_id = $2 AND name = $3;

-- name: Grow :execrows
UPDATE repositories SET bytes = bytes + sqlc.arg(more), updates = updates + sqlc.arg(changes), pushed_at = sqlc.arg(now)
WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id) AND state <> 'closed' AND bytes + sqlc.arg(more) <= quota;

-- name: Shrink :execrows
UPDATE repositories SET bytes = bytes - sqlc.arg(less) WHERE org_id = sqlc.arg(org_id) AND id = sqlc.arg(id);

-- name: AddUpdate :exec
INSERT INTO repository_updates (org_id, repository_id, number, ref, old_hash, new_hash, tree_hash, received_at, via, standing, forced)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: Updates :many
SELECT number, ref, old_hash, new_hash, tree_hash, received_at, via, standing, forced FROM repository_updates WHERE org_id = $1 AND repository_id = $2 ORDER BY number;

-- name: TipBy :one
SELECT new_hash, tree_hash, received_at FROM repository_updates
WHERE org_id = sqlc.arg(org_id) AND repository_id = sqlc.arg(repository_id) AND ref = sqlc.arg(ref) AND via <> 'server' AND received_at <= sqlc.arg(until)
ORDER BY number DESC LIMIT 1;

-- name: SetLate :exec
UPDATE repository_updates SET standing = 'late' WHERE org_id = sqlc.arg(org_id) AND repository_id = sqlc.arg(repository_id) AND received_at > sqlc.arg(until) AND via <> 'server';

-- name: Submit :execrows
UPDATE repositories SET state = 'submitted', submissions = submissions + 1, updates = updates + 1 WHERE org_id = $1 AND id = $2 AND state = 'open';

-- name: AddSubmission :exec
INSERT INTO repository_submissions (org_id, repository_id, number, ref, commit_hash, tree_hash, received_at, until_at, made_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: MoveSubmission :execrows
UPDATE repository_submissions SET commit_hash = sqlc.arg(commit_hash), tree_hash = sqlc.arg(tree_hash), received_at = sqlc.arg(received_at)
WHERE org_id = sqlc.arg(org_id) AND repository_id = sqlc.arg(repository_id) AND number = sqlc.arg(number);

-- name: Submissions :many
SELECT number, ref, commit_hash, tree_hash, received_at, until_at, made_at FROM repository_submissions WHERE org_id = $1 AND repository_id = $2 ORDER BY number DESC;

-- name: Reopen :execrows
UPDATE repositories SET state = 'open' WHERE org_id = $1 AND id = $2 AND state = 'submitted';

-- name: Close :execrows
UPDATE repositories SET state = 'closed' WHERE org_id = $1 AND id = $2;

-- name: Claim :execrows
INSERT INTO repository_files (org_id, hash, since, going) VALUES (sqlc.arg(org_id), sqlc.arg(hash), sqlc.arg(since), 0)
ON CONFLICT (org_id, hash) DO UPDATE SET since = excluded.since WHERE repository_files.going = 0;

-- name: Named :execrows
DELETE FROM repository_files WHERE org_id = $1 AND hash = $2 AND going = 0;

-- name: Unnamed :many
SELECT hash FROM repository_files WHERE org_id = sqlc.arg(org_id) AND (going = 1 OR since < sqlc.arg(before)) ORDER BY hash;

-- name: Going :execrows
UPDATE repository_files SET going = 1 WHERE repository_files.org_id = sqlc.arg(org_id) AND repository_files.hash = sqlc.arg(hash) AND (going = 1 OR since < sqlc.arg(before))
AND NOT EXISTS (SELECT 1 FROM repository_packs p WHERE p.org_id = repository_files.org_id AND (p.pack_hash = repository_files.hash OR p.index_hash = repository_files.hash))
AND NOT EXISTS (SELECT 1 FROM repository_templates t WHERE t.org_id = repository_files.org_id AND (t.pack_hash = repository_files.hash OR t.index_hash = repository_files.hash));

-- name: Gone :execrows
DELETE FROM repository_files WHERE org_id = $1 AND hash = $2;

-- name: Names :one
SELECT (SELECT COUNT(*) FROM repository_packs p WHERE p.org_id = sqlc.arg(org_id) AND (p.pack_hash = sqlc.arg(hash) OR p.index_hash = sqlc.arg(hash)))
	+ (SELECT COUNT(*) FROM repository_templates t WHERE t.org_id = sqlc.arg(org_id) AND (t.pack_hash = sqlc.arg(hash) OR t.index_hash = sqlc.arg(hash)));

-- name: Crowded :many
SELECT repository_id FROM repository_packs WHERE org_id = $1 AND shared = 0 GROUP BY repository_id HAVING COUNT(*) > CAST($2 AS BIGINT) ORDER BY repository_id;

-- name: EraseRefs :execrows
DELETE FROM repository_refs WHERE org_id = $1 AND repository_id = $2;

-- name: ErasePacks :execrows
DELETE FROM repository_packs WHERE org_id = $1 AND repository_id = $2;

-- name: EraseUpdates :execrows
DELETE FROM repository_updates WHERE org_id = $1 AND repository_id = $2;

-- name: EraseSubmissions :execrows
DELETE FROM repository_submissions WHERE org_id = $1 AND repository_id = $2;

-- name: Erase :execrows
DELETE FROM repositories WHERE org_id = $1 AND id = $2;
