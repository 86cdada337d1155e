package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func writeFiles(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// postWith sends an export without items and returns the status.
func postWith(t *testing.T, url string, headers map[string]string) int {
	t.Helper()
	request, err := http.NewRequest(http.MethodPost, url+"/v1/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	return response.StatusCode
}

func TestCallersAreLetInWithExactlyWhatIsDemanded(t *testing.T) {
	demands, err := readDemands(writeFiles(t, map[string]string{
		"basic-user": "ä", "basic-password": "pa$$w ", "header.x-tenant": "a#b",
	}))
	if err != nil {
		t.Fatal(err)
	}
	b := newTestBackend()
	b.demands = demands
	server := httptest.NewServer(b.httpHandler())
	defer server.Close()
	right := map[string]string{"Authorization": "Basic w6Q6cGEkJHcg", "X-Tenant": "a#b"}
	if got := postWith(t, server.URL, right); got != http.StatusOK {
		t.Errorf("%d for the right ones", got)
	}
	for _, wrong := range []map[string]string{
		nil, {"X-Tenant": "a#b"}, {"Authorization": right["Authorization"]},
		{"Authorization": "Basic w6Q6cGEkJHc=", "X-Tenant": "a#b"},
		{"Authorization": right["Authorization"], "X-Tenant": "a"},
	} {
		if got := postWith(t, server.URL, wrong); got != http.StatusUnauthorized {
			t.Errorf("%d for %v", got, wrong)
		}
	}
	if _, err := readDemands(writeFiles(t, map[string]string{"client-id": "x"})); err == nil {
		t.Error("half a demand is an error")
	}
}

func TestTokensAreGivenForTheRightSecretAndDemandedThen(t *testing.T) {
	demands, err := readDemands(writeFiles(t, map[string]string{"client-id": "a b", "client-secret": "$$ü"}))
	if err != nil {
		t.Fatal(err)
	}
	b := newTestBackend()
	b.demands = demands
	server := httptest.NewServer(b.httpHandler())
	defer server.Close()
	ask := func(id, secret string) (int, string) {
		form := strings.NewReader("grant_type=client_credentials&scope=x")
		request, _ := http.NewRequest(http.MethodPost, server.URL+"/token", form)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.SetBasicAuth(id, secret)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var answer struct {
			Token string `json:"access_token"`
		}
		_ = json.NewDecoder(response.Body).Decode(&answer)
		return response.StatusCode, answer.Token
	}
	if status, token := ask("a+b", "wrong"); status != http.StatusUnauthorized || token != "" {
		t.Errorf("%d, %q for a wrong secret", status, token)
	}
	status, token := ask("a+b", "%24%24%C3%BC")
	if status != http.StatusOK || postWith(t, server.URL, map[string]string{"Authorization": "Bearer " + token}) != http.StatusOK {
		t.Errorf("%d, %q for the right secret", status, token)
	}
	if got := postWith(t, server.URL, map[string]string{"Authorization": "Bearer other"}); got != http.StatusUnauthorized {
		t.Errorf("%d for another token", got)
	}
	if all := b.recorder.tokenRequests(); len(all) != 2 || string(all[1].ClientSecret) != "$$ü" || all[1].Form.Get("scope") != "x" {
		t.Errorf("%+v", all)
	}
}

func TestRejectsItemsInAGoodAnswerAndRedirectsToAGoodPage(t *testing.T) {
	b := newTestBackend()
	server := httptest.NewServer(b.httpHandler())
	defer server.Close()
	for _, status := range []int{http.StatusOK, http.StatusFound} {
		b.behaviour.replace(Behaviour{Status: status})
		if got := postWith(t, server.URL, nil); got != http.StatusOK {
			t.Errorf("%d at the end of %d", got, status)
		}
	}
	for _, request := range b.recorder.requestsOf("") {
		if request.Refused == "" {
			t.Errorf("%+v counts as taken", request)
		}
	}
}

func TestFailuresAreSpreadAndHangingRequestsGoOnWhenItIsOver(t *testing.T) {
	b := newTestBackend()
	server := httptest.NewServer(b.httpHandler())
	defer server.Close()
	half := 0.5
	b.behaviour.replace(Behaviour{Status: http.StatusTooManyRequests, FailShare: &half})
	var statuses []int
	for range 4 {
		statuses = append(statuses, postWith(t, server.URL, nil))
	}
	if want := []int{200, 429, 200, 429}; !reflect.DeepEqual(statuses, want) {
		t.Errorf("%v", statuses)
	}
	b.behaviour.replace(Behaviour{Hang: true})
	time.AfterFunc(50*time.Millisecond, func() { b.behaviour.replace(Behaviour{}) })
	begin := time.Now()
	if got := postWith(t, server.URL, nil); got != http.StatusOK || time.Since(begin) < 50*time.Millisecond {
		t.Errorf("%d after %v", got, time.Since(begin))
	}
	if refused := len(b.recorder.requestsOf("")); refused != 5 {
		t.Errorf("%d requests are remembered, those that failed too", refused)
	}
}
