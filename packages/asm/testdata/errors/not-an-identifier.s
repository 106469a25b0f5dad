TEXT f(SB),4,$0
 3 AX
