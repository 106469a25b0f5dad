#line 100 "bar.s"
TEXT f(SB),4,$0
  FOO AX
#line 7 "baz.s"
 BAR AX
 MOVQ AX,
