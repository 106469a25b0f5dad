#define M(a,a) a
