package process

import (
	"os/exec"
	"testing"
	"time"
)

func TestKillHitsOnlyTheProcessMeant(t *testing.T) {
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	id, err := Of(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	former := ID{PID: id.PID, Start: id.Start - 1} // had the number before
	if former.Alive() {
		t.Error("a process of another start time counts as the same")
	}
	if err := former.Kill(time.Second); err != nil || !id.Alive() {
		t.Fatalf("the process that has the number now was hit (%v)", err)
	}
	if err := id.Kill(time.Second); err != nil {
		t.Fatal(err)
	}
	if id.Alive() {
		t.Error("a zombie counts as alive")
	}
	_ = cmd.Wait()
	if err := id.Kill(time.Second); err != nil {
		t.Errorf("ending what has ended: %v", err)
	}
}
