#ifdef X
#else
