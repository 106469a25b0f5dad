/**
 * The kinds of errors that the checker reports.
 *
 * A code names a reason, not a sentence: messages that one rule of the language produces share one, and
 * tools may rely on it. Codes are never renamed; new ones go to the end. `value` is upstream's number.
 * Each code says when it occurs, and most have examples: Go declarations of a package for which the
 * checker's first error has this very code (a test makes sure). Codes without an example are those that
 * the parser or the import of packages anticipates, or that only upstream's other checker reports.
 *
 * GOROOT: src/internal/types/errors/codes.go (names and numbers).
 */

export interface CodeInfo {
  readonly name: string;
  readonly value: number;
  /** Completes "occurs when". */
  readonly when: string;
  /** Section of the language specification. */
  readonly spec: string;
  /** Without package clause, unless they have one. */
  readonly examples: readonly string[];
}

/** Name, when, section, examples. '' is a number that is not used any more. */
type Row = readonly [name: string, when: string, spec: string, ...examples: string[]];

const rows: readonly Row[] = [
  ['Test', 'the checker is being tested; programs never see it', ''],
  ['BlankPkgName', 'a package is called _', 'Package clause', 'package _'],
  ['MismatchedPkgName', 'a file names another package than the files before it', 'Package clause'],
  [
    'InvalidPkgUse',
    'the name of a package stands alone, without a selected name',
    'Qualified identifiers',
    'import "fmt"\n\nvar _ = fmt',
  ],
  [
    'BadImportPath',
    'an import path is empty or has characters that are not allowed',
    'Import declarations',
  ],
  [
    'BrokenImport',
    'a package cannot be imported',
    'Import declarations',
    'import "there/is/no/such/package"',
  ],
  ['ImportCRenamed', 'import "C" is given a name', '', 'import c "C"'],
  [
    'UnusedImport',
    'an imported package is not used',
    'Import declarations',
    'import "os"\n\nfunc f() {}',
  ],
  [
    'InvalidInitCycle',
    'the initial value of a variable depends on the variable',
    'Package initialization',
    'var x = f()\n\nfunc f() int { return x }',
  ],
  [
    'DuplicateDecl',
    'a name is declared twice in one block',
    'Declarations and scope',
    'const a = 1\nvar a = 2',
  ],
  [
    'InvalidDeclCycle',
    'a declaration refers to itself in a way that cannot be resolved',
    'Type declarations',
    'type T struct{ t T }',
    'import "unsafe"\n\ntype T [unsafe.Sizeof(T{})]byte',
  ],
  [
    'InvalidTypeCycle',
    'a type refers to itself so that it is not well defined',
    'Type declarations',
  ],
  [
    'InvalidConstInit',
    'the value of a constant is not constant',
    'Constant declarations',
    'var v int\nconst c = v',
  ],
  [
    'InvalidConstVal',
    'a constant cannot be converted to the type it must have',
    'Constant expressions',
    'const c = 1 << "x"',
  ],
  [
    'InvalidConstType',
    'a constant is declared with a type that constants cannot have',
    'Constants',
    'const c []int = nil',
  ],
  [
    'UntypedNilUse',
    'nil is used where nothing gives it a type',
    'Variable declarations',
    'var v = nil',
  ],
  [
    'WrongAssignCount',
    'there are more or fewer values than variables',
    'Assignment statements',
    'var a, b = 1',
  ],
  [
    'UnassignableOperand',
    'what stands on the left cannot be assigned to',
    'Assignment statements',
    'func f() {\n\tconst c = 1\n\tc = 2\n}',
  ],
  [
    'NoNewVar',
    'a := declares nothing new',
    'Short variable declarations',
    'func f(a int) {\n\ta := 1\n\t_ = a\n}\n\nfunc g() {\n\ta := 1\n\ta := 2\n\t_ = a\n}',
  ],
  [
    'MultiValAssignOp',
    'an assignment with an operation has several operands on a side',
    'Assignment statements',
  ],
  [
    'InvalidIfaceAssign',
    'a value is used as an interface that its type does not implement',
    'Assignability',
    'type I interface{ M() }\n\nvar v I = 0',
  ],
  [
    'InvalidChanAssign',
    'one named channel type is assigned to another',
    'Assignability',
    'type A chan bool\ntype B chan bool\n\nvar a A\nvar b B = a',
  ],
  [
    'IncompatibleAssign',
    'a value is assigned to a variable of a type that it is not assignable to',
    'Assignability',
    'var s string\nvar n int = s',
  ],
  [
    'UnaddressableFieldAssign',
    'a field of a struct in a map is assigned to',
    'Assignment statements',
    'func f(m map[int]struct{ n int }) {\n\tm[0].n = 1\n}',
  ],
  ['NotAType', 'a name that must be a type is none', 'Types', 'var v int\n\ntype T v'],
  [
    'InvalidArrayLen',
    'the length of an array is not a constant integer',
    'Array types',
    'var n = 1\n\ntype T [n]int',
  ],
  [
    'BlankIfaceMethod',
    'a method of an interface is called _',
    'Interface types',
    'type I interface{ _() }',
  ],
  [
    'IncomparableMapKey',
    'a key of a map cannot be compared',
    'Map types',
    'var m map[[]int]string',
  ],
  ['', 'a type that is no interface is embedded in one', ''],
  [
    'InvalidPtrEmbed',
    'an embedded field is a pointer to a pointer, an unsafe.Pointer or an interface',
    'Struct types',
    'type P *int\n\ntype T struct{ *P }',
  ],
  ['BadRecv', 'a method has no receiver, or more than one', 'Method declarations'],
  [
    'InvalidRecv',
    'a receiver is neither a declared type nor a pointer to one',
    'Method declarations',
    'func (int) M() {}',
  ],
  [
    'DuplicateFieldAndMethod',
    'a struct type has a field and a method of one name',
    'Method declarations',
    'type T struct{ a int }\n\nfunc (T) a() {}',
  ],
  [
    'DuplicateMethod',
    'a type has two methods of one name',
    'Method declarations',
    'type T int\n\nfunc (T) M() {}\nfunc (*T) M() {}',
  ],
  ['InvalidBlank', '_ is used as a value or type', 'Blank identifier', 'var v = _'],
  ['InvalidIota', 'iota is used outside of a constant declaration', 'Iota', 'var v = iota'],
  ['MissingInitBody', 'func init has no body', 'Package initialization', 'func init()'],
  [
    'InvalidInitSig',
    'func init has parameters or results; InvalidInitDecl is reported instead',
    '',
  ],
  [
    'InvalidInitDecl',
    'init is declared as anything but a function without parameters and results',
    'Package initialization',
    'var init int',
    'func init(n int) {}',
  ],
  [
    'InvalidMainDecl',
    'main, in package main, is anything but a function without parameters and results',
    'Program execution',
    'package main\n\nvar main int',
  ],
  [
    'TooManyValues',
    'a call with several results is used as one value',
    'Calls',
    'func f() (a, b int) { return }\n\nvar v int = f() + 1',
  ],
  ['NotAnExpr', 'a type is used as a value', 'Expressions', 'func f() { int }'],
  [
    'TruncatedFloat',
    'a constant with a fraction is used as an integer',
    'Representability',
    'var n int = 0.5',
  ],
  ['NumericOverflow', 'a constant does not fit its type', 'Representability', 'var b byte = 256'],
  ['UndefinedOp', 'an operator is not defined for its operands', 'Operators', 'var v = !1'],
  [
    'MismatchedTypes',
    'the operands of an operator have different types',
    'Operators',
    'var a int32\nvar b int64\nvar c = a + b',
  ],
  [
    'DivByZero',
    'a constant zero divides an integer',
    'Integer operators',
    'var n int\nvar v = n / 0',
  ],
  [
    'NonNumericIncDec',
    '++ or -- is applied to what is no number',
    'IncDec statements',
    'func f(s string) { s++ }',
  ],
  [
    'UnaddressableOperand',
    'the address of what has none is taken',
    'Address operators',
    'var p = &0',
  ],
  [
    'InvalidIndirection',
    'what is no pointer is dereferenced',
    'Address operators',
    'var n int\nvar v = *n',
  ],
  ['NonIndexableOperand', 'what has no elements is indexed', 'Index expressions'],
  [
    'InvalidIndex',
    'an index is no integer, negative, or too large',
    'Index expressions',
    'var a [2]int\nvar v = a[2]',
    'var s []int\nvar v = s[-1]',
    'var s []int\nvar i string\nvar v = s[i]',
  ],
  [
    'SwappedSliceIndices',
    'the constant indices of a slice expression decrease',
    'Slice expressions',
    'var s []int\nvar v = s[2:1]',
  ],
  [
    'NonSliceableOperand',
    'what cannot be sliced is, such as an array without an address',
    'Slice expressions',
    'var v = [1]int{}[:]',
    'var n int\nvar v = n[:]',
  ],
  [
    'InvalidSliceExpr',
    'a slice of a string has three indices',
    'Slice expressions',
    'var s string\nvar v = s[0:1:2]',
  ],
  [
    'InvalidShiftCount',
    'a shift count is no integer, negative, or too large',
    'Operators',
    'var s string\nvar v = 1 << s',
  ],
  [
    'InvalidShiftOperand',
    'what is shifted is no integer',
    'Operators',
    'var s string\nvar v = s << 1',
  ],
  [
    'InvalidReceive',
    'something is received from what is no channel, or one only for sending',
    'Receive operator',
    'var c chan<- int\nvar v = <-c',
  ],
  [
    'InvalidSend',
    'something is sent to what is no channel, or one only for receiving',
    'Send statements',
    'func f(c <-chan int) { c <- 1 }',
  ],
  [
    'DuplicateLitKey',
    'a literal has one key or index twice',
    'Composite literals',
    'var v = [2]int{1: 1, 1: 2}',
    'var v = map[int]bool{1: true, 1: false}',
  ],
  [
    'MissingLitKey',
    'an element of a map literal has no key',
    'Composite literals',
    'var v = map[int]int{1}',
  ],
  [
    'InvalidLitIndex',
    'an index in an array or slice literal is no constant integer',
    'Composite literals',
    'var n int\nvar v = []int{n: 1}',
  ],
  [
    'OversizeArrayLit',
    'a literal has more elements than its array',
    'Composite literals',
    'var v = [1]int{1, 2}',
  ],
  [
    'MixedStructLit',
    'some fields of a struct literal have names and some have not',
    'Composite literals',
    'var v = struct{ a, b int }{1, b: 2}',
  ],
  [
    'InvalidStructLit',
    'a struct literal without names has too many or too few values',
    'Composite literals',
    'var v = struct{ a, b int }{1}',
  ],
  [
    'MissingLitField',
    'a struct literal names a field that the struct does not have',
    'Composite literals',
    'var v = struct{ a int }{b: 1}',
  ],
  [
    'DuplicateLitField',
    'a struct literal names a field twice',
    'Composite literals',
    'var v = struct{ a int }{a: 1, a: 2}',
  ],
  [
    'UnexportedLitField',
    'a struct literal without names sets an unexported field of another package',
    'Composite literals',
    'import "strings"\n\nvar v = strings.Builder{nil}',
  ],
  [
    'InvalidLitField',
    'a field in a struct literal is no name',
    'Composite literals',
    'var v = struct{ a int }{"a": 1}',
  ],
  [
    'UntypedLit',
    'a literal leaves out a type that nothing gives it',
    'Composite literals',
    'type T struct{ s struct{ n int } }\n\nvar v = T{s: {1}}',
  ],
  [
    'InvalidLit',
    'a literal has a type that has no literals',
    'Composite literals',
    'type P *struct{}\n\nvar v = P{}',
  ],
  [
    'AmbiguousSelector',
    'a selected name is found in two embedded fields of the same depth',
    'Selectors',
    'type A struct{ n int }\ntype B struct{ n int }\ntype T struct {\n\tA\n\tB\n}\n\nvar t T\nvar v = t.n',
  ],
  [
    'UndeclaredImportedName',
    'an imported package does not declare the name',
    'Qualified identifiers',
    'import "os"\n\nvar v = os.NoSuchThing',
  ],
  [
    'UnexportedName',
    'a selected name of another package is not exported',
    'Exported identifiers',
    'import "strings"\n\nvar v = strings.explode',
  ],
  ['UndeclaredName', 'a name is not declared', 'Declarations and scope', 'var v = undeclared'],
  [
    'MissingFieldOrMethod',
    'a type has no field or method of the selected name',
    'Selectors',
    'var n int\nvar v = n.field',
  ],
  [
    'BadDotDotDotSyntax',
    'the length ... stands where no literal gives it a value',
    'Composite literals',
    'var v [...]int',
  ],
  [
    'NonVariadicDotDotDot',
    'a call ends in ... but the function is not variadic',
    'Passing arguments to ... parameters',
    'func f(s []int) { f(s...) }',
  ],
  ['', 'a ... stands before a parameter that is not the last; the parser reports it', ''],
  ['', 'an operand of ... is not valid', ''],
  [
    'InvalidDotDotDot',
    'a call of a built-in function other than append ends in ...',
    '',
    'var s []int\nvar v = len(s...)',
  ],
  ['UncalledBuiltin', 'a built-in function is not called', 'Built-in functions', 'var v = len'],
  [
    'InvalidAppend',
    'append is called with what is no slice',
    'Appending to and copying slices',
    'var v = append(1)',
  ],
  [
    'InvalidCap',
    'cap is called with what has no capacity',
    'Length and capacity',
    'var v = cap("")',
  ],
  [
    'InvalidClose',
    'close is called with what is no channel, or one only for receiving',
    'Close',
    'func f(n int) { close(n) }',
  ],
  [
    'InvalidCopy',
    'copy is called with what are no slices, or slices of different elements',
    'Appending to and copying slices',
    'func f(a []int, b []string) { copy(a, b) }',
  ],
  [
    'InvalidComplex',
    'complex is called with arguments of different types',
    'Manipulating complex numbers',
    'var a float32\nvar b float64\nvar v = complex(a, b)',
  ],
  [
    'InvalidDelete',
    'delete is called with what is no map',
    'Deletion of map elements',
    'func f(s []int) { delete(s, 0) }',
  ],
  [
    'InvalidImag',
    'imag is called with what is no complex number',
    'Manipulating complex numbers',
    'var n int\nvar v = imag(n)',
  ],
  ['InvalidLen', 'len is called with what has no length', 'Length and capacity', 'var v = len(1)'],
  [
    'SwappedMakeArgs',
    'a constant length is larger than the capacity',
    'Making slices, maps and channels',
    'var v = make([]int, 2, 1)',
  ],
  [
    'InvalidMake',
    'make is called with a type that it does not make',
    'Making slices, maps and channels',
    'var v = make([1]int)',
  ],
  [
    'InvalidReal',
    'real is called with what is no complex number',
    'Manipulating complex numbers',
    'var n int\nvar v = real(n)',
  ],
  [
    'InvalidAssert',
    'a type is asserted of what is no interface',
    'Type assertions',
    'var n int\nvar v = n.(int)',
  ],
  [
    'ImpossibleAssert',
    'a type is asserted that does not implement the interface',
    'Type assertions',
    'var i interface{ M() }\nvar v = i.(int)',
  ],
  [
    'InvalidConversion',
    'a value cannot be converted to the type',
    'Conversions',
    'var f float64\nvar v = []byte(f)',
  ],
  [
    'InvalidUntypedConversion',
    'an untyped value cannot have the type that its context asks for',
    'Constants',
    'func f[T int8 | int16](x T) T { return x + 1000 }',
  ],
  [
    'BadOffsetofSyntax',
    'unsafe.Offsetof is called with what is no selector',
    'Package unsafe',
    'import "unsafe"\n\nvar n int\nvar v = unsafe.Offsetof(n)',
  ],
  [
    'InvalidOffsetof',
    'unsafe.Offsetof is called with a method, or a field behind a pointer',
    'Package unsafe',
    'import "unsafe"\n\ntype A struct{ n int }\ntype B struct{ *A }\n\nvar b B\nvar v = unsafe.Offsetof(b.n)',
    'import "unsafe"\n\ntype T int\n\nfunc (T) M() {}\n\nvar t struct{ T }\nvar v = unsafe.Offsetof(t.M)',
  ],
  [
    'UnusedExpr',
    'a value is computed and not used',
    'Expression statements',
    'func f(n int) { n + 1 }',
  ],
  [
    'UnusedVar',
    'a variable is declared and not used',
    'Variable declarations',
    'func f() { n := 1 }',
  ],
  [
    'MissingReturn',
    'a function with results can reach its end',
    'Terminating statements',
    'func f(b bool) int {\n\tif b {\n\t\treturn 1\n\t}\n}',
  ],
  [
    'WrongResultCount',
    'return has too many or too few values',
    'Return statements',
    'func f() int { return 1, 2 }',
  ],
  [
    'OutOfScopeResult',
    'return without values stands where a result is shadowed',
    'Return statements',
    'func f() (n int) {\n\t{\n\t\tn := 1\n\t\t_ = n\n\t\treturn\n\t}\n}',
  ],
  ['InvalidCond', 'a condition is no bool', 'If statements', 'func f(n int) {\n\tif n {\n\t}\n}'],
  ['InvalidPostDecl', 'the last part of a for clause declares something', 'For statements'],
  ['', 'a channel that cannot be received from is ranged over', ''],
  [
    'InvalidIterVar',
    'a range clause has more variables than there are values',
    'For statements with range clause',
    'func f(c chan int) {\n\tfor i, v := range c {\n\t\t_, _ = i, v\n\t}\n}',
  ],
  [
    'InvalidRangeExpr',
    'what is ranged over cannot be',
    'For statements with range clause',
    'func f(b bool) {\n\tfor range b {\n\t}\n}',
  ],
  [
    'MisplacedBreak',
    'break stands outside of for, switch and select',
    'Break statements',
    'func f() { break }',
  ],
  [
    'MisplacedContinue',
    'continue stands outside of for',
    'Continue statements',
    'func f() {\n\tfor {\n\t\t_ = func() { continue }\n\t}\n}',
  ],
  [
    'MisplacedFallthrough',
    'fallthrough is not the end of a clause of an expression switch, or of its last one',
    'Fallthrough statements',
    'func f() { fallthrough }',
  ],
  [
    'DuplicateCase',
    'two cases of a switch are the same',
    'Switch statements',
    'func f(n int) {\n\tswitch n {\n\tcase 1, 1:\n\t}\n}',
  ],
  [
    'DuplicateDefault',
    'a switch has two default clauses',
    'Switch statements',
    'func f() {\n\tswitch {\n\tdefault:\n\tdefault:\n\t}\n}',
  ],
  ['BadTypeKeyword', '.(type) stands outside of a type switch', 'Type switches'],
  [
    'InvalidTypeSwitch',
    'a type switch is over what is no interface',
    'Type switches',
    'func f(n int) {\n\tswitch n.(type) {\n\t}\n}',
  ],
  [
    'InvalidExprSwitch',
    'a switch is over what cannot be compared',
    'Expression switches',
    'func f(g func()) {\n\tswitch h := g; struct{ f func() }{h} {\n\t}\n}',
  ],
  [
    'InvalidSelectCase',
    'a case of select neither sends nor receives',
    'Select statements',
    'func f(c chan int) {\n\tselect {\n\tcase f(c):\n\t}\n}',
  ],
  ['UndeclaredLabel', 'a label is not declared', 'Labeled statements', 'func f() { goto L }'],
  [
    'DuplicateLabel',
    'a label is declared twice in a function',
    'Labeled statements',
    'func f() {\n\tgoto L\nL:\nL:\n}',
  ],
  [
    'MisplacedLabel',
    'the label of break or continue is not that of a statement around it that fits',
    'Break statements',
    'func f() {\nL:\n\tif true {\n\t\tfor {\n\t\t\tcontinue L\n\t\t}\n\t}\n}',
  ],
  ['UnusedLabel', 'a label is not used', 'Labeled statements', 'func f() {\nL:\n}'],
  [
    'JumpOverDecl',
    'a goto skips the declaration of a variable',
    'Goto statements',
    'func f() {\n\tgoto L\n\tvar n int\n\t_ = n\nL:\n}',
  ],
  [
    'JumpIntoBlock',
    'a goto leads into a block',
    'Goto statements',
    'func f() {\n\tgoto L\n\t{\n\tL:\n\t}\n}',
  ],
  [
    'InvalidMethodExpr',
    'a method expression names a method that only pointers to the type have',
    'Method expressions',
    'type T int\n\nfunc (*T) M() {}\n\nvar v = T.M',
  ],
  ['WrongArgCount', 'a call has too many or too few arguments', 'Calls', 'func f(n int) { f() }'],
  ['InvalidCall', 'what is no function is called', 'Calls', 'var n int\nvar v = n()'],
  [
    'UnusedResults',
    'go or defer calls a built-in function whose result it would drop',
    'Defer statements',
    'func f(s []int) { defer len(s) }',
  ],
  [
    'InvalidDefer',
    'what is deferred is no call',
    'Defer statements',
    'func f(n int) { defer int64(n) }',
  ],
  ['InvalidGo', 'what is started is no call', 'Go statements', 'func f(n int) { go int64(n) }'],
  ['BadDecl', 'a declaration has wrong syntax', 'Declarations and scope'],
  [
    'RepeatedDecl',
    'a name stands twice on the left of :=',
    'Short variable declarations',
    'func f() {\n\ta, a := 1, 2\n\t_ = a\n}',
  ],
  [
    'InvalidUnsafeAdd',
    'unsafe.Add is called with a length that is no integer',
    'Package unsafe',
    'import "unsafe"\n\nvar p unsafe.Pointer\nvar n string\nvar v = unsafe.Add(p, n)',
  ],
  [
    'InvalidUnsafeSlice',
    'unsafe.Slice is called with what is no pointer, or no valid length',
    'Package unsafe',
    'import "unsafe"\n\nvar v = unsafe.Slice(1, 1)',
    'import "unsafe"\n\nvar n int\nvar v = unsafe.Slice(&n, -1)',
    'import "unsafe"\n\nvar n int\nvar v = unsafe.Slice(&n, uint64(1<<63))',
  ],
  ['UnsupportedFeature', 'the language version of the file lacks what is used', ''],
  [
    'NotAGenericType',
    'a type that has no parameters is instantiated',
    'Instantiations',
    'type T int\n\nvar v T[int]',
  ],
  [
    'WrongTypeArgCount',
    'a generic type or function has too many or too few type arguments, or none',
    'Instantiations',
    'type T[A any] int\n\nvar v T[int, int]',
    'func f[A any]() {}\n\nvar v = f',
  ],
  [
    'CannotInferTypeArgs',
    'a type argument cannot be inferred',
    'Type inference',
    'func f[A any]() { f() }',
  ],
  [
    'InvalidTypeArg',
    'a type argument does not satisfy its constraint',
    'Satisfying a type constraint',
    'type T[A int | string] struct{}\n\nvar v T[bool]',
  ],
  [
    'InvalidInstanceCycle',
    'instantiating a function leads to ever larger instances of it',
    'Instantiations',
    'func f[A any]() { f[[]A]() }',
  ],
  [
    'InvalidUnion',
    'a term of a union is not allowed',
    'General interfaces',
    'type I interface{ int | interface{ M() } }',
  ],
  [
    'MisplacedConstraintIface',
    'an interface that only constrains is the type of something',
    'General interfaces',
    'var v comparable',
  ],
  ['InvalidMethodTypeParams', 'a method of an interface has type parameters', 'Interface types'],
  [
    'MisplacedTypeParam',
    'a type parameter stands where none is allowed',
    'Type declarations',
    'type T[A any] A',
    'type T[A any] struct{ A }',
  ],
  [
    'InvalidUnsafeSliceData',
    'unsafe.SliceData is called with what is no slice',
    'Package unsafe',
    'import "unsafe"\n\nvar v = unsafe.SliceData("x")',
  ],
  [
    'InvalidUnsafeString',
    'unsafe.String is called with a length that is not valid',
    'Package unsafe',
    'import "unsafe"\n\nvar b byte\nvar v = unsafe.String(&b, -1)',
  ],
  ['', 'unsafe.StringData is not in the language version', ''],
  [
    'InvalidClear',
    'clear is called with what is neither map nor slice',
    'Clear',
    'func f(n int) { clear(n) }',
  ],
  [
    'TypeTooLarge',
    'the size of a type, or the offset of a field, is too large',
    'Package unsafe',
    'import "unsafe"\n\nvar a [1 << 40][1 << 40]byte\nvar v = unsafe.Sizeof(a)',
  ],
  [
    'InvalidMinMaxOperand',
    'min or max is called with what has no order',
    'Min and max',
    'var v = min(true, false)',
    'var c complex128\nvar v = max(c)',
  ],
  ['TooNew', 'a file asks for a newer release than this toolchain', ''],
];

/** Reported for trees that no parser makes. */
const invalidSyntaxTree: CodeInfo = {
  name: 'InvalidSyntaxTree',
  value: -1,
  when: 'a syntax tree is not one that a parser makes',
  spec: '',
  examples: [],
};

/** All codes in use, in the order of their numbers. */
export const codes: readonly CodeInfo[] = [
  invalidSyntaxTree,
  ...rows
    .map(([name, when, spec, ...examples], i) => ({ name, value: i + 1, when, spec, examples }))
    .filter(({ name }) => name !== ''),
];

const byName: ReadonlyMap<string, CodeInfo> = new Map(codes.map((code) => [code.name, code]));

/** What is known about the code of a diagnostic; undefined for other phases' codes. */
export function codeInfo(name: string): CodeInfo | undefined {
  return byName.get(name);
}
