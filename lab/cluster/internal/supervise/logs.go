package supervise

import (
	"io"
	"os"
	"path/filepath"
	"time"
)

// maxLog bounds a log file; with its predecessor a program has twice that.
const maxLog = 32 << 20

func openLog(folder, name string) (*os.File, error) {
	return os.OpenFile(filepath.Join(folder, name+".log"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
}

// trim keeps the logs in the folder below maxLog. Programs hold their file open in append mode, so a full log is
// copied aside and emptied instead of renamed.
func trim(folder string) {
	for range time.Tick(5 * time.Second) {
		logs, _ := filepath.Glob(filepath.Join(folder, "*.log"))
		for _, log := range logs {
			if info, err := os.Stat(log); err == nil && info.Size() > maxLog {
				if copyFile(log, log+".1") == nil {
					_ = os.Truncate(log, 0)
				}
			}
		}
	}
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	defer out.Close()
	_, err = io.Copy(out, in)
	return err
}
