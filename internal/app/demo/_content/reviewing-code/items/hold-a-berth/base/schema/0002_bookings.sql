CREATE TABLE bookings (
	id       BIGSERIAL PRIMARY KEY,
	berth_id BIGINT NOT NULL REFERENCES berths (id),
	captain  TEXT NOT NULL,
	ship     TEXT NOT NULL,
	starts   BIGINT NOT NULL,
	ends     BIGINT NOT NULL CHECK (ends > starts)
);
CREATE UNIQUE INDEX bookings_once ON bookings (berth_id, starts);
