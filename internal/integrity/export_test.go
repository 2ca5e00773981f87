package integrity

// OpenIn opens a case in a transaction that a test holds open.
var OpenIn = (*Integrity).openIn
