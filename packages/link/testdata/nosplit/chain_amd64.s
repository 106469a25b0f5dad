#include "textflag.h"

TEXT ·deep(SB), NOSPLIT, $304-0
	CALL ·deeper(SB)
	RET

TEXT ·deeper(SB), NOSPLIT, $304-0
	CALL ·deepest(SB)
	CALL ·shallow(SB)
	RET

TEXT ·deepest(SB), NOSPLIT, $304-0
	RET

TEXT ·shallow(SB), NOSPLIT, $16-0
	RET

TEXT ·loop(SB), NOSPLIT, $8-0
	CALL ·loop(SB)
	RET
