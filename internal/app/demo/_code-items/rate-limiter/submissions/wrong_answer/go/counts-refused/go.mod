module limiter

go 1.22
