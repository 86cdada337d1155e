package network

import (
	"errors"
	"testing"

	"github.com/vishvananda/netlink"
)

func TestCompleteAsksAgainForWhatChangedMeanwhile(t *testing.T) {
	asked := 0
	list := func() ([]int, error) {
		if asked++; asked < 3 {
			return nil, netlink.ErrDumpInterrupted
		}
		return []int{asked}, nil
	}
	if all, err := complete(list); err != nil || len(all) != 1 || all[0] != 3 {
		t.Errorf("got %v, %v", all, err)
	}
}

func TestCompleteGivesUp(t *testing.T) {
	never := func() ([]int, error) { return nil, netlink.ErrDumpInterrupted }
	if _, err := complete(never); !errors.Is(err, netlink.ErrDumpInterrupted) {
		t.Error(err)
	}
	other := errors.New("other")
	if _, err := complete(func() ([]int, error) { return nil, other }); err != other {
		t.Error(err)
	}
}
