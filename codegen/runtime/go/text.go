package abi

import (
	"fmt"
	"strings"
)

// named is a number with its name.
type named struct {
	number uint64
	name   string
}

// flagText returns the names of flags, and those without a name as a number.
func flagText(flags uint64, names []named) string {
	var parts []string
	for _, flag := range names {
		if flags&flag.number != 0 {
			parts = append(parts, flag.name)
			flags &^= flag.number
		}
	}
	if flags != 0 || len(parts) == 0 {
		parts = append(parts, fmt.Sprintf("%#x", flags))
	}
	return strings.Join(parts, " | ")
}

// numberText returns the name of a number, or the number if it has none.
func numberText(number uint64, names []named) string {
	for _, one := range names {
		if one.number == number {
			return one.name
		}
	}
	return fmt.Sprint(number)
}
