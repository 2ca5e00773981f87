package db

// Learn is what runs every five seconds.
var Learn = (*DB).learn
