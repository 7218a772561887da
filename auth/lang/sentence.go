package lang

import "fmt"

// Phrase is what can be said in any language: Words or a Sentence.
type Phrase interface{ In(*Catalogue) string }

// Sentence is said in English where it is made, in the manner of fmt.Sprintf where there are values. Other languages have it in their section
// "refusals", under the English format; what there isn't, they say in English. A value may be a phrase itself.
//
//	Say("only %s can %s %s", Say("an administrator"), "reopen", period)
type Sentence struct {
	format string
	values []any
}

// Say makes a sentence.
func Say(format string, values ...any) Sentence { return Sentence{format, values} }

// In says it in a language.
func (s Sentence) In(c *Catalogue) string {
	format := s.format
	if own, ok := c.texts["refusals."+format]; ok {
		format = own
	}
	if len(s.values) == 0 {
		return format
	}
	values := make([]any, len(s.values))
	for i, v := range s.values {
		if inner, ok := v.(Phrase); ok {
			v = inner.In(c)
		}
		values[i] = v
	}
	return fmt.Sprintf(format, values...)
}

// String is the sentence in English.
func (s Sentence) String() string { return s.In(catalogues[0]) }

// Error makes it an error whose text may be shown.
func (s Sentence) Error() string { return s.String() }

// Either joins phrases to "a", "a or b", "a or b or c".
func Either(of ...Phrase) Phrase { return joined("%s or %s", of) }

// And joins them to "a", "a, and b".
func And(of ...Phrase) Phrase { return joined("%s, and %s", of) }

// Listed joins them to "a, b, c".
func Listed(of ...Phrase) Phrase { return joined("%s, %s", of) }

// Besides joins them to "a; b; c".
func Besides(of ...Phrase) Phrase { return joined("%s; %s", of) }

func joined(format string, of []Phrase) Phrase {
	if len(of) == 0 {
		return Words{}
	}
	all := of[0]
	for _, next := range of[1:] {
		all = Sentence{format, []any{all, next}}
	}
	return all
}
