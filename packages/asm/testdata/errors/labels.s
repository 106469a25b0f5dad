TEXT f(SB), 4, $0
a:	RET
a:	RET
	JMP	b
TEXT g(SB), 4, $0
	JMP	a
	RET
