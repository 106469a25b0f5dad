package words

import (
	"slices"
	"strings"
	"testing"
)

func TestFields(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"nothing", "  … ", nil},
		{"case", "Go go GO", []string{"go", "go", "go"}},
		{"scripts", "Straße, Ωμέγα; 東京 2027!", []string{"straße", "ωμέγα", "東京", "2027"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := Fields(test.text); !slices.Equal(got, test.want) {
				t.Errorf("Fields(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}

func TestTop(t *testing.T) {
	const text = "b a c b a b"
	for n, want := range map[int][]Count{
		0: {},
		1: {{"b", 3}},
		2: {{"b", 3}, {"a", 2}},
		9: {{"b", 3}, {"a", 2}, {"c", 1}},
	} {
		if got := Top(text, n); !slices.Equal(got, want) {
			t.Errorf("Top(%q, %d) = %v, want %v", text, n, got, want)
		}
	}
}

func BenchmarkTop(b *testing.B) {
	text := strings.Repeat("the quick brown fox jumps over the lazy dog ", 100)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		Top(text, 3)
	}
}

// FuzzFields: `go test -fuzz=Fields -fuzztime=10s ./examples/tests`.
func FuzzFields(f *testing.F) {
	f.Add("Go, go!")
	f.Fuzz(func(t *testing.T, text string) {
		for _, word := range Fields(text) {
			if again := Fields(word); len(again) != 1 {
				t.Errorf("%q, a word of %q, is %d words", word, text, len(again))
			}
		}
	})
}
