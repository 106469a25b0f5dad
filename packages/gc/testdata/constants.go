// Evaluates constant operations, one to a line of standard input: the operation and its operands,
// separated by tabs. An operand is kind:literal or kind-:literal (negated). Prints the results in
// every form that the TypeScript side has.
package main

import (
	"bufio"
	"fmt"
	"go/constant"
	"go/token"
	"math"
	"os"
	"strconv"
	"strings"
)

var ops = map[string]token.Token{
	"+": token.ADD, "-": token.SUB, "*": token.MUL, "/": token.QUO, "//": token.QUO_ASSIGN,
	"%": token.REM, "&": token.AND, "|": token.OR, "^": token.XOR, "&^": token.AND_NOT,
	"<<": token.SHL, ">>": token.SHR, "==": token.EQL, "!=": token.NEQ, "<": token.LSS, "<=": token.LEQ,
}

var kinds = map[string]token.Token{
	"i": token.INT, "f": token.FLOAT, "c": token.IMAG, "r": token.CHAR, "s": token.STRING,
}

func operand(text string) constant.Value {
	kind, lit, _ := strings.Cut(text, ":")
	base, negative := strings.CutSuffix(kind, "-")
	if base == "r" || base == "s" {
		lit, _ = strconv.Unquote(lit)
	}
	v := constant.MakeFromLiteral(lit, kinds[base], 0)
	if negative {
		v = constant.UnaryOp(token.SUB, v, 0)
	}
	return v
}

func show(v constant.Value) string {
	s := fmt.Sprintf("%d %s %s", v.Kind(), v, v.ExactString())
	switch v.Kind() {
	case constant.Int, constant.Float:
		f, _ := constant.Float64Val(v)
		g, _ := constant.Float32Val(v)
		s += fmt.Sprintf(" %x %x", math.Float64bits(f), math.Float32bits(g))
		s += " " + constant.ToInt(v).ExactString() + " " + constant.ToFloat(v).ExactString()
		s += fmt.Sprint(" ", constant.Sign(v))
	}
	return s
}

func eval(f []string) (result string) {
	defer func() {
		if recover() != nil {
			result = "panic"
		}
	}()
	x := operand(f[1])
	op := ops[f[0]]
	switch {
	case f[0] == "lit":
		return show(x)
	case len(f) == 2:
		return show(constant.UnaryOp(op, x, 0))
	case op == token.SHL || op == token.SHR:
		n, _ := strconv.Atoi(f[2])
		return show(constant.Shift(x, op, uint(n)))
	case op == token.EQL || op == token.NEQ || op == token.LSS || op == token.LEQ:
		return fmt.Sprint(constant.Compare(x, op, operand(f[2])))
	}
	return show(constant.BinaryOp(x, op, operand(f[2])))
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<24)
	for in.Scan() {
		fmt.Fprintln(out, eval(strings.Split(in.Text(), "\t")))
	}
}
