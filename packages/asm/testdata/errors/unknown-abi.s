TEXT f<ABIInternal>(SB), 4, $0
	CALL	g<ABI0>(SB)
	RET
