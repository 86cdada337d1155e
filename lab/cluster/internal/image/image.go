// Package image makes container images out of single static programs, or of folders that are a whole root, as
// archives that containerd imports.
//
// An image has one uncompressed layer: a root with /tmp, a passwd file and the program or all that is in the folder.
// Nothing in it depends on time or place, so the same content gives the same digest everywhere.
package image

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/distribution/reference"

	"telemetry/lab/cluster/internal/state"
)

// Source describes the content of an image.
type Source struct {
	Name       string   // as in a pod's image field
	Binary     string   // the program, a static executable on the host, or a folder that becomes the root
	Path       string   // the program's place in the image
	Entrypoint []string // the program without arguments if empty
}

// Parse reads BINARY[=/path/in/image].
func Parse(name, binary string) (Source, error) {
	file, inside, found := strings.Cut(binary, "=")
	if !found {
		inside = "/" + filepath.Base(file)
	}
	if file == "" || !path.IsAbs(inside) {
		return Source{}, fmt.Errorf("image %s: %q is not BINARY or BINARY=/path/in/image", name, binary)
	}
	ref, err := reference.ParseDockerRef(name)
	if err != nil {
		return Source{}, fmt.Errorf("image name %q: %w", name, err)
	}
	if _, digested := ref.(reference.Digested); digested {
		return Source{}, fmt.Errorf("image name %q: the digest is computed from the program, give a tag", name)
	}
	return Source{Name: ref.String(), Binary: file, Path: path.Clean(inside)}, nil
}

type object = map[string]any

// Check returns an error if the image cannot be built, before anything is changed.
func Check(s Source) error {
	info, err := os.Stat(s.Binary)
	if err == nil && info.IsDir() {
		return nil
	}
	if err == nil && (!info.Mode().IsRegular() || info.Mode()&0o111 == 0) {
		err = errors.New("not an executable file")
	}
	if err != nil {
		return fmt.Errorf("image %s: program %s: %w", s.Name, s.Binary, err)
	}
	return nil
}

// Build writes the image's archive into the folder unless the archive exists.
func Build(folder string, s Source) (state.Image, error) {
	if err := Check(s); err != nil {
		return state.Image{}, err
	}
	layer := sha256.New()
	size, err := writeLayer(layer, s)
	if err != nil {
		return state.Image{}, fmt.Errorf("image %s: %w", s.Name, err)
	}
	layerDigest := "sha256:" + hex.EncodeToString(layer.Sum(nil))
	config := encode(object{
		"architecture": "amd64", "os": "linux",
		"config": settings(s),
		"rootfs": object{"type": "layers", "diff_ids": []string{layerDigest}},
	})
	manifest := encode(object{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
		"config": object{
			"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest(config), "size": len(config),
		},
		"layers": []object{{
			"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": layerDigest, "size": size,
		}},
	})
	image := state.Image{Name: s.Name, Digest: digest(manifest)}
	image.Archive = strings.TrimPrefix(digest([]byte(image.Name+image.Digest)), "sha256:")[:32] + ".tar"
	target := filepath.Join(folder, image.Archive)
	if _, err := os.Stat(target); err == nil {
		return image, nil
	}
	err = writeArchive(target, index(image, len(manifest)), [][]byte{config, manifest}, layerDigest, size, s)
	if err != nil {
		return state.Image{}, fmt.Errorf("image %s: %w", s.Name, err)
	}
	return image, nil
}

// settings returns the start settings of the image's containers. Containers of a folder's image get their command from
// their pods.
func settings(s Source) object {
	if isFolder(s) {
		return object{"WorkingDir": "/app", "User": "65532:65532", "Env": []string{"PATH=/usr/local/bin:/usr/bin:/bin"}}
	}
	entrypoint := s.Entrypoint
	if len(entrypoint) == 0 {
		entrypoint = []string{s.Path}
	}
	return object{"Entrypoint": entrypoint, "WorkingDir": "/", "User": "65532:65532", "Env": []string{"PATH=/"}}
}

func isFolder(s Source) bool {
	info, err := os.Stat(s.Binary)
	return err == nil && info.IsDir()
}

// ByDigest is the image's name for a pod that pins it.
func ByDigest(i state.Image) string {
	ref, err := reference.ParseDockerRef(i.Name)
	if err != nil {
		return i.Name
	}
	return reference.TrimNamed(ref).String() + "@" + i.Digest
}

// index registers the image twice, so that a pod may refer to it by tag or by digest.
func index(i state.Image, manifestSize int) []byte {
	var manifests []object
	for _, name := range []string{i.Name, ByDigest(i)} {
		manifests = append(manifests, object{
			"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": i.Digest, "size": manifestSize,
			"platform":    object{"architecture": "amd64", "os": "linux"},
			"annotations": object{"io.containerd.image.name": name},
		})
	}
	return encode(object{
		"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json", "manifests": manifests,
	})
}

func writeArchive(target string, index []byte, blobs [][]byte, layer string, size int64, s Source) error {
	f, err := os.CreateTemp(filepath.Dir(target), ".archive-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	w := tar.NewWriter(f)
	put := func(name string, content []byte) {
		err = errors.Join(err, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(content))}))
		if err == nil {
			_, err = w.Write(content)
		}
	}
	put("oci-layout", []byte(`{"imageLayoutVersion":"1.0.0"}`))
	for _, content := range blobs {
		put(blob(digest(content)), content)
	}
	put("index.json", index)
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: blob(layer), Mode: 0o644, Size: size}); err != nil {
		return err
	}
	if _, err := writeLayer(w, s); err != nil {
		return err
	}
	if err := errors.Join(w.Close(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), target)
}

const passwd = "root:x:0:0:root:/:/none\nnonroot:x:65532:65532:nonroot:/:/none\n"
const group = "root:x:0:\nnonroot:x:65532:\n"

func writeLayer(to io.Writer, s Source) (size int64, err error) {
	counter := &counter{to: to}
	w := tar.NewWriter(counter)
	if isFolder(s) {
		err = errors.Join(writeTree(w, s.Binary), w.Close())
		return counter.n, err
	}
	folders := []*tar.Header{{Name: "etc/", Mode: 0o755}, {Name: "tmp/", Mode: 0o1777}}
	parents := strings.Split(strings.Trim(path.Dir(s.Path), "/"), "/")
	for i := range parents {
		if p := strings.Join(parents[:i+1], "/"); p != "" && p != "etc" && p != "tmp" {
			folders = append(folders, &tar.Header{Name: p + "/", Mode: 0o755})
		}
	}
	for _, h := range folders {
		h.Typeflag = tar.TypeDir
		if err := w.WriteHeader(h); err != nil {
			return 0, err
		}
	}
	if err := writeAccounts(w); err != nil {
		return 0, err
	}
	if err := writeFile(w, strings.TrimPrefix(s.Path, "/"), s.Binary, 0o755); err != nil {
		return 0, err
	}
	err = w.Close()
	return counter.n, err
}

func writeAccounts(w *tar.Writer) error {
	for _, file := range []struct{ name, content string }{{"etc/passwd", passwd}, {"etc/group", group}} {
		if err := w.WriteHeader(&tar.Header{Name: file.name, Mode: 0o644, Size: int64(len(file.content))}); err != nil {
			return err
		}
		if _, err := io.WriteString(w, file.content); err != nil {
			return err
		}
	}
	return nil
}

func writeFile(w *tar.Writer, name, source string, mode int64) error {
	f, err := os.Open(source)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: info.Size()}); err != nil {
		return err
	}
	_, err = io.CopyBuffer(struct{ io.Writer }{w}, struct{ io.Reader }{f}, make([]byte, 1<<20))
	return err
}

// writeTree writes the content of a folder, in the order of names. A folder with /etc/passwd has its own accounts and /tmp.
func writeTree(w *tar.Writer, root string) error {
	if _, err := os.Stat(filepath.Join(root, "etc/passwd")); errors.Is(err, os.ErrNotExist) {
		if err := w.WriteHeader(&tar.Header{Name: "etc/", Mode: 0o755, Typeflag: tar.TypeDir}); err != nil {
			return err
		}
		if err := writeAccounts(w); err != nil {
			return err
		}
	}
	return filepath.WalkDir(root, func(source string, entry fs.DirEntry, err error) error {
		name, _ := filepath.Rel(root, source)
		if err != nil || name == "." {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode := int64(info.Mode().Perm())
		switch {
		case entry.IsDir():
			if info.Mode()&fs.ModeSticky != 0 {
				mode |= 0o1000
			}
			return w.WriteHeader(&tar.Header{Name: name + "/", Mode: mode, Typeflag: tar.TypeDir})
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(source)
			if err != nil {
				return err
			}
			return w.WriteHeader(&tar.Header{Name: name, Mode: 0o777, Typeflag: tar.TypeSymlink, Linkname: target})
		case info.Mode().IsRegular():
			return writeFile(w, name, source, mode)
		default:
			return fmt.Errorf("%s is not a file, folder or link", source)
		}
	})
}

type counter struct {
	to io.Writer
	n  int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}

func blob(digest string) string { return "blobs/sha256/" + strings.TrimPrefix(digest, "sha256:") }

func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func encode(o object) []byte {
	b, err := json.Marshal(o)
	if err != nil {
		panic(err) // only strings, numbers and lists of them
	}
	return b
}
