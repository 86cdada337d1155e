package cluster

import (
	"errors"
	"strings"
	"testing"
)

func TestInsistTriesAgainAndSaysWhy(t *testing.T) {
	out := &strings.Builder{}
	c := &Cluster{Out: out}
	tried := 0
	err := c.insist(func() error {
		if tried++; tried < 2 {
			return errors.New("busy")
		}
		return nil
	})
	if err != nil || tried != 2 || out.String() != "once more: busy\n" {
		t.Errorf("%v after %d attempts, printed %q", err, tried, out)
	}
}

func TestInsistGivesUp(t *testing.T) {
	c := &Cluster{Out: &strings.Builder{}}
	busy := errors.New("busy")
	if err := c.insist(func() error { return busy }); err != busy {
		t.Error(err)
	}
}
