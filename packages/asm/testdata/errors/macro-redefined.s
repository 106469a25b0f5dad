#define A(x,y) x+y
#define A 5
