// Prints the reply as Go formats it.
package main

import (
	"encoding/hex"
	"fmt"
	"os"
)

func main() {
	reply, _ := os.ReadFile("reply.bin")
	switch os.Args[1] {
	case "println":
		fmt.Println(reply)
	case "x":
		fmt.Printf("%x\n", reply)
	case "spaced-x":
		fmt.Printf("% x\n", reply)
	case "syntax":
		fmt.Printf("%#v\n", reply)
	case "dump":
		fmt.Print(hex.Dump(reply))
	default:
		fmt.Printf("%q\n", reply)
	}
}
