#define A(x) x
TEXT f(SB),4,$0
MOVQ A(1,2), AX
