package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/grpc/codes"
)

// demands are the credentials that a caller must send, byte for byte. Their files are in one folder, such as a mounted
// Secret:
//
//	basic-user, basic-password   of basic authentication
//	client-id, client-secret     of requests to /token; each export then needs a token from there
//	header.NAME                  value of a header, NAME in lower case
//
// A file has exactly the expected bytes: no line break is removed.
type demands struct {
	basicUser, basicPassword []byte
	clientID, clientSecret   []byte
	headers                  map[string][]byte
	issuer                   issuer
}

// readDemands returns no demands if no folder is given.
func readDemands(folder string) (*demands, error) {
	d := &demands{headers: map[string][]byte{}}
	if folder == "" {
		return d, nil
	}
	fields := map[string]*[]byte{
		"basic-user": &d.basicUser, "basic-password": &d.basicPassword,
		"client-id": &d.clientID, "client-secret": &d.clientSecret,
	}
	for name, field := range fields {
		content, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		*field = content
	}
	if (d.basicUser == nil) != (d.basicPassword == nil) || (d.clientID == nil) != (d.clientSecret == nil) {
		return nil, fmt.Errorf("%s: basic-user goes with basic-password, client-id with client-secret", folder)
	}
	files, err := filepath.Glob(filepath.Join(folder, "header.*"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		d.headers[strings.TrimPrefix(filepath.Base(file), "header.")] = content
	}
	return d, nil
}

func (d *demands) check(headers map[string][][]byte) *refusal {
	if d.basicUser != nil {
		pair := bytes.Join([][]byte{d.basicUser, d.basicPassword}, []byte(":"))
		if !sole(headers["authorization"], []byte("Basic "+base64.StdEncoding.EncodeToString(pair))) {
			return unauthenticated("wrong user or password")
		}
	}
	if d.clientID != nil && !d.issuer.knows(headers["authorization"]) {
		return unauthenticated("no token of mine")
	}
	for name, want := range d.headers {
		if !sole(headers[name], want) {
			return unauthenticated("wrong header " + name)
		}
	}
	return nil
}

func sole(values [][]byte, want []byte) bool {
	return len(values) == 1 && bytes.Equal(values[0], want)
}

func unauthenticated(reason string) *refusal {
	return &refusal{reason: reason, status: http.StatusUnauthorized, code: codes.Unauthenticated}
}
