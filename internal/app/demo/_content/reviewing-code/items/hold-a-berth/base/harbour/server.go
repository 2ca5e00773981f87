// Package harbour is the HTTP side of booking.
package harbour

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"quay/berth"
)

// Server answers captains.
type Server struct{ Berths *berth.Service }

// Routes are all addresses. Whoever is not signed in does not come this far: the captain is in the request's context.
func (s *Server) Routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /bookings", s.book)
	mux.HandleFunc("DELETE /bookings/{id}", s.cancel)
	return mux
}

type askBody struct {
	Harbour string    `json:"harbour"`
	Ship    string    `json:"ship"`
	Length  int       `json:"length"`
	From    time.Time `json:"from"`
	To      time.Time `json:"to"`
}

func (s *Server) book(w http.ResponseWriter, r *http.Request) {
	var in askBody
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, "this is no booking", http.StatusBadRequest)
		return
	}
	b, err := s.Berths.Book(r.Context(), berth.Ask{Harbour: in.Harbour, Captain: captain(r), Ship: in.Ship, Length: in.Length, From: in.From, To: in.To})
	if err != nil {
		fail(w, err)
		return
	}
	reply(w, http.StatusCreated, b)
}

func (s *Server) cancel(w http.ResponseWriter, r *http.Request) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		http.Error(w, "this is no booking", http.StatusBadRequest)
		return
	}
	if err := s.Berths.Cancel(r.Context(), captain(r), id); err != nil {
		fail(w, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// fail answers with the status of an error.
func fail(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, berth.ErrFull):
		http.Error(w, "no berth is free then", http.StatusConflict)
	case errors.Is(err, berth.ErrUnknown), errors.Is(err, berth.ErrNotYours):
		http.Error(w, "you have no such booking", http.StatusNotFound)
	default:
		http.Error(w, "something went wrong", http.StatusInternalServerError)
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v)
}
