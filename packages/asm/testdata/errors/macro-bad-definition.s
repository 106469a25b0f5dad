#define A(x
