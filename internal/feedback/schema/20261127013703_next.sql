-- +goose Up
-- How a candidate who goes on is invited to their next stage: until when (0: the stage's window from then), and a line of their mail.
ALTER TABLE feedback_drafts ADD COLUMN next_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feedback_drafts ADD COLUMN next_note TEXT NOT NULL DEFAULT '';
ALTER TABLE feedbacks ADD COLUMN next_by BIGINT NOT NULL DEFAULT 0;
ALTER TABLE feedbacks ADD COLUMN next_note TEXT NOT NULL DEFAULT '';
