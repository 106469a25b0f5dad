#define A(x) x
TEXT f(SB),4,$0
 MOVQ A, AX
 MOVQ A (3), AX
