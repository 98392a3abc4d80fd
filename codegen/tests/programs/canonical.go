// Prints the conformance text of replies by the Go package. The argument is a table of the
// capabilities in JSON. Each line of the input has a chain, a byte order, a layout and the
// bytes in hexadecimal. Compiled together with readers.go, which the tests write.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	abi "@PACKAGE@"
)

// chainTable describes a chain.
type chainTable struct {
	Caps map[string]struct {
		Fields []field
		Array  *struct {
			Field, Element string
			Members        []string
		}
	}
	GoFields map[string]string `json:"go_fields"`
}

// field is the name of a field and the version that has it first.
type field struct {
	name    string
	version uint16
}

func (f *field) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&f.name, &f.version})
}

var errorWords = map[abi.ChainErrorKind]string{
	abi.ChainInsideFixed:      "inside_fixed at=%d",
	abi.ChainOutOfBounds:      "out_of_bounds at=%d",
	abi.ChainHeaderCut:        "header_cut at=%d",
	abi.ChainCycle:            "cycle at=%d",
	abi.ChainBodyShort:        "body_short at=%d id=%d need=%d",
	abi.ChainCountOutOfBounds: "count_out_of_bounds at=%d id=%d count=%d",
	abi.ChainOverlap:          "overlap at=%d id=%d next=%d",
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	check(err)
	var table map[string]chainTable
	check(json.Unmarshal(text, &table))
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	in := bufio.NewReader(os.Stdin)
	for {
		line, err := in.ReadString('\n')
		if err == io.EOF {
			return
		}
		check(err)
		words := strings.Split(strings.TrimSuffix(line, "\n"), " ")
		reply, err := hex.DecodeString(words[3])
		check(err)
		var order binary.ByteOrder = binary.LittleEndian
		if words[1] == "be" {
			order = binary.BigEndian
		}
		start, known := chains[words[0]]
		if known && words[2] == "lp64" {
			answer(out, words[0], table[words[0]], start, reply, order)
		} else {
			fmt.Fprintln(out, "?")
		}
		fmt.Fprintln(out, ".")
	}
}

// answer prints the text of a reply.
func answer(out io.Writer, name string, table chainTable, start starter, b []byte,
	order binary.ByteOrder) {
	reply, caps, err := start(b, order)
	var short *abi.ReplyError
	if errors.As(err, &short) {
		fmt.Fprintf(out, "too_short len=%d minsz=%d\n", short.Len, short.Minsz)
		return
	}
	check(err)
	if reply == nil {
		fmt.Fprintln(out, "reply argsz=none need=none")
	} else if need, short := reply.RequiredSize(); short {
		fmt.Fprintf(out, "reply argsz=%d need=%d\n", reply.Argsz(), need)
	} else {
		fmt.Fprintf(out, "reply argsz=%d need=none\n", reply.Argsz())
	}
	for caps.Next() {
		cap := caps.Cap()
		printCap(out, name, table, &cap)
	}
	var damage *abi.ChainError
	if errors.As(caps.Err(), &damage) {
		format := "error " + errorWords[damage.Kind] + "\n"
		values := []any{damage.At, damage.ID, damage.Value}
		fmt.Fprintf(out, format, values[:strings.Count(format, "%")]...)
	}
}

func printCap(out io.Writer, chain string, table chainTable, cap *abi.Cap) {
	name := cap.Name()
	if name == "" {
		name = "?"
	}
	fmt.Fprintf(out, "cap at=%d id=%d version=%d name=%s\n", cap.Offset, cap.ID, cap.Version, name)
	id := fmt.Sprint(cap.ID)
	known, found := table.Caps[id]
	reader := readers[chain+" "+id]
	if found && cap.Name() != "" && reader != nil {
		body, elements, err := reader(cap)
		check(err)
		for _, field := range known.Fields {
			if cap.Version >= field.version {
				value := reflect.ValueOf(body).FieldByName(table.GoFields[field.name])
				fmt.Fprintf(out, "  %s=%v\n", field.name, number(value))
			}
		}
		if array := known.Array; array != nil {
			printArray(out, table, array.Field, array.Element, array.Members,
				reflect.ValueOf(elements))
		}
	}
	fmt.Fprintf(out, "  bytes=%d\n", len(cap.Bytes))
}

func printArray(out io.Writer, table chainTable, name, kind string, members []string,
	elements reflect.Value) {
	if kind == "bytes" {
		fmt.Fprintf(out, "  %s=%x\n", name, elements.Bytes())
		return
	}
	for i := 0; i < elements.Len(); i++ {
		if kind == "int" {
			fmt.Fprintf(out, "  %s[%d]=%v\n", name, i, number(elements.Index(i)))
		}
		for _, member := range members {
			value := elements.Index(i).FieldByName(table.GoFields[member])
			fmt.Fprintf(out, "  %s[%d].%s=%v\n", name, i, member, number(value))
		}
	}
}

// number is an integer without its type, which can have names.
func number(value reflect.Value) any {
	if value.CanInt() {
		return value.Int()
	}
	return value.Uint()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
