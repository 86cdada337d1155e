package cluster

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"telemetry/lab/cluster/internal/image"
	"telemetry/lab/cluster/internal/layout"
	"telemetry/lab/cluster/internal/manifests"
	"telemetry/lab/cluster/internal/node"
	"telemetry/lab/cluster/internal/state"
)

// systemImages come first on every node: nothing runs without them.
func systemImages(bin string) (sources []image.Source) {
	for _, s := range []struct{ name, program string }{
		{manifests.PauseImage, "pause"}, {manifests.DNSImage, "coredns"}, {manifests.ProbeImage, "probe"},
	} {
		sources = append(sources, image.Source{Name: s.name, Binary: filepath.Join(bin, s.program), Path: "/" + s.program})
	}
	return sources
}

// makeImages builds the archives, in parallel, and enters them in the record.
func (c *Cluster) makeImages(r *state.Record, sources []image.Source) error {
	if err := os.MkdirAll(c.Dir.Images(), 0o755); err != nil {
		return err
	}
	made := make([]state.Image, len(sources))
	err := forEach(sources, func(i int, s image.Source) (err error) {
		made[i], err = image.Build(c.Dir.Images(), s)
		return err
	})
	if err != nil {
		return err
	}
	var obsolete []string
	for _, m := range made {
		at := slices.IndexFunc(r.Images, func(i state.Image) bool { return i.Name == m.Name })
		if at < 0 {
			r.Images = append(r.Images, m)
			continue
		}
		if old := r.Images[at]; old.Archive != m.Archive {
			obsolete = append(obsolete, old.Archive)
		}
		r.Images[at] = m
	}
	if err := r.Save(); err != nil {
		return err
	}
	for _, archive := range obsolete {
		if err := os.Remove(filepath.Join(c.Dir.Images(), archive)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// settleImages waits for the imports of nodes that are starting, and brings new images to nodes that ran before.
func (c *Cluster) settleImages(r *state.Record) error {
	return forEach(layout.MachineNames(r.Nodes)[1:], func(_ int, name string) error {
		if err := c.imagesOn(r, name); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return c.importOn(r, name, r.Images)
	})
}

func (c *Cluster) importOn(r *state.Record, name string, images []state.Image) error {
	for _, i := range images {
		archive := filepath.Join(c.Dir.Images(), i.Archive)
		if err := node.Import(r.Bin, r.Machines[name].ID, archive, i); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// LoadImage makes an image and brings it to every running node; the others import it when they start.
func (c *Cluster) LoadImage(s image.Source) (state.Image, error) {
	r, done, err := c.existing()
	if err != nil {
		return state.Image{}, err
	}
	defer done()
	if err := c.makeImages(r, []image.Source{s}); err != nil {
		return state.Image{}, err
	}
	at := slices.IndexFunc(r.Images, func(i state.Image) bool { return i.Name == s.Name })
	loaded := r.Images[at]
	var running []string
	for _, name := range layout.MachineNames(r.Nodes)[1:] {
		if r.Running(name) {
			running = append(running, name)
		}
	}
	return loaded, forEach(running, func(_ int, name string) error {
		return c.importOn(r, name, []state.Image{loaded})
	})
}

// forEach runs do for all items at once and joins the errors.
func forEach[T any](items []T, do func(int, T) error) error {
	errs := make([]error, len(items))
	var all sync.WaitGroup
	for i, item := range items {
		all.Go(func() { errs[i] = do(i, item) })
	}
	all.Wait()
	return errors.Join(errs...)
}
