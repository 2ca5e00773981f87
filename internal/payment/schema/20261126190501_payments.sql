-- +goose Up
-- What is paid for the work of a stage: a whole number of minor units of a currency (ISO 4217).
CREATE TABLE payment_terms (
	org_id     TEXT NOT NULL,
	stage_id   TEXT NOT NULL,
	opening_id TEXT NOT NULL,
	amount     BIGINT NOT NULL CHECK (amount > 0),
	currency   TEXT NOT NULL,
	days       BIGINT NOT NULL CHECK (days BETWEEN 1 AND 60),
	production BOOLEAN NOT NULL,
	rights     TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	changed_by TEXT NOT NULL,
	PRIMARY KEY (org_id, stage_id),
	FOREIGN KEY (org_id, stage_id) REFERENCES stages (org_id, id)
);
CREATE INDEX payment_terms_opening ON payment_terms (org_id, opening_id);
-- One offer to one person: the terms as they were when it was made, which never change. sent_at is when the work was sent, 0 not yet.
CREATE TABLE payments (
	org_id         TEXT NOT NULL,
	id             TEXT NOT NULL,
	application_id TEXT NOT NULL,
	opening_id     TEXT NOT NULL,
	stage_id       TEXT NOT NULL,
	amount         BIGINT NOT NULL CHECK (amount > 0),
	currency       TEXT NOT NULL,
	days           BIGINT NOT NULL CHECK (days BETWEEN 1 AND 60),
	production     BOOLEAN NOT NULL,
	rights         TEXT NOT NULL,
	state          TEXT NOT NULL CHECK (state IN ('offered', 'accepted', 'due', 'paid', 'declined')),
	payee          TEXT NOT NULL,
	proof          TEXT NOT NULL,
	offered_at     BIGINT NOT NULL,
	answered_at    BIGINT NOT NULL,
	sent_at        BIGINT NOT NULL,
	due_at         BIGINT NOT NULL,
	paid_at        BIGINT NOT NULL,
	paid_by        TEXT NOT NULL,
	PRIMARY KEY (org_id, id),
	UNIQUE (org_id, application_id, stage_id),
	FOREIGN KEY (org_id, application_id) REFERENCES applications (org_id, id)
);
CREATE INDEX payments_opening ON payments (org_id, opening_id, id);
