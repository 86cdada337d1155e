package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// TokenRequest is one request for a token. Bytes are in base64 here.
type TokenRequest struct {
	// Place of the client's credentials: header (RFC 6749 2.3.1: both parts form-encoded in basic authentication) or body.
	How          string     `json:"how"`
	ClientID     []byte     `json:"clientId"`
	ClientSecret []byte     `json:"clientSecret"`
	Form         url.Values `json:"form"` // without the secret
	Granted      bool       `json:"granted"`
}

// issuer remembers the tokens that it has issued.
type issuer struct {
	mu     sync.Mutex
	tokens map[string]struct{}
}

func (i *issuer) issue() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.tokens == nil {
		i.tokens = map[string]struct{}{}
	}
	token := rand.Text()
	i.tokens[token] = struct{}{}
	return token
}

func (i *issuer) knows(authorization [][]byte) bool {
	if len(authorization) != 1 {
		return false
	}
	token, found := strings.CutPrefix(string(authorization[0]), "Bearer ")
	i.mu.Lock()
	defer i.mu.Unlock()
	_, known := i.tokens[token]
	return found && known
}

// token is the token endpoint of OAuth2 for the grant `client_credentials`.
func (b *recordingBackend) token(w http.ResponseWriter, r *http.Request) {
	request, err := readTokenRequest(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	d := b.demands
	request.Granted = request.Form.Get("grant_type") == "client_credentials" &&
		(d.clientID == nil || bytes.Equal(request.ClientID, d.clientID) && bytes.Equal(request.ClientSecret, d.clientSecret))
	b.recorder.addToken(request)
	if !request.Granted {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusUnauthorized)
		answerJSON(w, map[string]string{"error": "invalid_client"})
		return
	}
	answerJSON(w, map[string]any{"access_token": d.issuer.issue(), "token_type": "Bearer", "expires_in": 3600})
}

func readTokenRequest(r *http.Request) (TokenRequest, error) {
	if err := r.ParseForm(); err != nil {
		return TokenRequest{}, err
	}
	form := r.PostForm
	id, secret, inHeader := r.BasicAuth()
	if !inHeader {
		id, secret = form.Get("client_id"), form.Get("client_secret")
		form.Del("client_secret")
		return TokenRequest{How: "body", ClientID: []byte(id), ClientSecret: []byte(secret), Form: form}, nil
	}
	id, err := url.QueryUnescape(id)
	if err != nil {
		return TokenRequest{}, fmt.Errorf("client id: %w", err)
	}
	if secret, err = url.QueryUnescape(secret); err != nil {
		return TokenRequest{}, fmt.Errorf("client secret: %w", err)
	}
	return TokenRequest{How: "header", ClientID: []byte(id), ClientSecret: []byte(secret), Form: form}, nil
}
