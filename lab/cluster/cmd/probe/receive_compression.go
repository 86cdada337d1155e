package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"google.golang.org/grpc/encoding"
	_ "google.golang.org/grpc/encoding/gzip" // registers itself
)

// The collector's gRPC exporter has two compressions besides gzip. Only reading is needed here.
func init() {
	encoding.RegisterCompressor(grpcCompression{"snappy", func(r io.Reader) (io.Reader, error) {
		return snappy.NewReader(r), nil
	}})
	encoding.RegisterCompressor(grpcCompression{"zstd", readZstd})
}

type grpcCompression struct {
	name string
	read func(io.Reader) (io.Reader, error)
}

func (c grpcCompression) Name() string                              { return c.name }
func (c grpcCompression) Decompress(r io.Reader) (io.Reader, error) { return c.read(r) }

// Compress is for the answer, which gRPC compresses like the request.
func (c grpcCompression) Compress(w io.Writer) (io.WriteCloser, error) {
	if c.name == "snappy" {
		return snappy.NewBufferedWriter(w), nil
	}
	return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
}

func readZstd(r io.Reader) (io.Reader, error) {
	decoder, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return decoder.IOReadCloser(), nil
}

// framedSnappy is the start of a stream in snappy's framing format. Older collectors call this format "snappy", too.
var framedSnappy = []byte("\xff\x06\x00\x00sNaPpY")

// decompress reads an HTTP body.
func decompress(encoding string, body []byte) ([]byte, error) {
	switch encoding {
	case "":
		return body, nil
	case "gzip":
		reader, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		return io.ReadAll(reader)
	case "zstd":
		decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		defer decoder.Close()
		return decoder.DecodeAll(body, nil)
	case "snappy", "x-snappy-framed":
		if bytes.HasPrefix(body, framedSnappy) {
			return io.ReadAll(snappy.NewReader(bytes.NewReader(body)))
		}
		return snappy.Decode(nil, body)
	}
	return nil, fmt.Errorf("content-encoding %q is not known", encoding)
}
